"""What stood on the branch, and when."""

from datetime import UTC, datetime

import pytest

from reconciler.catalog.git.branch_history import BranchHistory
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.load import load_and_judge
from tests.support.catalogs import BINDING, GRANT, SOUND, write
from tests.support.repository import committed, git

JANE = ("claude", "users", "jane@example.com")
FILE = "grants/claude/jane.yaml"
REVOKED = GRANT + "revoked: {at: 2026-12-01, by: lead@example.com, reason: left}\n"
ENDED = GRANT.replace("2027-01-20", "2026-11-21")
NOW = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def branch(tmp_path, monkeypatch):
    """Commits a catalog of these files on a day; None takes a file away."""

    def commit(day, **files):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{day}T12:00:00+0000")
        for path, text in files.items():
            name = path.replace("__", "/") + ".yaml"
            if text is None:
                (tmp_path / "catalog" / name).unlink()
            else:
                write(tmp_path, {name: text})
        committed(tmp_path, day)

    write(tmp_path, {**SOUND, FILE: "grants: []\n"})
    commit("2026-11-01")
    return commit


def past(folder):
    """The past of the folder's repository, and the grants that lie there now."""
    repository = Repository.around(folder / "catalog")
    found = BranchHistory(
        repository=repository, head=repository.commit("HEAD"), display="catalog", only={}
    )
    return found, load_and_judge(folder / "catalog", display="catalog").catalog.grants


def lived(folder):
    """Whether jane's access was ever given by the branch."""
    found, grants = past(folder)
    return JANE in found.find_past_access(grants, NOW)


def test_a_grant_that_held_while_it_stood_there_lived(tmp_path, branch):
    """It was merged before it ended."""
    branch("2026-11-20", grants__claude__jane=ENDED)
    assert lived(tmp_path)


def test_a_grant_that_was_written_after_its_end_did_not(tmp_path, branch):
    """Its end is a story about a time in which nobody had it from here."""
    branch("2026-11-22", grants__claude__jane=ENDED)
    assert not lived(tmp_path)


@pytest.mark.parametrize("day", ["2026-11-20", "2026-12-05"])
def test_a_revocation_of_what_held_ends_it(tmp_path, branch, day):
    """Its own words never held; those before them did."""
    branch("2026-11-19", grants__claude__jane=GRANT)
    branch(day, grants__claude__jane=REVOKED)
    assert lived(tmp_path)


def test_a_grant_that_came_with_its_revocation_never_held(tmp_path, branch):
    """However late its last day is."""
    branch("2026-12-05", grants__claude__jane=REVOKED)
    assert not lived(tmp_path)


def test_an_edit_of_what_never_held_gives_it_no_life(tmp_path, branch):
    """Another purpose, another ticket, the same end."""
    branch("2026-11-22", grants__claude__jane=ENDED)
    branch("2026-11-23", grants__claude__jane=ENDED.replace("Support", "Sales"))
    assert not lived(tmp_path)


def test_a_moved_file_keeps_its_past(tmp_path, branch):
    """A folder of its own, and an end with it."""
    branch("2026-11-19", grants__claude__jane=GRANT)
    branch("2026-12-05", grants__claude__jane=None, grants__claude__old__j=REVOKED)
    assert lived(tmp_path)


@pytest.mark.parametrize(("is_met", "instant"), [(True, "12:01"), (False, "12:00")])
def test_a_grant_of_hours_held_where_it_was_merged_before_its_last_instant(
    tmp_path, branch, is_met, instant
):
    """The commit is of noon: an end at noon was over when it came."""
    ended = GRANT.replace("2027-01-20", f"2026-11-20T{instant}Z")
    branch("2026-11-20", grants__claude__jane=ended)
    assert lived(tmp_path) is is_met


def test_somebody_elses_grant_in_the_same_file_is_not_hers(tmp_path, branch):
    """Lists hold several people."""
    branch("2026-11-19", grants__claude__jane=GRANT.replace("jane", "joe"))
    branch("2026-12-05", grants__claude__jane=REVOKED)
    assert not lived(tmp_path)


