"""What evidence tells of past runs, and which removals of theirs count."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.evidence.folder import read_chain
from reconciler.evidence.history import past_runs, recent_writes
from reconciler.evidence.records import Event
from reconciler.model.evidence import RecentWrites
from tests.support.builders import CONNECTOR, NOW
from tests.support.chains import began, ended, line_ended, opened, write_runs

OLD = ("00gclaude", "00uold")


def past(folder):
    """The runs of the chain."""
    return past_runs(read_chain(folder, CONNECTOR, sandbox=False).files)


def answered(appender, outcome, request_id=""):
    """The first line's write came out so."""
    told = {"line": 1, "outcome": outcome, "request_id": request_id}
    appender.append(Event.WRITE_ANSWERED, told)


def recent(folder, after=timedelta(hours=1)):
    """What counts so long after the run."""
    return recent_writes(past(folder), NOW + after)


def test_a_run_is_told_by_its_first_and_its_last_line(tmp_path):
    """And by its lines in between, each once."""
    write_runs(tmp_path, 2)
    first, second = past(tmp_path)
    assert (first.started_at, first.ended_at, second.started_at) == (
        NOW,
        NOW,
        NOW + timedelta(hours=1),
    )
    assert (first.exit_code, first.is_complete, first.refusal) == (0, True, "")
    assert [(n.login, n.outcome) for n in first.lines] == [
        ("p01@example.com", "verified"),
        ("p02@example.com", "verified"),
    ]


def test_a_killed_run_has_no_end_and_its_write_is_unknown(tmp_path):
    """Nobody may take it for done, nor for not done."""
    began(opened(tmp_path))
    (run,) = past(tmp_path)
    assert (run.ended_at, run.exit_code, run.is_complete) == (None, None, False)
    assert [line.outcome for line in run.lines] == ["unknown"]


def test_a_refusal_is_told_in_its_words(tmp_path):
    """Code and message."""
    refusal = {"code": "plan-stale", "message": "it is old"}
    told = {"exit_code": 3, "is_complete": False, "refusal": refusal}
    opened(tmp_path).append(Event.RUN_ENDED, told)
    assert past(tmp_path)[0].refusal == "plan-stale: it is old"


@pytest.mark.parametrize(
    ("counts", "outcome"),
    [
        (True, "verified"),
        (True, "accepted, not yet visible"),
        (False, "already so"),
        (False, "refused"),
        (False, "failed"),
        (False, "held"),
        (False, "not run"),
    ],
)
def test_a_removal_counts_when_it_was_made(counts, outcome, tmp_path):
    """By the outcome that Okta showed."""
    line_ended(opened(tmp_path), outcome=outcome)
    found = recent(tmp_path)
    assert replace(found, unconfirmed=()) == RecentWrites(others=frozenset({OLD} if counts else ()))


@pytest.mark.parametrize(
    ("counts", "tell"),
    [
        (True, lambda _: None),
        (True, lambda run: answered(run, "unknown")),
        (True, lambda run: answered(run, "failed")),
        (True, lambda run: answered(run, "accepted, not yet visible", "req")),
        (False, lambda run: answered(run, "failed", "req")),
        (False, lambda run: answered(run, "refused", "req")),
    ],
)
def test_a_removal_in_doubt_counts(counts, tell, tmp_path):
    """A write without an answer may have happened."""
    run = opened(tmp_path)
    began(run)
    tell(run)
    assert bool(recent(tmp_path).others) is counts


@pytest.mark.parametrize(
    ("counts", "after"),
    [
        (True, timedelta()),
        (True, timedelta(hours=24, seconds=-1)),
        (False, timedelta(hours=24)),
        (True, timedelta(hours=-48)),
    ],
)
def test_a_removal_counts_for_a_day(counts, after, tmp_path):
    """One dated ahead of the clock counts too: a wrong clock frees no limit."""
    line_ended(opened(tmp_path))
    assert bool(recent(tmp_path, after).others) is counts


def test_ended_grants_and_additions_stand_apart(tmp_path):
    """Each is counted for itself; a membership is counted once."""
    run = opened(tmp_path)
    line_ended(run, 1, name="gone", member_class="ended")
    line_ended(run, 2)
    line_ended(run, 3, name="new", action="add")
    ended(run)
    line_ended(opened(tmp_path, NOW + timedelta(minutes=1), 1))
    found = recent(tmp_path)
    assert found == RecentWrites(
        ended=frozenset({("00gclaude", "00ugone")}),
        others=frozenset({OLD}),
        added=frozenset({("00gclaude", "00unew")}),
        given=frozenset({("00gclaude", "00unew")}),
    )


