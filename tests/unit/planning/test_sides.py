"""The two sides of a binding that ends."""

from dataclasses import replace

from reconciler.model.catalog import Authority
from reconciler.model.plan import Action, MemberClass
from reconciler.planning.sides import hold_moves, is_moved, sides, why_leaving
from tests.unit.planning.nouns import NOW, binding, change, day, grant, grant_ref, removal

MOVED = replace(binding(), replaces="00gold", authority=Authority.AUTHORITATIVE, unattended=True)
OLD = tuple(sides([MOVED]))[1]
LASTING = grant_ref("1", expires=day("2027-02-01"))
LEAVING = replace(
    removal("jane", MemberClass.ENDED, grants=(LASTING,)),
    group=replace(change().group, id="00gold", name="old"),
)


def test_a_moved_binding_has_two_sides_and_others_have_one():
    """The side that is left rules nobody."""
    assert tuple(sides([binding()])) == (binding(),)
    assert tuple(sides([MOVED])) == (MOVED, OLD)
    assert (OLD.group.id, OLD.retired, OLD.authority) == ("00gold", True, Authority.ADDITIVE)
    assert not OLD.unattended
    assert [is_moved(b) for b in (MOVED, OLD, replace(binding(), retired=True))] == [
        False,
        True,
        False,
    ]


def test_a_retired_binding_rules_nobody_either():
    """Unapproved members are no longer its to remove."""
    (only,) = sides([replace(binding(), retired=True, authority=Authority.AUTHORITATIVE)])
    assert only.authority is Authority.ADDITIVE


def test_a_reader_learns_that_the_binding_ended_and_not_the_grant():
    """Of a grant that has ended its own end is said."""
    lasting, ended = grant(expires="2027-02-01"), grant(expires="2026-11-01")
    assert "moved to another group" in why_leaving([MOVED, OLD], (lasting,), NOW)
    assert "is retired" in why_leaving([replace(binding(), retired=True)], (lasting,), NOW)
    assert why_leaving([MOVED, OLD], (ended,), NOW) == ""
    assert why_leaving([MOVED], (lasting,), NOW) == ""


def test_a_removal_waits_for_the_arrival():
    """Nobody is without access in between."""
    moved = {"00gold": [OLD]}
    assert hold_moves([LEAVING], moved, (), NOW)[0] == ()
    assert [b.code for b in hold_moves([LEAVING], moved, (), NOW)[1]] == ["move-waits"]
    arriving = change("jane")
    assert hold_moves([arriving, LEAVING], moved, (), NOW) == ((arriving, LEAVING), ())
    there = {("claude", "users", LEAVING.person.id)}
    assert hold_moves([LEAVING], moved, there, NOW) == ((LEAVING,), ())


def test_whose_grant_has_ended_leaves_at_once():
    """And what is not about the move is not held by it."""
    over = replace(LEAVING, grants=(grant_ref("1", expires=day("2026-11-01")),))
    other = removal("joe", MemberClass.ENDED)
    assert other.action is Action.REMOVE
    assert hold_moves([over, other], {"00gold": [OLD]}, (), NOW) == ((over, other), ())