def test_a_start_that_lay_ahead_was_met_on_the_branch(tmp_path, branch):
    """Approved early, begun and ended in time."""
    text = ENDED.replace("expires", "starts: 2026-11-21\nexpires")
    branch("2026-11-20", grants__claude__jane=text)
    assert lived(tmp_path)


def test_a_commit_is_no_older_than_what_it_grew_from(tmp_path, branch):
    """A clock that was set back makes nothing true."""
    branch("2026-12-05", grants__claude__other=GRANT.replace("jane", "zoe"))
    branch("2026-11-19", grants__claude__jane=REVOKED)
    assert not lived(tmp_path)


def test_a_wrong_clock_says_nothing_of_what_came_later(tmp_path, branch):
    """Else no access that was given after that commit would ever end."""
    branch("2099-01-01", tools__other=SOUND["tools/claude.yaml"].replace("id: claude", "id: other"))
    branch("2099-01-01", grants__claude__joe=GRANT.replace("jane", "joe"))
    branch("2026-11-19", grants__claude__jane=GRANT)
    branch("2026-12-05", grants__claude__jane=REVOKED)
    assert lived(tmp_path)


@pytest.mark.parametrize(
    ("days", "is_met"),
    [
        (("2099-01-01", "2026-11-20", "2026-12-05"), True),
        (("2099-01-01", "2026-12-04", "2026-12-05"), True),
        (("2099-01-01", "2026-12-05"), False),
        (("2099-01-01",), False),
    ],
)
def test_what_came_at_an_unknown_time_counts_from_the_next_known_one(
    tmp_path, branch, days, is_met
):
    """Nobody loses access by a time that a commit made up."""
    first, *others = days
    branch(first, grants__claude__jane=GRANT if others else ENDED)
    for day in others[:-1]:
        branch(day, grants__claude__joe=GRANT.replace("jane", "joe"))
    if others:
        branch(others[-1], grants__claude__jane=REVOKED)
    assert lived(tmp_path) is is_met


def test_what_a_wrong_clock_took_away_stood_until_the_edit_before(tmp_path, branch):
    """Its start had perhaps not come when it went."""
    later = GRANT.replace("expires", "starts: 2026-11-25\nexpires")
    branch("2026-11-20", grants__claude__jane=later)
    branch(
        "2099-01-01", grants__claude__jane=later + "revoked: {at: 2026-11-22, by: x, reason: y}\n"
    )
    branch("2026-12-05", grants__claude__joe=GRANT.replace("jane", "joe"))
    assert not lived(tmp_path)


def test_what_is_not_committed_never_stood_on_the_branch(tmp_path, branch):
    """The file lies there, and nobody merged it."""
    branch("2026-11-19", grants__claude__other=GRANT.replace("jane", "zoe"))
    write(tmp_path, {FILE: ENDED})
    assert not lived(tmp_path)


def test_a_side_branch_counts_from_its_merge(tmp_path, branch, monkeypatch):
    """Until then it explained nothing."""
    git(tmp_path, "switch", "-q", "-c", "side")
    branch("2026-11-19", grants__claude__jane=ENDED)
    git(tmp_path, "switch", "-q", "main")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-25T12:00:00+0000")
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "merge", "side")
    assert not lived(tmp_path)


def test_a_file_that_cannot_be_read_held_nothing(tmp_path, branch):
    """What nobody could have applied gave nothing."""
    branch("2026-11-19", grants__claude__jane=GRANT + "more: 1\n")
    branch("2026-12-05", grants__claude__jane=REVOKED)
    assert not lived(tmp_path)


def test_a_binding_bound_what_it_had_without_being_retired(tmp_path, branch):
    """By id, or by the name it was made under."""
    made = BINDING.replace("users\n", "admins\n", 1).partition("  bind:")[0]
    branch("2026-11-19", bindings__new=made + "  create: {name: AI - a - b}\n")
    branch("2026-11-20", bindings__claude=BINDING.replace("00g1", "00g2") + "retired: true\n")
    found, _ = past(tmp_path)
    assert found.find_bound_groups() == {
        ("claude/users@okta-prod", "00g1abcdefGHIJKLM5d7"),
        ("claude/admins@okta-prod", "new:AI - a - b"),
    }
