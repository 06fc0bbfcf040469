"""Okta says "too many" again and again: the run waits, or says clearly that it could not."""

import pytest

from reconciler.model.errors import ConnectorError
from reconciler.sandbox import Fault
from tests.support.builders import Company
from tests.support.harness import Rehearsal, members_path

pytestmark = pytest.mark.slow

NEW = tuple(f"n{number:02}" for number in range(30))
OLD = ("old1", "old2")
KEPT = tuple(f"k{number:02}" for number in range(30))
COMPANY = Company().tool().bind(*KEPT, *OLD).granted(*KEPT, *NEW).ended(*OLD)
EACH_ONCE = sorted([*[("add", n) for n in NEW], *[("remove", n) for n in OLD]])
WANTED = {*KEPT, *NEW}
A_WAY_OFF = 45
"""Seconds until the limit is reset; sixty are a whole window."""


@pytest.fixture
def office(tmp_path):
    """Thirty are to come and two to go, in an org whose clock only waiting moves."""
    with Rehearsal(tmp_path, COMPANY) as found:
        yield found


def ends(result):
    """How the lines ended, each way once."""
    return {line.outcome.value for line in result.lines}


def every_second(office, **fault):
    """Of the next two hundred answers, every second one is this."""
    for skip in range(100):
        office.sandbox.faults.add(Fault(skip=skip, **fault))


def finished(office):
    """Once the storm is over the next run does what was left, and nothing was done twice."""
    office.sandbox.faults.clear()
    office.apply(office.plan())
    return (office.members(), sorted(office.events())) == (WANTED, EACH_ONCE)


@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 429, "seconds": 0}, {"kind": "concurrency"}],
    ids=["reset-at-once", "concurrency"],
)
def test_every_second_answer_a_refusal_only_costs_time(fault, office):
    """The result is the same as on a quiet day."""
    reviewed = office.plan()
    every_second(office, **fault)
    assert ends(office.apply(reviewed)) == {"verified"}
    assert (office.members(), sorted(office.events())) == (WANTED, EACH_ONCE)
    assert office.seconds > 0


def test_lines_that_would_wait_too_long_are_said_to_have_failed(office):
    """Every second answer asks for most of a minute; a line waits two minutes and no longer."""
    reviewed = office.plan()
    every_second(office, kind="status", status=429, seconds=A_WAY_OFF)
    assert ends(office.apply(reviewed)) <= {"verified", "failed"}
    assert finished(office)


def test_a_plan_made_in_a_storm_is_the_same_plan(office):
    """Reads are asked again until they are whole."""
    calm = office.plan()
    office.sandbox.faults.add(Fault(kind="status", status=429, seconds=20, times=4))
    stormy = office.plan()
    assert [c.intent for c in calm.changes] == [c.intent for c in stormy.changes]
    assert stormy.blocked == ()
    assert office.seconds >= 15


@pytest.mark.parametrize("limit", [6, 12, 20])
def test_a_small_limit_is_kept_to_and_waited_for(limit, tmp_path):
    """As many requests a minute as the headers allow: the run takes minutes, and is right."""
    with Rehearsal(tmp_path, COMPANY, rate_limit=limit) as office:
        result = office.apply(office.plan())
        assert ends(result) == {"verified"}
        assert office.members() == WANTED
        assert sorted(office.events()) == EACH_ONCE
        sent = len(office.sandbox.requests())
        refused = [r for r in office.sandbox.requests() if r.status == 429]
        assert len(refused) <= sent // 4
        assert office.seconds >= 60


@pytest.mark.parametrize(
    "fault", [{"kind": "status", "status": 429, "seconds": 30}, {"kind": "concurrency"}]
)
def test_a_storm_over_one_group_that_never_ends_blocks_that_group(fault, office):
    """The read is not whole, so nothing of the group is compared; the waiting is bounded."""
    office.sandbox.faults.add(Fault(path=members_path(), times=0, **fault))
    made = office.plan()
    assert made.changes == ()
    assert [b.code for b in made.blocked] == ["group-unreachable"]
    assert office.seconds <= 200


