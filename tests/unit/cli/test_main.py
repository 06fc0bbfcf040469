"""Every end is a sentence and a documented code."""

import errno

import click
import pytest
from click.testing import CliRunner

from reconciler.cli.main import COMMANDS, _run_and_report, cli
from reconciler.model.errors import (
    CatalogError,
    ConnectorError,
    GuardRefused,
    StalePlanError,
    UsageError,
)

SECRET = "00-a-very-secret-token"


def raising(error):
    """A command that ends so."""

    def call():
        raise error

    return call


@pytest.mark.parametrize(
    ("code", "end"),
    [
        (0, lambda: None),
        (0, lambda: "done"),
        (10, lambda: 10),
        (64, raising(click.UsageError("no such option"))),
        (64, raising(click.BadParameter("no number"))),
        (1, raising(click.ClickException("no"))),
        (1, raising(ConnectorError("a", "b"))),
        (1, raising(CatalogError(()))),
        (3, raising(GuardRefused("a", "b"))),
        (3, raising(StalePlanError("a", "b"))),
        (64, raising(UsageError("a", "b"))),
        (130, raising(click.Abort())),
        (130, raising(KeyboardInterrupt())),
        (1, raising(RuntimeError("bug"))),
        (1, raising(ExceptionGroup("several", [RuntimeError("bug")]))),
    ],
)
def test_every_end_has_its_code(code, end):
    """A pipeline knows nothing else of a run."""
    assert code == _run_and_report(end)


def test_a_fault_of_ours_is_named_by_type_and_place_only(capsys):
    """Its text may hold anything, a token too."""
    _run_and_report(raising(RuntimeError(SECRET)))
    captured = capsys.readouterr()
    assert (captured.out, SECRET in captured.err) == ("", False)
    assert "error: unexpected\n  RuntimeError at " in captured.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_found_by_its_name(name):
    """They are imported only when they are asked for."""
    assert cli.get_command(click.Context(cli), name).name == name


def test_a_command_that_is_not_there_is_none():
    """Click then says which there are."""
    assert cli.get_command(click.Context(cli), "destroy") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("plna",), "plan"),
        (("aply", "--yes"), "apply"),
        (("valdiate",), "validate"),
        (("sandbox", "serv"), "serve"),
        (("connector", "tset"), "test"),
    ],
)
def test_an_unknown_command_names_the_one_that_was_meant(typed, meant):
    """Also one that was not imported yet."""
    ran = CliRunner().invoke(cli, list(typed))
    assert ran.exit_code == 64
    assert f"Did you mean '{meant}'?" in ran.stderr


def test_a_command_like_no_other_is_only_unknown():
    """A wrong guess would be worse than none."""
    ran = CliRunner().invoke(cli, ["xyzzy"])
    assert (ran.exit_code, "Did you mean" in ran.stderr) == (64, False)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk-full"),
        (errno.EDQUOT, "disk-full"),
        (errno.EROFS, "disk-read-only"),
        (errno.EIO, "unexpected"),
    ],
)
def test_a_disk_without_room_is_no_fault_of_ours(capsys, number, code):
    """The output itself may lead there: `reconciler validate > /dev/full`."""
    assert _run_and_report(raising(OSError(number, "no"))) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: {code}\n")
    assert "fault of reconciler" not in said or code == "unexpected"
