"""The two sides of a binding that ends."""

from dataclasses import replace

from reconciler.model.catalog import Authority, expand_moves
from reconciler.model.plan import MemberClass
from reconciler.planning.binding_moves import (
    Access,
    GroupMember,
    explain_leaving,
    hold_moves,
    is_moved,
)
from tests.support.nouns import NOW, binding, change, grant, grant_ref, removal

MOVED = replace(binding(), replaces="00gold", authority=Authority.AUTHORITATIVE, unattended=True)
OLD = tuple(expand_moves([MOVED]))[1]
LEAVING = replace(
    removal("jane", MemberClass.ENDED, grants=(grant_ref("1"),)),
    group=replace(change().group, id="00gold", name="old"),
)
ACCESS = frozenset({Access("claude", "users", LEAVING.person.id)})
MOVING = {GroupMember("00gold", LEAVING.person.id): ACCESS}


def test_a_moved_binding_has_two_sides_and_others_have_one():
    """The side that is left rules nobody."""
    assert tuple(expand_moves([binding()])) == (binding(),)
    assert tuple(expand_moves([MOVED])) == (MOVED, OLD)
    assert (OLD.group.id, OLD.retired, OLD.authority) == ("00gold", True, Authority.ADDITIVE)
    assert not OLD.unattended
    assert [is_moved(b) for b in (MOVED, OLD, replace(binding(), retired=True))] == [
        False,
        True,
        False,
    ]


def test_a_retired_binding_rules_nobody_either():
    """Unapproved members are no longer its to remove."""
    (only,) = expand_moves([replace(binding(), retired=True, authority=Authority.AUTHORITATIVE)])
    assert only.authority is Authority.ADDITIVE


def test_a_reader_learns_that_the_binding_ended_and_not_the_grant():
    """Of a grant that has ended its own end is said."""
    lasting, ended = grant(expires="2027-02-01"), grant(expires="2026-11-01")
    assert "moved to another group" in explain_leaving([MOVED, OLD], (lasting,), NOW)
    assert "is retired" in explain_leaving([replace(binding(), retired=True)], (lasting,), NOW)
    assert explain_leaving([MOVED, OLD], (ended,), NOW) == ""
    assert explain_leaving([MOVED], (lasting,), NOW) == ""


def test_a_removal_waits_for_the_arrival():
    """Nobody is without access in between."""
    kept, (line,) = hold_moves([LEAVING], MOVING, frozenset())
    assert (kept, line.code, line.person) == ((), "move-waits", LEAVING.person)
    assert hold_moves([LEAVING], MOVING, ACCESS) == ((LEAVING,), ())


def test_who_has_two_things_by_the_old_group_waits_for_both():
    """Bindings of two tools may have shared it, and each moved to a group of its own."""
    both = ACCESS | {Access("cursor", "users", LEAVING.person.id)}
    moving = {GroupMember("00gold", LEAVING.person.id): both}
    assert hold_moves([LEAVING], moving, ACCESS)[0] == ()
    assert hold_moves([LEAVING], moving, both) == ((LEAVING,), ())


def test_what_is_not_about_the_move_is_not_held_by_it():
    """Another group, another person, or a person who comes."""
    lines = (removal("joe", MemberClass.ENDED), change("jane"), replace(LEAVING, person=None))
    assert hold_moves(lines, MOVING, frozenset()) == (lines, ())
