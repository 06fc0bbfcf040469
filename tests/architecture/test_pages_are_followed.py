"""What the pages show is run, written and compared, so that it stays true."""

import json
import re
import shlex
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from reconciler.catalog.schema.kinds import KINDS
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.main import cli
from reconciler.cli.secrets.pins import (
    is_allowed,
    parse_allowed_commands,
    parse_allowed_secrets,
    parse_pins,
)
from tests.architecture.pages import PAGES, README, ROOT, page
from tests.support.harness import CLEAN
from tests.support.repository import committed

pytestmark = pytest.mark.slow
CATALOG = page("catalog/README.md")
CONNECT = page(".github/docs/connect.md")
REPOSITORY = page(".github/docs/repository.md")
LANGUAGES = {"sh", "yaml", "text", "json", ""}
SETUP = (
    "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/reconciler demo",
    ".venv/bin/pytest -n auto",
)
"""The first two commands: the gate runs them, and a test inside of them cannot."""
PUSH = "git push origin "
"""What makes the branch of the evidence is run where there is a remote (see test_init...py)."""
PLAN = "reconciler --sandbox plan"
NO_FIELDS = {"fetch-depth"}
"""What workflows say in the form of a field."""


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository that holds the example catalog, with somebody at the keyboard."""
    for name, value in CLEAN.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "T")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "t@example.com")
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    committed(tmp_path, "base")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line):
    """One command of this tool, in process."""
    return CliRunner().invoke(cli, shlex.split(line, comments=True)[1:])


def typed(line):
    """What a line prints that a reader types; it has to end as the page says."""
    if line in SETUP or line.startswith(PUSH):
        return ""
    if not line.startswith("reconciler "):
        done = subprocess.run(["bash", "-ec", line], check=True, capture_output=True, text=True)
        return done.stdout
    said = re.search(r"# exits (\d+)", line)
    done = run(line)
    assert done.exit_code == (int(said[1]) if said else ExitCode.OK), (line, done.output)
    return done.output


def is_kept(block):
    """Whether the example catalog holds the shown file; comments may differ."""
    place = ROOT / block.path
    return place.is_file() and data(place.read_text(encoding="utf-8")) == data(block.text)


def data(text):
    """What a file says."""
    return yaml.safe_load(text)


def write(block):
    """Puts a shown file where it says it is, and the catalog stays valid."""
    place = Path(block.path)
    if not is_kept(block):
        place.parent.mkdir(exist_ok=True)
        place.write_text(block.text, encoding="utf-8")
    done = run("reconciler validate")
    assert done.exit_code == ExitCode.OK, (block.path, done.output)


def assert_printed(shown, output):
    """Each part of what a page shows is in the output, in order; a line of dots leaves some out."""
    for part in shown.split("\n...\n"):
        assert part.strip("\n") in output
        output = output.partition(part.strip("\n"))[2]


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_is_what_happens(page):
    """Whoever types what it shows, and writes what it shows, sees what it shows."""
    output = ""
    for block in page.blocks:
        assert block.language in LANGUAGES
        if block.language == "yaml":
            write(block)
        elif block.language == "sh":
            output = "".join(map(typed, block.text.splitlines()))
        elif block.language == "text":
            assert_printed(block.text, output or typed(PLAN))


def test_the_first_two_commands_are_shown_and_are_what_the_gate_runs():
    """The gate says less while it does the same."""
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    quiet = gate.replace(" --quiet --disable-pip-version-check", "")
    shown = [line for b in README.blocks if b.language == "sh" for line in b.text.splitlines()]
    install, _, demo = SETUP[0].rpartition(" && ")

    assert set(SETUP) <= set(shown)
    assert [n for n in (*install.split(" && "), SETUP[1]) if f"\n{n}\n" not in quiet] == []
    assert f"{demo.removeprefix('.venv/bin/').replace(' ', chr(34) + ' ')} >" in gate


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_shown_file_of_the_example_catalog_is_a_copy_of_it(page):
    """Except the connector of two apps, which the reader writes instead of the simple one."""
    for block in page.blocks:
        if block.language == "yaml" and (ROOT / block.path).is_file():
            assert is_kept(block) or page is CONNECT, block.path


def described(schema):
    """Every field that a schema describes, with what it may hold."""
    if isinstance(schema, dict):
        found = schema.get("properties", {})
        yield from found.items() if isinstance(found, dict) else ()
        for part in schema.values():
            yield from described(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from described(part)


def fits(key, value):
    """Whether a schema has a field of this name that may hold this."""
    for path in (ROOT / "schemas").glob("*.json"):
        whole = json.loads(path.read_text(encoding="utf-8"))
        for name, form in described(whole):
            if name == key and isinstance(form, dict):
                judge = Draft202012Validator({**form, "$defs": whole.get("$defs", {})})
                if judge.is_valid(value):
                    return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_field_that_prose_sets_is_one_and_may_hold_that(page):
    """`field: value` in the middle of a sentence is copied like any block."""
    for code in page.codes:
        key, _, text = code.partition(": ")
        if re.fullmatch("[a-z_-]+", key) and text and key not in NO_FIELDS:
            value = data(text)
            assert fits(key, value.isoformat() if isinstance(value, date) else value), code


def test_the_page_of_the_catalog_shows_a_file_of_every_kind():
    """By a link or as a block: of an acknowledgement there is no file, since it holds for days."""
    places = [link for link in CATALOG.links if link.endswith(".yaml")]
    places += [block.path.removeprefix("catalog/") for block in CATALOG.blocks if block.path]
    folders = {place.split("/")[0].removesuffix(".yaml") for place in places}

    assert folders == {kind.plural or kind.name for kind in KINDS}


@pytest.mark.usefixtures("checkout")
def test_the_shown_mapping_is_the_one_a_plan_prints():
    """The reader copies it; so it is compared with what is printed."""
    (shown,) = (b.text for b in CATALOG.blocks if b.path.startswith("catalog/identities/"))

    assert shown.splitlines()[-1] in run(PLAN).stdout


@pytest.fixture
def connected(checkout):
    """The example company with the connector that its reader writes: of two service apps."""
    (block,) = (b for b in CONNECT.blocks if b.path)
    write(block)
    return checkout


def registered():
    """The lines that register the two apps."""
    lines = [line for b in CONNECT.blocks for line in b.text.splitlines()]
    return [line for line in lines if line.startswith("reconciler sandbox client add")]


@pytest.mark.usefixtures("connected")
def test_the_connector_of_the_page_works_without_a_warning():
    """With just the rights that the page gives its apps."""
    run("reconciler sandbox show groups")
    for line in registered():
        typed(line)
    tested = run("reconciler --sandbox connector test okta-prod").stdout

    assert tested.count("The connector works.") == len(("plan", "apply"))
    assert " 0 failed · 0 warned" in tested
    assert "failed:" not in tested
    assert "warned:" not in tested


@pytest.mark.usefixtures("connected")
def test_the_shown_scopes_are_those_that_the_connector_needs():
    """Whoever registers the shown apps registers neither more nor less."""
    printed = json.loads(run("reconciler connector scopes okta-prod --format json").stdout)
    (found,) = printed["connectors"]

    for line, purpose in zip(registered(), ("plan", "apply"), strict=True):
        shown = set(re.findall(r"--scope (\S+)", line))
        assert shown == {n["scope"] for n in found[purpose]["scopes"]}


def test_the_shown_settings_are_understood():
    """The examples of what an operator says outside the repository are read as they stand."""
    _, pins = CONNECT.row("RECONCILER_PINS")
    _, variables = CONNECT.row("RECONCILER_SECRETS")
    _, commands = CONNECT.row("RECONCILER_COMMANDS")
    places = (row.strip("`") for row in CONNECT.rows() if row.startswith("`{"))
    env, _, command = map(data, places)

    assert parse_pins(pins.strip("`"))["okta-prod"].host == "acme.okta.com"
    assert is_allowed(env["env"], parse_allowed_secrets(variables.strip("`"))["okta-prod"])
    allowed = parse_allowed_commands(commands.strip("`"))["okta-prod"]
    assert allowed == {tuple(command["command"])}


def test_the_shown_editor_settings_name_every_schema_and_its_files():
    """check-jsonschema reads the same files with the same schemas (see test_editor.py)."""
    (text,) = (b.text for b in page("schemas/README.md").blocks if b.language == "json")
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
    text = page("reconciler/README.md").text
    (row,) = re.findall(rf"^\| {shell} \| `(.+)` \|$", text, re.MULTILINE)

    assert f"_RECONCILER_COMPLETE={shell}_source reconciler" in row
