"""The bare change of a membership."""

from reconciler.sandbox import Fault


def test_every_change_leaves_a_trace_for_readers_that_lag(sandbox, ask, ids, wall):
    """A member whom a rule or a hand has put in does not show at once to them either."""
    sandbox.faults.add(Fault(kind="lag", seconds=5, times=2))
    path = f"/api/v1/groups/{ids['empty']}/users"
    assert sandbox.add_member("empty", "ravi.rao@acme.example")
    assert ask("GET", path).json() == []
    wall.seconds += 6
    assert len(ask("GET", path).json()) == 1


def test_what_is_so_is_no_change(sandbox):
    """And leaves no event."""
    assert not sandbox.add_member("claude-enterprise", "jane.doe@acme.example")
    assert not sandbox.remove_member("claude-enterprise", "ravi.rao@acme.example")
    assert sandbox.log() == ()
