"""Shell completion is click's own; it must answer while somebody waits at a prompt."""

import os
import subprocess
import sys

import pytest

from reconciler.cli.main import COMMANDS

pytestmark = pytest.mark.slow


def complete(line, instruction="bash_complete"):
    """What a shell is told for the words typed so far; the last one may be unfinished."""
    words = line.split(" ")
    asked = {
        "_RECONCILER_COMPLETE": instruction,
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    code = "import sys; from reconciler.cli.main import run; sys.argv[0] = 'reconciler'; run()"
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=False,
    )
    imported = {text.rpartition("|")[2].strip() for text in ran.stderr.splitlines()}
    return ran.stdout, imported


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell):
    """The one line that the page gives evaluates this."""
    script, _ = complete("reconciler ", f"{shell}_source")
    assert f"_RECONCILER_COMPLETE={shell}_complete" in script


def test_the_commands_are_completed_without_importing_one():
    """Half a second at every press of a key is an annoyance."""
    told, imported = complete("reconciler ")
    assert [line.partition(",")[2] for line in told.splitlines()] == list(COMMANDS)
    assert "reconciler.cli.main" in imported
    assert imported.isdisjoint({"reconciler.cli.commands.plan", "httpx", "yaml", "starlette"})


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (["plain,plan"], "reconciler pl"),
        (["plain,--catalog"], "reconciler --ca"),
        (["plain,--connector"], "reconciler plan --con"),
        (["plain,json"], "reconciler plan --format js"),
        (["plain,list", "plain,scopes", "plain,test"], "reconciler connector "),
        (["plain,grant-window-too-long"], "reconciler explain grant-w"),
        (["file,plan.j"], "reconciler show plan.j"),
    ],
)
def test_words_are_completed_where_they_stand(told, line):
    """Commands, options, their values, and files."""
    assert told == complete(line)[0].splitlines()
