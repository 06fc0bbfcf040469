"""The list of commands is written down, so that asking for help imports none of them."""

import subprocess
import sys

import click
import pytest

from reconciler.cli.main import COMMANDS, cli


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
