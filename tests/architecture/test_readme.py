"""What the README says is run, so that it stays true."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.main import COMMANDS, cli
from reconciler.planning import group_guards, guards
from reconciler.policy.reference import table

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    """The fenced blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder that holds the example catalog, as a checkout does."""
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line):
    """One command of the README, in process."""
    return CliRunner().invoke(cli, shlex.split(line)[1:])


@pytest.mark.usefixtures("checkout")
def test_every_command_block_runs_in_a_checkout():
    """A stranger types these in this order; none may end in an error or a traceback."""
    lines = [n for block in blocks("sh") for n in block.splitlines() if n.startswith("reconciler ")]
    codes = {line: run(line).exit_code for line in lines}

    assert len(lines) > 8
    assert codes == {
        line: ExitCode.PARTIAL if "apply" in line or "--detailed-exitcode" in line else ExitCode.OK
        for line in lines
    }


@pytest.mark.usefixtures("checkout")
def test_the_shown_plan_line_is_what_the_shown_grant_causes():
    """The first screen is no invention."""
    (shown,) = blocks("text")

    assert shown in run("reconciler --sandbox plan").stdout


def test_the_shown_grant_and_binding_are_files_of_the_example_catalog():
    """Snippets are copies; the files they were copied from must still say so."""
    grant, binding, _ = blocks("yaml")

    assert grant == (ROOT / "catalog/grants/claude-enterprise/zoe.kruger.yaml").read_text(
        encoding="utf-8"
    )
    shown = [line.partition("#")[0].rstrip() for line in binding.splitlines()]
    text = (ROOT / "catalog/bindings/cursor.yaml").read_text(encoding="utf-8")
    assert shown == [line.partition("#")[0].rstrip() for line in text.splitlines()][: len(shown)]


@pytest.mark.usefixtures("checkout")
def test_the_shown_mapping_is_the_one_a_plan_prints():
    """The reader copies it; so it is compared with what is printed."""
    *_, mapping = blocks("yaml")

    assert mapping.strip() in run("reconciler --sandbox plan").stdout


def test_every_command_has_its_row():
    """Nothing that runs is left unsaid."""
    assert [c for c in COMMANDS if f"`reconciler {c}" not in README] == []


def test_every_guard_has_its_row():
    """A name that a tripped guard prints is found in the README."""
    source = "".join(Path(m.__file__).read_text(encoding="utf-8") for m in (guards, group_guards))
    names = set(re.findall(r'guard="([a-z-]+)"', source))
    names |= set(re.findall(r'_over\("([a-z-]+)"', source))

    assert len(names) > 8
    assert {n for n in names if f"| `{n}` |" not in README} == set()


def test_every_diagnostic_has_its_row():
    """A code on the screen is found in the README, word for word as the reference has it."""
    assert "\n".join(table()) in README


def test_every_exit_code_has_its_row():
    """The table is the enum."""
    rows = set(re.findall(r"^\| (\d+) \|", README, re.MULTILINE))

    assert {str(int(code)) for code in ExitCode} == rows
