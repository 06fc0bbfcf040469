"""The list of commands is written down, so that asking for help imports none of them."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from reconciler.cli.main import COMMANDS, cli
from tests.cli.every_command import EVERY
from tests.conftest import GOLDEN


@pytest.mark.parametrize("name", COMMANDS)
def test_the_sentence_in_the_list_is_the_commands_own(name):
    """Two places say it; they have to say the same."""
    command = cli.get_command(click.Context(cli), name)
    first = command.help.partition("\n\n")[0]

    assert COMMANDS[name] == " ".join(first.split())


def test_asking_for_help_imports_no_command_and_no_http():
    """`--help` and completion are asked for at a prompt, where half a second is long."""
    code = "import sys; from reconciler.cli.main import cli; cli(['--help'], standalone_mode=False)"
    check = "; print([m for m in ('httpx', 'starlette', 'reconciler.sandbox') if m in sys.modules])"
    command = [sys.executable, "-c", code + check]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("path", EVERY, ids=lambda path: "-".join(path) or "reconciler")
def test_the_help_reads_as_it_always_did(path, golden):
    """What a person reads first is reviewed like code, and has room on any terminal."""
    shown = CliRunner().invoke(cli, [*path, "--help"], prog_name="reconciler", terminal_width=80)

    golden(f"help/{'-'.join(path) or 'reconciler'}", shown.output)
    long = [line for line in shown.output.splitlines()[:-1] if len(line) > 80]
    assert [line for line in long if "|" not in line] == []  # what is copied or chosen is whole


@pytest.mark.parametrize("path", EVERY, ids=lambda path: "-".join(path) or "reconciler")
def test_no_sentence_in_a_list_of_commands_is_cut_off(path):
    """What is cut stands nowhere in the list; of 80 columns click uses 78."""
    shown = CliRunner().invoke(cli, [*path, "--help"], prog_name="reconciler", terminal_width=78)

    assert [line for line in shown.output.splitlines()[1:] if line.endswith("...")] == []


def test_no_help_is_left_of_a_command_that_is_gone():
    """A golden file that nothing is compared with tells nothing."""
    kept = {path.stem for path in (GOLDEN / "help").glob("*.txt")}

    assert kept == {"-".join(path) or "reconciler" for path in EVERY}
