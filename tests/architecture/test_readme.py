"""What the README says is run, so that it stays true."""

import ast
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from reconciler.catalog.schema import KINDS
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.main import COMMANDS, cli
from reconciler.cli.secrets import command as secret_command
from reconciler.cli.secrets import credentials as environment_of
from reconciler.cli.secrets import file, pins
from reconciler.cli.secrets import source as secret_source
from reconciler.cli.secrets.pins import (
    is_allowed,
    parse_allowed_commands,
    parse_allowed_secrets,
    parse_pins,
)
from reconciler.cli.session import route
from reconciler.connector_checks import credential_age, failures, oauth_scopes, roles, token_owner
from reconciler.connector_checks import org_checks as planning_probe
from reconciler.okta import org_url
from reconciler.okta.api import reader
from reconciler.okta.auth import access_token, keys, signer, token_errors
from reconciler.okta.responses import okta_errors, transport_errors
from reconciler.planning.guards import group_guards, run_guards
from reconciler.workflows import check_write
from tests.support.harness import CLEAN
from tests.support.repository import committed, git

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROBED = (
    *(environment_of, route, secret_source, file, secret_command),
    *(
        access_token,
        signer,
        okta_errors,
        transport_errors,
        keys,
        org_url,
        pins,
        reader,
        token_errors,
        transport_errors,
    ),
    *(credential_age, failures, oauth_scopes, token_owner, planning_probe, roles, check_write),
)
"""The modules whose codes a test of a connector prints."""


def fenced():
    """Every fenced block with its language, in order."""
    return re.findall(r"^```([a-z]+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def blocks(language):
    """The fenced blocks of one language, in order."""
    return [text for found, text in fenced() if found == language]


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository that holds the example catalog, on a branch of its own, as for a change."""
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "change")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line):
    """One command of the README, in process."""
    return CliRunner().invoke(cli, shlex.split(line)[1:])


def connector():
    """The connector that the README has its reader write: of two service apps."""
    (text,) = (n for n in blocks("yaml") if n.startswith("# okta-prod.yaml, in catalog/"))
    return text


def follow(folder):
    """Every command that the README shows, with what it did; files are written where they come."""
    for language, text in fenced():
        if text == connector():
            (folder / "catalog/connectors/okta-prod.yaml").write_text(text, encoding="utf-8")
        for line in text.splitlines() if language == "sh" else ():
            if line.startswith("reconciler "):
                yield line, run(line)


def test_every_command_block_runs_in_a_checkout(checkout):
    """A stranger types these in this order; none may end in an error or a traceback."""
    ran = [(line, done.exit_code) for line, done in follow(checkout)]

    assert len(ran) > 24
    assert ran == [
        (
            line,
            ExitCode.PARTIAL if " apply " in line or "--detailed-exitcode" in line else ExitCode.OK,
        )
        for line, _ in ran
    ]


def test_whoever_follows_the_readme_sees_what_it_says(checkout):
    """The connector of two apps works without a warning; a removal by hand is asked about."""
    ran = dict(follow(checkout))

    tested = ran["reconciler --sandbox connector test okta-prod"].stdout
    assert tested.count("The connector works.") == len(("plan", "apply"))
    assert " 0 failed · 0 warned" in tested
    assert "failed:" not in tested
    assert "warned:" not in tested
    assert "removed-by-someone: zoe.kruger@example.com" in ran["reconciler --sandbox plan"].stdout
    probed = ran["reconciler --sandbox connector test okta-prod --write-probe"].stdout
    assert "passed: add a member: canary@example.com" in probed


def test_the_shown_scopes_are_those_that_the_connector_needs(checkout):
    """Whoever registers the shown apps registers neither more nor less."""
    (checkout / "catalog/connectors/okta-prod.yaml").write_text(connector(), encoding="utf-8")
    printed = json.loads(run("reconciler connector scopes okta-prod --format json").stdout)
    (found,) = printed["connectors"]
    added = [line for line in README.splitlines() if line.startswith("reconciler sandbox client")]

    for line, purpose in zip(added, ("plan", "apply"), strict=True):
        shown = set(re.findall(r"--scope (\S+)", line))
        assert shown == {n["scope"] for n in found[purpose]["scopes"]}


def row(name):
    """The cells of the row of a table that begins with this name, in code."""
    (line,) = re.findall(rf"^\| `{re.escape(name)}` \|(.+)\|$", README, re.MULTILINE)
    return [cell.strip() for cell in line.split(" | ")]


def test_the_shown_settings_are_understood():
    """The examples of what an operator says outside the repository are read as they stand."""
    _, pins = row("RECONCILER_PINS")
    _, variables = row("RECONCILER_SECRETS")
    _, commands = row("RECONCILER_COMMANDS")
    places = re.findall(r"^\| `(\{(?:env|file|command): .+?\})` \|", README, re.MULTILINE)
    env, _, command = (yaml.safe_load(place) for place in places)

    assert parse_pins(pins.strip("`"))["okta-prod"].host == "acme.okta.com"
    assert is_allowed(env["env"], parse_allowed_secrets(variables.strip("`"))["okta-prod"])
    allowed = parse_allowed_commands(commands.strip("`"))["okta-prod"]
    assert allowed == {tuple(command["command"])}


def test_every_variable_that_is_read_has_its_row():
    """An operator who reads the table misses none."""
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "reconciler").rglob("*.py"))
    names = set(re.findall(r"\bRECONCILER_[A-Z_]+\b", source))
    shown = {n for n in names if re.search(rf"^\| `{n}`", README, re.MULTILINE)}

    assert len(names) > 5  # of the tool; click reads the one of completion itself
    assert names - shown == set()


def kebab_words(module):
    """Every constant of a module that has the form of a code."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {n for n in texts if isinstance(n, str) and re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", n)}


