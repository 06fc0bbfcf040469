"""Global options are taken before the command or after it."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from reconciler.cli.options import Command, Settings, example, global_options, settings
from reconciler.model.errors import ReconcilerError, UsageError

DEFAULT = Settings(
    catalog=Path("catalog"),
    sandbox=False,
    sandbox_file=None,
    endpoints=(),
    verbose=0,
    no_color=False,
)


def understood(*arguments):
    """The settings that `top <arguments>` comes to."""
    found = []

    @click.group(params=global_options())
    def top():
        """Stand in for the program."""

    @top.command("go", cls=Command)
    @click.pass_context
    def go(context):
        """Stand in for a command."""
        found.append(settings(context))

    result = CliRunner().invoke(top, arguments, catch_exceptions=False)
    assert (result.exit_code, result.output) == (0, "")
    return found[0]


@pytest.mark.parametrize(
    ("different", "before", "after"),
    [
        ({}, (), ()),
        ({"catalog": Path("a")}, ("--catalog", "a"), ()),
        ({"catalog": Path("a")}, (), ("--catalog", "a")),
        ({"catalog": Path("b")}, ("--catalog", "a"), ("--catalog", "b")),
        ({"sandbox": True}, ("--sandbox",), ()),
        ({"sandbox": True}, (), ("--sandbox",)),
        ({"sandbox": True, "sandbox_file": Path("x.db")}, (), ("--sandbox-file", "x.db")),
        (
            {"endpoints": ("a=http://1", "b=http://2", "c=http://3")},
            ("--endpoint", "a=http://1", "--endpoint", "b=http://2"),
            ("--endpoint", "c=http://3"),
        ),
        ({"verbose": 3}, ("-v",), ("-vv",)),
        ({"verbose": 1}, ("-v",), ()),
        ({"no_color": True}, ("--no-color",), ()),
        ({"no_color": True}, (), ("--no-color",)),
        ({"rate_share": 20}, ("--rate-share", "20"), ()),
        ({"rate_share": 100}, ("--rate-share", "20"), ("--rate-share", "100")),
    ],
)
def test_an_option_counts_wherever_it_stands(different, before, after):
    """The nearest to the command wins, and repeatable ones add up."""
    expected = Settings(**{**{n: getattr(DEFAULT, n) for n in Settings.__slots__}, **different})
    assert expected == understood(*before, "go", *after)


@pytest.mark.parametrize(
    ("database", "different"),
    [("/co/.reconciler/sandbox.db", {}), ("x.db", {"sandbox_file": Path("x.db")})],
)
def test_run_files_lie_beside_the_catalog(database, different):
    """And the embedded org with them, unless a file was named."""
    facts = {n: getattr(DEFAULT, n) for n in Settings.__slots__}
    chosen = Settings(**{**facts, "catalog": Path("/co/catalog"), **different})
    assert (Path("/co/.reconciler"), Path(database)) == (chosen.run_folder, chosen.database)


ORGS = [
    (("--sandbox",), "--sandbox"),
    (("--catalog", "my dir/catalog"), "--catalog 'my dir/catalog'"),
    (("--sandbox-file", "my org.db"), "--sandbox-file 'my org.db'"),
    (("--endpoint", "a=http://127.0.0.1:1", "--endpoint", "b=http://127.0.0.1:2"), ""),
    ((), ""),
]


@pytest.mark.parametrize(("arguments", "kept"), ORGS)
def test_a_printed_command_keeps_to_the_org_of_this_run(arguments, kept):
    """Typed as it is printed, it must not ask another org than the one that was looked at."""
    chosen = understood(*arguments, "go")
    if chosen.endpoints:
        kept = "--endpoint a=http://127.0.0.1:1 --endpoint b=http://127.0.0.1:2"
    again = f"reconciler {kept} plan" if kept else "reconciler plan"
    assert chosen.command("plan") == again
    assert chosen.complete_commands("look: `reconciler plan`, or `reconciler init`") == (
        f"look: `{again}`, or `reconciler init`"
    )


@pytest.mark.parametrize(("arguments", "kept"), ORGS[:2])
def test_the_hint_of_an_error_keeps_to_the_org_of_this_run(arguments, kept):
    """Whichever floor the error came from."""

    @click.command("go", cls=Command)
    @click.pass_context
    def go(context):
        """Stand in for a command."""
        settings(context)
        raise ReconcilerError("stale", "it is old", "make one: `reconciler plan --out FILE`")

    result = CliRunner().invoke(go, arguments)
    assert isinstance(result.exception, ReconcilerError)
    assert result.exception.hint == f"make one: `reconciler {kept} plan --out FILE`"


def test_an_example_has_the_one_form_that_a_test_finds():
    """Every help text ends with one."""
    assert example("reconciler demo") == "\b\nExample:\n  reconciler demo"


@pytest.mark.parametrize(
    ("arguments", "share"), [((), 20), (("--rate-share", "30"), 30)], ids=["variable", "option"]
)
def test_the_share_may_be_the_environments_and_an_option_counts_before_it(
    arguments, share, monkeypatch
):
    """A job sets it once for every command."""
    monkeypatch.setenv("RECONCILER_RATE_SHARE", "20")
    assert understood(*arguments, "go").rate_share == share


@pytest.mark.parametrize("text", ["0", "101", "-5", "50%", "half", "1e1", "\u0665", "0" * 9])
@pytest.mark.parametrize("is_option", [True, False])
def test_a_share_that_is_none_is_a_usage_error(text, is_option, monkeypatch):
    """Nothing is asked of Okta at a pace that nobody meant."""
    if not is_option:
        monkeypatch.setenv("RECONCILER_RATE_SHARE", text)
    with pytest.raises(UsageError) as caught:
        understood(*(("--rate-share", text) if is_option else ()), "go")
    assert caught.value.code == "rate-share-invalid"
