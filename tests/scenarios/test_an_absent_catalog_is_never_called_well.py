"""A catalog that is not there looks like one that asks for nothing, and is never called well."""

import shutil

import pytest
import yaml

from reconciler.cli.exit_codes import ExitCode
from tests.support.builders import Company
from tests.support.harness import Office

pytestmark = pytest.mark.slow

COMPANY = Company().tool().bind("kim").granted("kim", "amy")
COMMANDS = (
    ("validate",),
    ("--sandbox", "drift"),
    ("--sandbox", "drift", "--format", "markdown"),
    ("--sandbox", "status", "--evidence", "ev"),
    ("--sandbox", "status", "--evidence", "ev", "--format", "json"),
)


@pytest.fixture
def office(tmp_path):
    """A company whose last run was good."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    assert office.apply("--evidence", "ev").code == ExitCode.OK
    for command in COMMANDS:
        assert office.run(*command).code == ExitCode.OK
    return office


def vanish(folder):
    """Somebody moved it."""
    shutil.rmtree(folder)


def bare(folder):
    """Nothing but what no kind reads is left."""
    vanish(folder)
    folder.mkdir()
    (folder / "README.md").write_text("moved\n", encoding="utf-8")


def orgless(folder):
    """Its connectors are gone, and what is for them."""
    for name in ("connectors", "bindings", "grants", "acknowledgements"):
        shutil.rmtree(folder / name, ignore_errors=True)


def disabled(folder):
    """Every connector is switched off."""
    (path,) = (folder / "connectors").iterdir()
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**content, "disabled": True}), encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_catalog_that_is_gone_is_an_error(office, command):
    """Of every command that says how things stand: the schedule that runs it is read by nobody."""
    vanish(office.folder / "catalog")
    ran = office.run(*command)

    assert ran.code == ExitCode.ERROR
    assert "catalog-missing" in ran.out + ran.err
    assert "has run well" not in ran.out


def test_a_folder_that_says_nothing_is_not_called_valid(office):
    """A new one may be meant, so it is a warning; no org is well because of it."""
    bare(office.folder / "catalog")
    ran = office.run("validate")

    assert (ran.code, "catalog-empty" in ran.out) == (ExitCode.OK, True)


@pytest.mark.parametrize("command", COMMANDS[1:], ids=" ".join)
@pytest.mark.parametrize("lose", [bare, orgless, disabled], ids=["empty", "none", "disabled"])
def test_where_no_org_could_be_asked_nothing_is_well(office, command, lose):
    """Nobody ran badly, and nothing differs, where there is nothing to run or to compare."""
    lose(office.folder / "catalog")
    ran = office.run(*command)

    assert (ran.code, ran.out) == (ExitCode.ERROR, "")
    assert "connector-missing" in ran.err


def test_a_catalog_without_a_connector_is_warned_of(office):
    """It may be meant, where every tool is fulfilled by hand."""
    orgless(office.folder / "catalog")
    ran = office.run("validate")

    assert (ran.code, "connector-missing" in ran.out) == (ExitCode.OK, True)
    assert "with 1 warning" in ran.out


def test_without_a_catalog_a_connector_has_to_be_named(office):
    """The evidence cannot tell which chain is missing."""
    vanish(office.folder / "catalog")
    (rehearsed,) = (office.folder / "ev").iterdir()
    rehearsed.rename(rehearsed.with_name("okta-prod"))
    unnamed = office.run("status", "--evidence", "ev")
    named = office.run("status", "--evidence", "ev", "--connector", "okta-prod")
    unknown = office.run("status", "--evidence", "ev", "--connector", "okta-lab")

    assert (unnamed.code, "catalog-missing" in unnamed.err) == (ExitCode.ERROR, True)
    assert "run-foreign" in named.err  # it was looked at: the rehearsal is not what its folder says
    assert (unknown.code, "connector-unknown" in unknown.err) == (ExitCode.USAGE, True)
