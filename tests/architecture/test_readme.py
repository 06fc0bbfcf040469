"""What the README says is run, so that it stays true."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from reconciler.catalog.kinds import KINDS
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


def shown_files():
    """The blocks that begin with the path of a catalog's file, by that path."""
    split = [block.partition("\n") for block in blocks("yaml")]
    return {head[2:]: rest for head, _, rest in split if head.startswith("# catalog/")}


def plain(text):
    """The data of a file; comments may differ."""
    return yaml.safe_load(text)


def test_the_shown_grant_is_a_file_of_the_example_catalog():
    """The snippet is a copy; the file it was copied from must still say so."""
    grant, *_ = blocks("yaml")

    assert grant == (ROOT / "catalog/grants/claude-enterprise/zoe.kruger.yaml").read_text(
        encoding="utf-8"
    )


def test_the_shown_files_are_those_of_the_example_catalog():
    """One of each kind; of an acknowledgement there is none, since it holds for days only."""
    shown = shown_files()
    folders = {path.split("/")[1].removesuffix(".yaml") for path in shown} | {
        "grants",
        "identities",
    }

    assert folders == {kind.plural or kind.name for kind in KINDS}
    for path, text in shown.items():
        if "acknowledgements" not in path:
            assert plain(text) == plain((ROOT / path).read_text(encoding="utf-8")), path


def test_the_shown_files_are_valid_where_they_say_they_lie(checkout):
    """Whoever begins by copying them begins without an error."""
    for path, text in shown_files().items():
        (checkout / path).parent.mkdir(exist_ok=True)
        (checkout / path).write_text(text, encoding="utf-8")

    assert run("reconciler validate").exit_code == ExitCode.OK


def test_the_shown_editor_settings_name_every_schema_and_its_files():
    """check-jsonschema reads the same files with the same schemas (see test_editor.py)."""
    (text,) = blocks("json")
    schemas = json.loads(text)["yaml.schemas"]

    assert list(schemas) == [f"schemas/{kind.name}.schema.json" for kind in KINDS]
    for kind, pattern in zip(KINDS, schemas.values(), strict=True):
        found = sorted((ROOT / "catalog").parent.glob(pattern))
        inside = ROOT / "catalog" / kind.plural
        assert found == (sorted(inside.rglob("*.yaml")) if kind.plural else [ROOT / pattern])
    assert all((ROOT / name).is_file() for name in schemas)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_each_shell_is_one_line(shell):
    """test_completion.py runs what the line evaluates."""
    (row,) = re.findall(rf"^\| {shell} \| `(.+)` \|$", README, re.MULTILINE)

    assert f"_RECONCILER_COMPLETE={shell}_source reconciler" in row


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
