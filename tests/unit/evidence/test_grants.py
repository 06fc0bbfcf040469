"""What evidence tells of single grants: seen in Okta, or why not yet."""

from datetime import timedelta

import pytest

from reconciler.evidence.folder import read_chain
from reconciler.evidence.grants import grant_outcomes, newest_run
from reconciler.evidence.records import Event
from reconciler.model.evidence import PastGrant
from tests.support.builders import CONNECTOR, NOW
from tests.support.chains import ended, line_ended, opened

LATER = NOW + timedelta(hours=1)
GROUP = {"id": "00gclaude", "name": "Claude users", "is_made": False}
SUMMARY = {"group": GROUP, "bindings": ["claude/users@okta-prod"], "members": 3}


def outcomes(folder):
    """The newest word on each grant."""
    return grant_outcomes(read_chain(folder, CONNECTOR, sandbox=False).files)


def newest(folder, digest="d1"):
    """The newest whole run by these files."""
    return newest_run(read_chain(folder, CONNECTOR, sandbox=False).files, digest)


def added(appender, outcome="verified", **more):
    """A line that adds somebody by the grant `g1` ended so."""
    line_ended(appender, outcome=outcome, action="add", grants=[{"hash": "g1"}], **more)


def prepared(appender, *blocked, open_groups=()):
    """A run looked at the group; these grants are blocked."""
    lines = [{"code": "not-found", "summary": "nobody", "grants": [{"hash": h}]} for h in blocked]
    told = {"guards": [], "blocked": lines, "groups": [SUMMARY], "open_groups": list(open_groups)}
    appender.append(Event.RUN_PREPARED, told)


@pytest.mark.parametrize(
    ("outcome", "is_done"), [("verified", True), ("already so", True), ("held", False)]
)
def test_a_grant_is_done_once_okta_was_seen_to_show_it(outcome, is_done, tmp_path):
    """What was accepted, held or refused is not."""
    added(opened(tmp_path), outcome)
    why = "" if is_done else outcome
    assert outcomes(tmp_path) == {"g1": PastGrant(at=NOW, is_done=is_done, why=why)}


def test_a_removal_tells_nothing_of_the_grant_that_explained_it(tmp_path):
    """A line that ends access cites the grant that ended."""
    line_ended(opened(tmp_path), action="remove", grants=[{"hash": "g1"}])
    assert outcomes(tmp_path) == {}


def test_a_blocked_grant_says_why_until_a_run_finds_it_so_no_more(tmp_path):
    """Somebody who was put in by hand meanwhile is in no line at all."""
    prepared(opened(tmp_path), "g1")
    told = PastGrant(at=NOW, is_done=False, why="not-found")
    assert outcomes(tmp_path) == {"g1": told}
    prepared(opened(tmp_path, LATER, 1))
    assert outcomes(tmp_path) == {}


def test_the_newest_run_decides(tmp_path):
    """A person may leave, and come to be asked about."""
    added(opened(tmp_path))
    later = opened(tmp_path, LATER, 1)
    prepared(later, "g1")
    assert not outcomes(tmp_path)["g1"].is_done
    added(later)
    assert outcomes(tmp_path)["g1"] == PastGrant(at=LATER, is_done=True)


def test_a_run_by_just_these_files_that_left_nothing_open_settles_a_binding(tmp_path):
    """Whom the files grant it was in the group, line or no line."""
    run = opened(tmp_path)
    prepared(run)
    ended(run)
    found = newest(tmp_path)
    assert found is not None
    assert {name for name, _ in found.settled} == {"claude/users@okta-prod"}
    assert newest(tmp_path, "d2") is None


def test_a_later_run_by_other_files_settles_nothing_of_these(tmp_path):
    """Only the newest says how things stand."""
    assert newest(tmp_path) is None
    ended(opened(tmp_path))
    later = opened(tmp_path, LATER, 1)
    prepared(later, "g1", open_groups=["00gclaude"])
    ended(later)
    found = newest(tmp_path)
    assert found is not None
    assert (found.started_at, found.settled) == (LATER, frozenset())
