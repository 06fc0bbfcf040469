"""Which places a connector may take its secrets from, and how they are read."""

import json
import subprocess
import sys
import traceback

import pytest

from reconciler.cli.secrets.output_filter import clean
from reconciler.cli.secrets.source import SecretSource, find_work_tree, is_ci
from reconciler.model.errors import ReconcilerError
from reconciler.model.ids import SecretRef

SECRET = "a-very-secret-value"
PRINT = (sys.executable, "-c", f"print({SECRET!r})")


@pytest.fixture
def read(monkeypatch, tmp_path):
    """Reads a reference of okta-prod with these variables set."""
    repository = tmp_path / "repository"
    repository.mkdir()

    def with_variables(kind, value, **values):
        for name, text in values.items():
            monkeypatch.setenv(name, text)
        source = SecretSource(connector="okta-prod", repository=repository)
        return source.read(SecretRef(kind=kind, value=value))

    return with_variables


def refusal(read, *arguments, **values):
    """The error's code, after making sure that it shows nothing."""
    with pytest.raises(ReconcilerError) as caught:
        read(*arguments, **values)
    error = caught.value
    shown = "".join(traceback.format_exception(error)) + error.message + error.hint
    assert SECRET not in shown
    return error.code


@pytest.mark.parametrize(("expected", "value"), [(False, ""), (True, "true"), (True, "1")])
def test_ci_is_a_variable_that_says_something(monkeypatch, expected, value):
    """An empty one is not set."""
    monkeypatch.setenv("CI", value)
    assert is_ci() is expected


@pytest.mark.parametrize(
    ("code", "values"),
    [
        (None, {}),
        (None, {"RECONCILER_SECRETS": "okta-prod=OKTA_PROD_*"}),
        (None, {"RECONCILER_SECRETS": "okta-prod=OKTA_PROD_TOKEN", "CI": "true"}),
        ("secret-not-allowed", {"RECONCILER_SECRETS": "okta-prod=OTHER_*"}),
        ("secret-not-allowed", {"RECONCILER_SECRETS": "okta-lab=OKTA_PROD_TOKEN"}),
        ("secret-not-allowed", {"RECONCILER_SECRETS": "okta-prod=OKTA_PROD"}),
        ("secret-not-allowed", {"CI": "true"}),
        ("secrets-invalid", {"RECONCILER_SECRETS": SECRET}),
        ("secret-missing", {"OKTA_PROD_TOKEN": ""}),
    ],
)
def test_a_connector_names_only_the_variables_it_was_allowed(read, code, values):
    """A pull request must not point at another secret of the same runner."""
    given = {"OKTA_PROD_TOKEN": SECRET, **values}
    if code is None:
        assert read("env", "OKTA_PROD_TOKEN", **given) == SECRET
    else:
        assert refusal(read, "env", "OKTA_PROD_TOKEN", **given) == code


def test_a_variable_is_taken_as_it_is(read):
    """Whoever reads it says what is wrong with a line end."""
    assert read("env", "OKTA_PROD_TOKEN", OKTA_PROD_TOKEN=f"{SECRET}\n") == f"{SECRET}\n"


def test_a_command_runs_when_it_is_allowed_word_for_word(read):
    """One line end after what it prints is dropped."""
    allowed = json.dumps({"okta-prod": [["op", "read"], list(PRINT)]})
    assert read("command", PRINT, RECONCILER_COMMANDS=allowed) == SECRET


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("command-not-allowed", ""),
        ("command-not-allowed", "{}"),
        ("command-not-allowed", json.dumps({"okta-lab": [PRINT]})),
        ("command-not-allowed", json.dumps({"okta-prod": [PRINT[:-1]]})),
        ("command-not-allowed", json.dumps({"okta-prod": [[*PRINT, "more"]]})),
        ("command-not-allowed", json.dumps({"okta-prod": [[" ".join(PRINT)]]})),
        ("commands-invalid", json.dumps({"okta-prod": PRINT})),
        ("commands-invalid", json.dumps([PRINT])),
        ("commands-invalid", f"{{{SECRET}"),
    ],
)
def test_any_other_command_is_refused(read, code, allowed):
    """An argument more is another command; locally too, since a file of others names it."""
    assert refusal(read, "command", PRINT, RECONCILER_COMMANDS=allowed) == code


def test_a_command_gets_the_connectors_own_variables_and_no_other(read):
    """A password manager has a token of its own; Okta's is none of its business."""
    code = "import os; print(sorted(n for n in os.environ if n.startswith(('OP_', 'OKTA_', 'GH'))))"
    argv = (sys.executable, "-c", code)
    values = {
        "RECONCILER_COMMANDS": json.dumps({"okta-prod": [argv]}),
        "RECONCILER_SECRETS": "okta-prod=OP_TOKEN okta-lab=OKTA_*",
        "OP_TOKEN": "another-very-secret-value",
        "OKTA_LAB_TOKEN": "x",
        "GH_TOKEN": "x",
    }
    assert read("command", argv, **values) == "['OP_TOKEN']"
    assert "***" in clean("another-very-secret-value")


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_file_below_the_folder_is_read_without_its_last_line_end(read, tmp_path, end):
    """Editors put one there."""
    place = tmp_path / "secrets"
    place.mkdir()
    (place / "token").write_bytes(f"{SECRET}{end}".encode())
    (place / "token").chmod(0o600)
    assert read("file", "token", RECONCILER_SECRET_DIR=str(place)) == SECRET


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("secret-missing", b""),
        ("secret-missing", b"\n"),
        ("secret-malformed", SECRET.encode() + b"\xff"),
    ],
)
def test_a_file_that_holds_no_text_is_an_error(read, tmp_path, code, content):
    """Said without a byte of it."""
    (tmp_path / "token").write_bytes(content)
    (tmp_path / "token").chmod(0o600)
    assert refusal(read, "file", "token", RECONCILER_SECRET_DIR=str(tmp_path)) == code


def test_what_was_read_is_starred_from_then_on(read):
    """Before anything else is done with it."""
    read("env", "OKTA_PROD_TOKEN", OKTA_PROD_TOKEN="another-secret-of-mine")
    assert clean("see another-secret-of-mine") == "see ***"


def test_the_repository_is_the_work_tree_around_the_catalog(tmp_path):
    """A worktree's `.git` is a file; without git it is the folder that holds the catalog."""
    catalog = tmp_path / "company" / "access" / "catalog"
    catalog.mkdir(parents=True)
    assert find_work_tree(catalog) == catalog.parent
    subprocess.run(["git", "init", "-q", tmp_path / "company"], check=True)
    assert find_work_tree(catalog) == tmp_path / "company"
    (catalog / ".git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    assert find_work_tree(catalog) == catalog
