"""Nothing that runs is left unsaid on the pages, and nothing is said of what does not run."""

import ast
import re
from pathlib import Path

import click
import pytest

from reconciler.accounts.table import OKTA, STATUSES, AlreadySo, Do, decide
from reconciler.catalog.packaged import packaged_scaffold
from reconciler.cli.main import COMMANDS, cli
from reconciler.cli.secrets import command as secret_command
from reconciler.cli.secrets import credentials as environment_of
from reconciler.cli.secrets import file, pins
from reconciler.cli.secrets import source as secret_source
from reconciler.cli.session import route
from reconciler.connector_checks import (
    binding_groups,
    credential_age,
    failures,
    granted_scopes,
    roles,
    token_owner,
)
from reconciler.connector_checks import org_checks as planning_probe
from reconciler.doors.github_form import FormState
from reconciler.github import writer
from reconciler.model.accounts import AccountAction
from reconciler.okta import org_url
from reconciler.okta.api import reader
from reconciler.okta.auth import access_token, keys, signer, token_errors
from reconciler.okta.responses import okta_errors, transport_errors
from reconciler.planning.approvals.jira import IssueProblem
from reconciler.planning.guards.reference import GUARDS
from reconciler.workflows import check_write
from tests.architecture.pages import PAGES, ROOT, page
from tests.cli.every_command import EVERY

SOURCE = [p.read_text(encoding="utf-8") for p in sorted((ROOT / "reconciler").rglob("*.py"))]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
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
    *(binding_groups, credential_age, failures, granted_scopes, token_owner, planning_probe, roles),
    check_write,
)
"""The modules whose codes a test of a connector prints."""


def options(path):
    """The options of a command, and of the whole tool, which go after any."""
    command, context = cli, click.Context(cli)
    for name in path:
        command = command.get_command(context, name)
        context = click.Context(command, parent=context)
    found = {opt for p in (*command.params, *cli.params) for opt in p.opts}
    return found | {"--help"}


def called(code):
    """The command that something in backticks is about, if any, and the options it names."""
    words = code.split()
    is_full = words[0] == "reconciler"
    given = {word for word in words if re.fullmatch(r"-v|--[a-z-]+", word)}
    plain = [word for word in words[is_full:] if not word.startswith("-")]
    path = max((p for p in EVERY if tuple(plain[: len(p)]) == p), key=len)
    if words[0].startswith("-"):
        return (), given, False
    return path if is_full or path else None, given, is_full and bool(plain) and not path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_prose_names_is_one(page):
    """With every option; a block of commands is run instead."""
    anywhere = set().union(*map(options, EVERY))
    for code in page.codes:
        path, given, is_unknown = called(code)
        assert not is_unknown, code
        if path is not None:
            assert given <= (options(path) if path else anywhere), code


def shown_commands():
    """Every command that a page shows or names."""
    for shown in PAGES:
        lines = "".join(block.text for block in shown.blocks if block.language == "sh")
        for code in (*shown.codes, *re.findall(r"\breconciler .+", lines)):
            yield called(code)[0]


def test_every_command_has_its_place_on_a_page():
    """`--help` says how it is called; a page says what for."""
    leaves = {p for p in EVERY if not any(o != p and o[: len(p)] == p for o in EVERY)}

    assert {path[0] for path in leaves} == set(COMMANDS)
    assert leaves - set(shown_commands()) == set()


def test_every_global_option_has_its_place_on_a_page():
    """What goes before every command is explained once."""
    names = {max(p.opts, key=len) for p in cli.params if not p.is_eager}
    text = "".join(page.text for page in PAGES)

    assert len(names) > 5
    assert {n for n in names if f"`{n}" not in text} == {"--verbose"}  # shown as -v


def test_every_variable_that_is_read_has_its_row():
    """An operator who reads the table misses none."""
    names = set(re.findall(r"\bRECONCILER_[A-Z_]+\b", "".join(SOURCE)))
    rows = page(".github/docs/connect.md").rows()

    assert len(names) > 5  # of the tool; click reads the one of completion itself
    assert {n for n in names if not any(row.startswith(f"`{n}`") for row in rows)} == set()


@pytest.mark.parametrize(
    ("name", "pattern"), [("schemas/README.md", "*.json"), ("tests/README.md", "*/")]
)
def test_the_page_of_a_folder_links_all_that_is_in_it(name, pattern):
    """A listing says what is there; the page says what for."""
    shown = page(name)
    found = {path.name for path in shown.path.parent.glob(pattern)} - {"__pycache__"}

    assert len(found) > 8
    assert found - set(shown.links) == set()


def test_every_variable_of_the_tests_is_read_by_one():
    """A row that changes nothing would be believed."""
    rows = re.findall(r"^`([A-Z_]+)=", "\n".join(page("tests/README.md").rows()), re.MULTILINE)
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("*.py"))

    assert len(rows) > 3
    assert [name for name in rows if f'"{name}"' not in source] == []


