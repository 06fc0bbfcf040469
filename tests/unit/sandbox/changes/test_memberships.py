"""The bare change of a membership."""

import pytest

from reconciler.sandbox import Fault
from reconciler.sandbox.world.options import Choices, Options


def test_every_change_leaves_a_trace_for_readers_that_lag(sandbox, ask, ids, wall):
    """A member whom a rule or a hand has put in does not show at once to them either."""
    sandbox.faults.add(Fault(kind="lag", seconds=5, times=2))
    path = f"/api/v1/groups/{ids['empty']}/users"
    assert sandbox.add_member("empty", "ravi.rao@acme.example")
    assert ask("GET", path).json() == []
    wall.seconds += 6
    assert len(ask("GET", path).json()) == 1


@pytest.mark.parametrize("lag", [0.0, 2.0, 3.0])
def test_the_day_of_the_last_change_moves_late(sandbox, ask, ids, wall, lag):
    """In every answer, and to questions too; so that nobody takes it for a signal of change."""
    sandbox.set_options(Options(touch_lag=lag))
    path = f"/api/v1/groups/{ids['empty']}"
    old = ask("GET", path).json()["lastMembershipUpdated"]
    wall.seconds += 1
    assert sandbox.add_member("empty", "ravi.rao@acme.example")
    moved = "2026-09-01T09:00:01.000Z"
    if lag:
        wall.seconds += lag - 0.5
        assert ask("GET", path).json()["lastMembershipUpdated"] == old
        wall.seconds += 0.5
    assert ask("GET", path).json()["lastMembershipUpdated"] == moved
    asked = {"filter": f'lastMembershipUpdated ge "{moved}"'}
    assert [each["id"] for each in ask("GET", "/api/v1/groups", params=asked).json()] == [
        ids["empty"]
    ]


def test_an_org_says_that_the_day_moves_two_seconds_late_unless_it_is_told_otherwise():
    """Within the three that were recorded."""
    assert Options().touch_lag == 2.0


@pytest.mark.parametrize(("lagging", "before"), [("before", 3), ("empty", 0)])
def test_a_member_list_may_lag_in_either_way(sandbox, ask, ids, wall, lagging, before):
    """As it was, or as if nobody were in it; other groups are not behind, and none is later."""
    choices = Choices(lagging_members=lagging)
    sandbox.set_options(Options(member_lag=3, choices=choices))
    path = f"/api/v1/groups/{ids['claude-enterprise']}/users"
    wall.seconds += 10
    assert sandbox.add_member("claude-enterprise", "ravi.rao@acme.example")
    wall.seconds += 2
    assert len(ask("GET", path).json()) == before
    everyone = ask("GET", f"/api/v1/groups/{ids['Everyone']}/users").json()
    assert len(everyone) == 6
    wall.seconds += 1
    assert len(ask("GET", path).json()) == 4


def test_what_is_so_is_no_change(sandbox):
    """And leaves no event."""
    assert not sandbox.add_member("claude-enterprise", "jane.doe@acme.example")
    assert not sandbox.remove_member("claude-enterprise", "ravi.rao@acme.example")
    assert sandbox.log() == ()