@pytest.mark.parametrize(
    ("is_added", "actions"), [(True, ("add", "remove")), (False, ("remove", "add"))]
)
def test_what_a_membership_was_at_first_decides_whether_a_run_brought_it(
    is_added, actions, tmp_path
):
    """Who was taken out and put back had been there before."""
    for place, action in enumerate(actions):
        line_ended(opened(tmp_path, NOW + timedelta(minutes=place), place), action=action)
    assert recent(tmp_path).added == (frozenset({OLD}) if is_added else frozenset())


@pytest.mark.parametrize(
    ("is_open", "outcomes", "after"),
    [
        (True, ("accepted, not yet visible",), timedelta(hours=1)),
        (True, ("verified", "accepted, not yet visible"), timedelta(hours=1)),
        (False, ("accepted, not yet visible", "verified"), timedelta(hours=1)),
        (True, ("accepted, not yet visible", "failed"), timedelta(hours=1)),
        (True, ("accepted, not yet visible",), timedelta(days=9)),
        (False, ("accepted, not yet visible", "held"), timedelta(days=9)),
    ],
)
def test_a_write_that_was_not_seen_is_open_until_a_later_one_is(is_open, outcomes, after, tmp_path):
    """For a day, and for as long as no other run came after."""
    for place, outcome in enumerate(outcomes):
        line_ended(opened(tmp_path, NOW + timedelta(minutes=place), place), outcome=outcome)
    found = [(one.group, one.person, one.action) for one in recent(tmp_path, after).unconfirmed]
    assert found == ([(*OLD, "remove")] if is_open else [])


@pytest.mark.parametrize(
    ("settled", "more"),
    [
        ({("claude/users@okta-prod", "00gclaude")}, {"open_groups": ["00gother"]}),
        (set(), {"open_groups": ["00gclaude"]}),
        (set(), {}),
    ],
)
def test_a_binding_is_settled_when_the_run_left_nothing_about_its_group(tmp_path, settled, more):
    """What an older run left open, its evidence does not say."""
    appender = opened(tmp_path)
    groups = [
        {"group": {"id": each, "name": each}, "bindings": [name], "members": members}
        for each, name, members in (
            ("00gclaude", "claude/users@okta-prod", 2),
            ("00gunread", "cursor/users@okta-prod", None),
        )
    ]
    told = {"guards": [], "blocked": [], "groups": groups, **more}
    appender.append(Event.RUN_PREPARED, told)
    line_ended(appender)
    ended(appender, 4)
    (run,) = past(tmp_path)
    assert run.settled == settled


@pytest.mark.parametrize("outcome", ["accepted, not yet visible", "not run", "held"])
def test_a_line_that_is_not_done_leaves_its_binding_open(tmp_path, outcome):
    """And so does a run that did not come to its end."""
    appender = opened(tmp_path)
    group = {"id": "00gclaude", "name": "Claude users"}
    groups = [{"group": group, "bindings": ["claude/users@okta-prod"], "members": 2}]
    told = {"guards": [], "blocked": [], "groups": groups, "open_groups": []}
    appender.append(Event.RUN_PREPARED, told)
    line_ended(appender, outcome=outcome)
    ended(appender, 4)
    (run,) = past(tmp_path)
    assert run.settled == frozenset()


@pytest.mark.parametrize(
    ("is_given", "lines"),
    [
        (True, [("add", "verified")]),
        (True, [("remove", "verified"), ("add", "already so")]),
        (False, [("add", "verified"), ("remove", "verified")]),
        (False, [("add", "accepted, not yet visible")]),
        (False, [("add", "refused")]),
    ],
)
def test_a_membership_was_given_where_the_last_thing_that_was_seen_is_its_addition(
    tmp_path, is_given, lines
):
    """However long ago; what Okta did not show gives nothing."""
    for number, (action, outcome) in enumerate(lines):
        appender = opened(tmp_path, at=NOW + timedelta(hours=number), number=number)
        line_ended(appender, action=action, outcome=outcome)
        ended(appender)
    assert (OLD in recent(tmp_path, after=timedelta(days=400)).given) is is_given
