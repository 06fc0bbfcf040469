"""The catalog as a command finds it."""

import pytest

from reconciler.catalog.revision import digest
from reconciler.cli.files import revision_of, valid_catalog
from reconciler.cli.screen import Screen
from reconciler.model.errors import CatalogError
from reconciler.model.plan import CatalogRevision
from tests.builders import Company
from tests.unit.cli.test_wiring import chosen

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
    expected = CatalogRevision(commit=None, dirty=False, digest=digest(loaded.catalog))
    assert expected == revision_of(chosen(tmp_path), loaded)
