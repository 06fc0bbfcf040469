"""The catalog as a command finds it."""

import pytest

from reconciler.catalog.digest import catalog_digest
from reconciler.cli.session.catalog import find_revision, valid_catalog
from reconciler.cli.terminal.screen import Screen
from reconciler.model.errors import CatalogError, StoreError
from reconciler.model.plan import CatalogRevision
from tests.support.builders import Company
from tests.support.repository import committed, git
from tests.unit.cli.session.test_connection import chosen

COMPANY = Company().tool().bind().granted("jane")


def test_a_valid_catalog_is_given_and_nothing_is_said(tmp_path, capsys):
    """Warnings are the plan's to show."""
    COMPANY.write(tmp_path)
    loaded = valid_catalog(chosen(tmp_path), Screen())
    assert [grant.subject for grant in loaded.catalog.grants] == ["jane@example.com"]
    assert capsys.readouterr() == ("", "")


def test_one_error_stops_everything_and_is_shown(tmp_path, capsys):
    """An unreadable grant must not look absent."""
    COMPANY.file("grants/claude/odd.yaml", "subject: [").write(tmp_path)
    with pytest.raises(CatalogError) as caught:
        valid_catalog(chosen(tmp_path), Screen())
    captured = capsys.readouterr()
    assert (caught.value.exit_code, captured.out) == (1, "")
    assert "grants/claude/odd.yaml:" in captured.err


def test_a_revision_without_git_has_no_commit_and_still_a_digest(tmp_path, monkeypatch):
    """The digest covers what is declared, wherever it lies."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    COMPANY.write(tmp_path)
    loaded = valid_catalog(chosen(tmp_path), Screen())
    expected = CatalogRevision(commit=None, dirty=False, digest=catalog_digest(loaded.catalog))
    assert find_revision(chosen(tmp_path), loaded) == (expected, ())


GRANT = "catalog/grants/claude/00000.yaml"


@pytest.fixture
def checkout(tmp_path):
    """A catalog that is committed; its grant's file says something else now."""
    COMPANY.write(tmp_path)
    committed(tmp_path)
    file = tmp_path / GRANT
    file.write_text(file.read_text().replace("jane@", "mallory@"))
    return tmp_path


def subjects(folder, **more):
    """Whom the grants are for, as a command finds them."""
    catalog = valid_catalog(chosen(folder, **more), Screen()).catalog
    return [grant.subject for grant in catalog.grants]


def test_in_ci_the_commit_is_read_and_not_the_checkout(checkout, monkeypatch):
    """What is left out is said."""
    assert subjects(checkout) == ["mallory@example.com"]
    monkeypatch.setenv("CI", "true")
    assert subjects(checkout) == ["jane@example.com"]
    assert subjects(checkout, sandbox=True) == ["mallory@example.com"]
    loaded = valid_catalog(chosen(checkout), Screen())
    revision, warnings = find_revision(chosen(checkout), loaded)
    assert (revision.commit, revision.dirty) == (git(checkout, "rev-parse", "HEAD"), False)
    assert revision.digest == catalog_digest(loaded.catalog)
    assert [w.code for w in warnings] == ["checkout-left-out"]
    git(checkout, "checkout", "-q", ".")
    assert find_revision(chosen(checkout), loaded)[1] == ()


def test_in_ci_outside_a_repository_the_files_are_read_as_they_lie(tmp_path, monkeypatch):
    """An apply is refused there; a plan names no commit."""
    monkeypatch.setenv("CI", "true")
    COMPANY.write(tmp_path)
    assert subjects(tmp_path) == ["jane@example.com"]


def test_a_checkout_that_git_wrongly_calls_clean_is_dirty(checkout):
    """A filter, an ignore rule or a flag hides the difference from git, and not from the plan."""
    git(checkout, "update-index", "--assume-unchanged", GRANT)
    loaded = valid_catalog(chosen(checkout), Screen())
    revision, warnings = find_revision(chosen(checkout), loaded)
    assert revision.dirty
    assert [w.code for w in warnings] == ["checkout-differs"]


def test_a_git_that_fails_is_told_by_its_cause(checkout, monkeypatch):
    """A plan goes on without a commit, and CI does not; a rehearsal needs no git."""
    loaded = valid_catalog(chosen(checkout), Screen())
    (checkout / ".git/config").write_text("[core\n")
    revision, (warning,) = find_revision(chosen(checkout), loaded)
    assert (revision.commit, warning.code) == (None, "git-damaged")
    assert find_revision(chosen(checkout, sandbox=True), loaded)[1] == ()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(StoreError):
        valid_catalog(chosen(checkout), Screen())