def test_every_finding_of_a_connector_test_has_its_row():
    """A code that a test prints is found in the README, with what to do about it."""
    section = README.partition("### What a test finds\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    shown = set(re.findall(r"`([a-z0-9-]+)`", "".join(rows))) | {"rests-on-failure"}
    codes = set().union(*map(kebab_words, PROBED)) - {"x-okta-request-id"}

    assert len(codes) > 80
    assert codes == shown


def test_the_shown_plan_line_is_what_the_shown_grant_causes(checkout):
    """The first screen is no invention."""
    shown, *_ = blocks("text")

    assert (checkout / "catalog").is_dir()
    assert shown in run("reconciler --sandbox plan").stdout


@pytest.fixture
def copied(checkout):
    """The first screen's grant in Yuki's name, as a change."""
    folder = checkout / "catalog/grants/claude-enterprise"
    text = (folder / "zoe.kruger.yaml").read_text(encoding="utf-8")
    text = text.replace("zoe.kruger", "yuki.tanaka").replace("AI-1423", "AI-1502")
    (folder / "yuki.tanaka.yaml").write_text(text, encoding="utf-8")
    committed(checkout, "change")
    return folder / "yuki.tanaka.yaml"


@pytest.mark.usefixtures("copied")
def test_the_shown_effect_is_that_of_the_change():
    """What a reviewer is promised to see first."""
    *_, effect = blocks("text")

    assert run("reconciler validate --base main").exit_code == ExitCode.OK
    assert effect in run("reconciler --sandbox plan --base main").stdout


def test_the_shown_error_is_that_of_a_change_that_approves_itself(checkout, copied):
    """Who may approve is judged as it stood at the base."""
    _, error, _ = blocks("text")
    tool = checkout / "catalog/tools/claude-enterprise.yaml"
    kenji = '  approvers:\n    - {email: kenji.sato@example.com, github: "@kenji-sato"}'
    copied.write_text(copied.read_text().replace("mira.lindqvist", "kenji.sato"))
    tool.write_text(tool.read_text(encoding="utf-8").replace("  approvers:", kenji))

    done = run("reconciler validate --base main")

    assert done.exit_code == ExitCode.ERROR
    assert error in done.output


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


def test_every_global_option_has_its_row():
    """What goes before every command is explained once."""
    names = {max(p.opts, key=len) for p in cli.params if not p.is_eager}

    assert len(names) > 5
    assert {n for n in names if f"`{n}" not in README} == {"--verbose"}  # shown as -v


def test_every_guard_has_its_row():
    """A name that a tripped guard prints is found in the README."""
    source = "".join(
        Path(m.__file__).read_text(encoding="utf-8") for m in (run_guards, group_guards)
    )
    names = set(re.findall(r'guard="([a-z-]+)"', source))
    names |= set(re.findall(r'_over\("([a-z-]+)"', source))

    assert len(names) > 8
    assert {n for n in names if f"| `{n}` |" not in README} == set()


def test_every_exit_code_has_its_row():
    """The table is the enum."""
    rows = set(re.findall(r"^\| (\d+) \|", README, re.MULTILINE))

    assert {str(int(code)) for code in ExitCode} == rows
