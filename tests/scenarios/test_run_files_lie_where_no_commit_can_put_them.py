"""A commit that brings a link along turns no run file anywhere else, and no run believes it."""

import pytest

from tests.support.builders import Company
from tests.support.harness import Office

COMPANY = Company().tool().bind("kim").granted("kim", "amy")


@pytest.fixture
def office(tmp_path):
    """One to add, planned; and a folder that is nobody's business here."""
    found = Office(tmp_path, COMPANY)
    found.plan()
    (tmp_path / "elsewhere").mkdir()
    return found


@pytest.mark.parametrize("name", ["journal", "results"])
def test_a_linked_folder_of_run_files_is_refused(office, name):
    """Nothing is written through it, and what lies behind it is not read."""
    place = office.folder / ".reconciler" / name
    place.symlink_to(office.folder / "elsewhere")
    ran = office.apply()
    assert (ran.code, "run-folder-refused" in ran.err) == (1, True)
    assert list((office.folder / "elsewhere").iterdir()) == []
    assert office.members() == {"kim"}


def test_a_linked_run_folder_is_refused(office):
    """Before the org is asked."""
    root = office.folder / ".reconciler"
    root.rename(office.folder / "elsewhere" / "moved")
    root.symlink_to(office.folder / "elsewhere" / "moved")
    ran = office.apply()
    assert (ran.code, "run-folder-refused" in ran.err) == (1, True)


def test_a_linked_journal_is_refused(office):
    """A planted journal could tell a story of earlier runs."""
    folder = office.folder / ".reconciler" / "journal"
    folder.mkdir()
    (office.folder / "story.jsonl").write_text('{"event":"intent"}\n')
    (folder / "20261122T080000Z-abc123.jsonl").symlink_to(office.folder / "story.jsonl")
    ran = office.apply()
    assert (ran.code, "journal-unreadable" in ran.err, office.members()) == (1, True, {"kim"})


def test_git_never_takes_run_files_along(office):
    """They name people."""
    office.apply()
    assert (office.folder / ".reconciler" / ".gitignore").read_text() == "*\n"