def kebab_words(module):
    """Every constant of a module that has the form of a code."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {n for n in texts if isinstance(n, str) and re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", n)}


def test_every_finding_of_a_connector_test_has_its_row():
    """A code that a test prints is found on the page, with what to do about it."""
    section = page(".github/docs/connect.md").text.partition("## What a test finds\n")[2]
    rows = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    shown = set(re.findall(r"`([a-z0-9-]+)`", "".join(rows))) | {"rests-on-failure"}
    headers = {"x-okta-request-id", "www-authenticate"}
    only_planned = {"group-admin-role-unknown"}
    codes = set().union(*map(kebab_words, PROBED)) - headers - only_planned

    assert len(codes) > 80
    assert codes == shown


def test_every_guard_has_its_place_on_the_page():
    """`explain` says when each holds; the page says what they are about."""
    assert {n.name for n in GUARDS} - set(page("reconciler/README.md").codes) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_code_that_a_page_names_is_in_the_source(page):
    """A code in brackets is what the screen shows for what was just said."""
    codes = re.findall(r"\(`([a-z]+(?:-[a-z]+)+)`\)", page.text)

    assert [c for c in codes if not any(f'"{c}"' in text for text in SOURCE)] == []


def test_the_drawn_floors_are_those_that_are_checked():
    """The picture of the floors is the contract of the imports."""
    (drawing,) = (b for b in page("reconciler/README.md").blocks if not b.language)
    layers = re.search(r"^layers = \[\n(.*?)^\]", PYPROJECT, re.MULTILINE | re.DOTALL)

    assert [re.split(r" {3,}", line)[0] for line in drawing.text.splitlines()] == re.findall(
        r'"(.+)"', layers[1]
    )


def status_cell(status, action):
    """What the page says of an action in a status."""
    cell = decide(status, action, OKTA)
    if not isinstance(cell, Do):
        return "already" if isinstance(cell, AlreadySo) else "no"
    request = cell.call.value.replace("_", "-")
    return ("do" if request == action.value else request) + ("" if cell.is_certain else "?")


def test_the_table_of_statuses_is_the_one_that_decides():
    """Who looks a case up there sees what a plan would do."""
    text = page(".github/docs/accounts.md").text
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    begin = next(number for number, row in enumerate(rows) if row[0] == "status")

    assert rows[begin] == ["status", *(action.value for action in AccountAction)]
    assert rows[begin + 1 :] == [[s, *(status_cell(s, a) for a in AccountAction)] for s in STATUSES]


def coded_rows(heading):
    """The codes that the tables below a heading of the page about asking begin their rows with."""
    section = (
        page(".github/docs/asking.md").text.partition(f"# {heading}\n")[2].partition("\n## ")[0]
    )
    rows = re.findall(r"^ *\| (`.+?) \|", section, re.MULTILINE)
    return sorted(code for row in rows for code in re.findall(r"`([a-z-]+)`", row))


def test_every_refusal_of_an_issue_and_every_state_of_a_form_has_its_row():
    """Whoever reads one at their issue finds what to do."""
    assert coded_rows("Why an issue does not count") == sorted(p.value for p in IssueProblem)
    assert coded_rows("With a form at GitHub") == sorted(s.value for s in FormState)


PERMISSIONS = {
    "contents": r"/git/|/contents/|/compare/|/pulls/.+/merge",
    "pull requests": r"/pulls(?!.*/merge)",
    "issues": r"/issues",
}
"""Of the repository, with the routes that each opens (GitHub: permissions required for Apps)."""


def test_the_permissions_of_the_app_are_those_that_its_routes_take():
    """More would be a danger, fewer would fail on the day on which they are needed."""
    tree = ast.parse(Path(writer.__file__).read_text(encoding="utf-8"))
    named = {n.targets[0].id: n.value for n in tree.body if isinstance(n, ast.Assign)}
    texts = [n.value for n in ast.walk(named["_WRITES"]) if isinstance(n, ast.Constant)]
    routes = [text for text in texts if text.startswith("/")]
    taken = {n for n, form in PERMISSIONS.items() for r in routes if re.match(form, r)}
    text = page(".github/docs/asking.md").text
    (head,) = re.findall(r"^ *\| for \|(.+)\|$", text, re.MULTILINE)

    assert len(routes) > 8
    assert [r for r in routes if not any(re.match(f, r) for f in PERMISSIONS.values())] == []
    assert [cell.strip() for cell in head.split("|")] == list(PERMISSIONS)
    assert taken == set(PERMISSIONS)
    scaffold = packaged_scaffold()["README.md"]
    assert all(f"*{name}*" in scaffold for name in PERMISSIONS)
