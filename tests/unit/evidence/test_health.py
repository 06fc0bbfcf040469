"""Which run is good, how old it is, and what came after it."""

from datetime import timedelta

import pytest

from reconciler.evidence.history import judge_health
from reconciler.model.evidence import ON_CALL, PastLine, PastRun
from tests.support.builders import CONNECTOR, NOW

DAY = timedelta(days=1)


def run(hours_ago, exit_code=0, **more):
    """A run that began so many hours ago."""
    at = NOW - timedelta(hours=hours_ago)
    facts = {"mode": "file", "ended_at": at, "is_complete": True, **more}
    return PastRun(
        run=f"r{hours_ago}",
        connector=CONNECTOR,
        sandbox=False,
        started_at=at,
        exit_code=exit_code,
        **facts,
    )


def judged(*runs, max_age=DAY):
    """The connector's health now."""
    return judge_health(CONNECTOR, runs, NOW, sandbox=False, max_age=max_age)


@pytest.mark.parametrize(
    ("is_good", "one"),
    [
        (True, run(1)),
        (True, run(1, 4)),
        (False, run(1, 1)),
        (False, run(1, 3)),
        (False, run(1, 130)),
        (False, run(1, 0, is_complete=False)),
        (False, run(1, None, is_complete=False, ended_at=None)),
    ],
)
def test_a_run_is_good_when_it_did_all_it_could(is_good, one):
    """Exit codes 0 and 4, and not cut short."""
    found = judged(one)
    assert (found.last_good is one, found.is_current) == (is_good, is_good)
    assert found.since == (() if is_good else (one,))


def test_what_came_after_the_last_good_run_is_told_in_order():
    """And what came before it is not."""
    runs = (run(9, 1), run(8), run(7, 3), run(6, 1))
    found = judged(*runs)
    assert (found.last, found.last_good, found.since) == (runs[3], runs[1], runs[2:])
    assert found.age == timedelta(hours=8)


@pytest.mark.parametrize(
    ("expected", "hours", "max_age"),
    [(True, 24, DAY), (False, 25, DAY), (False, -25, DAY), (True, 999, None)],
)
def test_age_is_counted_from_the_runs_beginning(expected, hours, max_age):
    """What it saw was as old as that."""
    assert judged(run(hours), max_age=max_age).is_current is expected


def test_a_run_on_call_keeps_no_connector_current():
    """A silent schedule is noticed though accounts are unlocked each day."""
    waits = PastLine(
        action="add",
        group=None,
        group_name="",
        person=None,
        login="",
        member_class="",
        outcome="held",
        at=NOW,
    )
    old = run(30, lines=(waits,))
    found = judged(old, run(2, mode=ON_CALL), run(1, mode=ON_CALL))
    assert (found.last, found.last_good, found.since) == (old, old, ())
    assert (found.is_current, found.waiting) == (False, (waits,))


def test_a_run_on_call_hides_none_that_failed_and_is_told_where_it_failed_itself():
    """In order."""
    runs = (run(9), run(8, 1), run(7, mode=ON_CALL), run(6, 1, mode=ON_CALL))
    found = judged(*runs)
    assert (found.last, found.since) == (runs[1], (runs[1], runs[3]))


def test_no_runs_is_no_good_run():
    """Nor any age."""
    found = judged()
    assert (found.is_current, found.last, found.age, found.waiting) == (False, None, None, ())


def test_what_waits_are_the_last_runs_lines_that_are_not_done():
    """Accepted only, held, failed, refused, not run, and those nobody knows of."""
    outcomes = (
        "verified",
        "already so",
        "accepted, not yet visible",
        "refused",
        "failed",
        "held",
        "not run",
        "unknown",
    )
    lines = tuple(
        PastLine(
            action="add",
            group="00g",
            group_name="G",
            person="00u",
            login="a@x.io",
            member_class="granted",
            outcome=outcome,
            at=NOW,
        )
        for outcome in outcomes
    )
    found = judged(run(2, lines=lines[:1]), run(1, 4, lines=lines))
    assert [line.outcome for line in found.waiting] == list(outcomes[2:])