def test_a_storm_over_everything_that_never_ends_is_an_error_and_no_plan(office):
    """There is no credential to speak of, no group and no word about anybody."""
    office.sandbox.faults.add(Fault(kind="status", status=429, seconds=5, times=0))
    with pytest.raises(ConnectorError) as caught:
        office.plan()
    assert caught.value.status == 429
    assert caught.value.message
    assert office.seconds <= 200


def test_a_reset_too_far_away_is_not_slept_through(office):
    """An hour is longer than a run waits; what cannot be written is said to have failed."""
    reviewed = office.plan()
    office.sandbox.faults.add(Fault(kind="status", status=429, method="PUT", seconds=3600, times=0))
    result = office.apply(reviewed)
    assert office.seconds < 3600
    by_action = {line.change.action.value: line.outcome.value for line in result.lines}
    assert by_action["add"] in {"failed", "not run"}
    assert office.members() >= set(KEPT)
    assert ("add", NEW[0]) not in office.events()


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_writes_refused_to_the_end_fail_and_the_next_run_does_them_once(method, office):
    """No line is half done, and none is done twice."""
    reviewed = office.plan()
    storm = Fault(kind="status", status=429, method=method, seconds=1, times=0)
    office.sandbox.faults.add(storm)
    first = office.apply(reviewed)
    assert "failed" in ends(first)
    office.sandbox.faults.clear()
    second = office.apply(office.plan())
    assert ends(second) == {"verified"}
    assert office.members() == WANTED
    assert sorted(office.events()) == EACH_ONCE


def test_a_storm_with_lost_answers_and_resets_doubles_nothing(office):
    """Refusals, writes whose answers were lost, cut connections and a 503 all at once.

    Where a look-up of people is given up, their names are in doubt, and a guard holds the removals.
    """
    reviewed = office.plan()
    for number in range(12):
        office.sandbox.faults.add(Fault(kind="status", status=429, seconds=3, times=1, skip=number))
        office.sandbox.faults.add(Fault(kind="after-write", method="PUT", times=1, skip=number))
        office.sandbox.faults.add(Fault(kind="cut", method="PUT", times=1, skip=number))
        office.sandbox.faults.add(Fault(kind="status", status=503, times=1, skip=number))
        office.sandbox.faults.add(Fault(kind="concurrency", times=1, skip=number))
    result = office.apply(reviewed)
    assert ends(result) <= {"verified", "failed", "held"}
    assert finished(office)


def test_a_group_is_made_once_in_a_storm(tmp_path):
    """A creation that was refused with 429 did not happen, and may be sent again."""
    company = Company().tool().create().granted(*NEW)
    with Rehearsal(tmp_path, company) as office:
        reviewed = office.plan()
        storm = Fault(kind="status", status=429, method="POST", seconds=10, times=3)
        office.sandbox.faults.add(storm)
        result = office.apply(reviewed)
        made = [row for row in office.sandbox.log() if row.event == "group.lifecycle.create"]
        assert len(made) == 1
        assert ends(result) == {"verified"}
        assert office.members() == set(NEW)


def test_a_storm_over_every_write_ends_the_run_rather_than_each_line(tmp_path):
    """Four lines in a row were refused to the end; the other twenty-eight do not wait in turn."""
    with Rehearsal(tmp_path, COMPANY, share=50) as office:
        reviewed = office.plan()
        office.sandbox.faults.add(Fault(kind="status", status=429, method="PUT", times=0))
        began = office.seconds
        result = office.apply(reviewed)
        assert ends(result) == {"failed", "not run"}
        refused = [line for line in result.lines if line.outcome.value == "failed"]
        assert 4 <= len(refused) <= 8
        assert {"rate limit used up" in line.detail for line in result.lines} == {True, False}
        assert office.seconds - began <= 420
        assert finished(office)
