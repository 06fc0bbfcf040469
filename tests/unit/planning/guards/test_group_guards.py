"""The exact boundary of every guard on one group."""

import pytest

from reconciler.model.plan import MemberClass
from reconciler.model.settings import Limit
from reconciler.planning.guards.group_guards import GroupFacts, GuardHold, judge_group
from reconciler.planning.refs import cite_names
from tests.support.nouns import GROUP, removal

LIMITS = (Limit(count=5, percent=25),)
ENDED = MemberClass.ENDED


def facts(members, **more):
    """A group of this size of which nothing else is required."""
    quiet = {
        "granted": 0,
        "visible": 0,
        "min_members": 0,
        "required": frozenset(),
        "required_absent": 0,
        "required_unresolved": (),
    }
    return GroupFacts(group=GROUP, members=members, **{**quiet, **more})


def removals(number, member_class=MemberClass.UNAPPROVED, start=0):
    """Removals of p0, p1, p2 and so on."""
    return tuple(removal(f"p{n}", member_class) for n in range(start, start + number))


def tripped(lines, fact, limits=LIMITS):
    """The names of the guards that would hold."""
    return [hold.guard for hold in judge_group(lines, fact, limits)]


@pytest.mark.parametrize(
    ("guards", "lines", "members"),
    [
        ([], removals(5), 20),
        (["group-removals"], removals(6), 20),
        ([], removals(6), 24),
        (["group-removals"], removals(6), 23),
        ([], removals(5), 6),
        ([], removals(20, ENDED), 40),
        ([], removals(5) + removals(15, ENDED, 5), 40),
        (["group-removals"], removals(6) + removals(15, ENDED, 6), 23),
    ],
)
def test_a_group_may_lose_five_or_a_quarter_but_not_more_of_both(guards, lines, members):
    """5 of 20 is routine, 6 of 20 a mistake more often than not; ended grants never count."""
    assert guards == tripped(lines, facts(members))


@pytest.mark.parametrize(
    ("guards", "lines", "members"),
    [
        ([], removals(1), 1),
        ([], removals(2), 2),
        (["group-emptied"], removals(3), 3),
        ([], removals(2), 3),
        ([], removals(3, ENDED), 3),
        (["group-emptied"], removals(1) + removals(2, ENDED, 1), 3),
    ],
)
def test_a_group_of_more_than_two_is_not_emptied(guards, lines, members):
    """A sole member's grant can end; a whole team's rarely does, and then by its grants."""
    assert guards == tripped(lines, facts(members))


@pytest.mark.parametrize(
    ("guards", "granted", "visible"),
    [
        ([], 4, 0),
        (["half-visible"], 5, 0),
        (["half-visible"], 5, 2),
        ([], 5, 3),
        ([], 6, 3),
        (["half-visible"], 7, 3),
    ],
)
def test_seeing_under_half_of_five_granted_people_holds_removals(guards, granted, visible):
    """A service app without an admin role reads less than there is."""
    assert guards == tripped(removals(1), facts(9, granted=granted, visible=visible))


@pytest.mark.parametrize(("guards", "number"), [([], 2), (["min-members"], 3)])
def test_a_group_keeps_its_minimum(guards, number):
    """Exactly the minimum may be left, one less may not."""
    assert guards == tripped(removals(number), facts(5, min_members=3))


@pytest.mark.parametrize("member_class", [MemberClass.UNAPPROVED, ENDED])
def test_a_required_member_is_held_and_nobody_else(member_class):
    """However the grant ended, the entitlement says that this person is needed."""
    lines = removals(2, member_class)
    (hold,) = judge_group(lines, facts(9, required=frozenset({"00up1", "00uq"})), LIMITS)
    assert hold == GuardHold(
        guard="required-members",
        figures="1 of 2 required members would go",
        lines=lines[1:],
        group=GROUP,
    )


def test_a_required_member_who_is_nobody_holds_every_removal():
    """They may be any of the people removed."""
    lines = removals(2)
    (hold,) = judge_group(lines, facts(9, required_unresolved=("a@x.io", "b@x.io")), LIMITS)
    assert hold == GuardHold(
        guard="required-unresolved",
        figures="a@x.io, b@x.io, required here, may be any of the people removed",
        lines=lines,
        group=GROUP,
        named=cite_names(("a@x.io", "b@x.io")),
    )


def test_without_removals_no_guard_speaks():
    """A short group that loses nobody is not refused for being short."""
    poor = facts(1, granted=9, visible=0, min_members=5, required_unresolved=("a@x.io",))
    assert tripped((), poor) == []


def test_group_removals_holds_what_it_counted():
    """Ended grants in the same group go on."""
    lines = removals(6) + removals(1, ENDED, 6)
    (hold,) = judge_group(lines, facts(20), LIMITS)
    assert hold == GuardHold(
        guard="group-removals",
        figures="6 of 20 members; the limit is more than 5 and more than 25 %",
        lines=lines[:6],
        group=GROUP,
    )


def test_any_of_several_limits_trips_the_guard_once():
    """One verdict a guard and group, with the first figures that were passed."""
    limits = (Limit(count=9), Limit(count=1), Limit(count=2))
    (hold,) = judge_group(removals(3), facts(50), limits)
    assert hold.figures == "3 of 50 members; the limit is more than 1"


@pytest.mark.parametrize(
    "fact",
    [
        facts(8),
        facts(8, min_members=4),
        facts(8, granted=5, visible=2),
        facts(8, required=frozenset({"00up0"})),
    ],
)
def test_one_more_removal_never_turns_a_refusal_into_a_pass(fact):
    """Otherwise a bigger mistake would be easier to make than a small one."""
    for number in range(8):
        less, more = (tripped(removals(n), fact) for n in (number, number + 1))
        assert set(less) <= set(more)


def people(prefix, number):
    """So many ids."""
    return frozenset(f"00u{prefix}{n}" for n in range(number))


@pytest.mark.parametrize(
    ("guards", "lines", "fact"),
    [
        (["group-emptied"], removals(3), facts(9, added=people("n", 6))),
        ([], removals(3), facts(9, added=people("n", 5))),
        ([], removals(2), facts(9, added=people("n", 7))),
        (["group-emptied"], removals(2), facts(2, gone_others=people("g", 1))),
        (["group-emptied"], removals(2, ENDED), facts(2, gone_others=people("g", 1))),
        ([], removals(2, ENDED), facts(2, gone_ended=people("g", 1))),
        (["group-removals"], removals(6), facts(30, added=people("n", 7))),
        ([], removals(6), facts(30, added=people("n", 6))),
        (["group-removals"], removals(1), facts(18, gone_others=people("g", 5))),
        ([], removals(1), facts(18, gone_ended=people("g", 5))),
        ([], removals(1, ENDED), facts(18, gone_others=people("g", 9))),
        (["min-members"], removals(3), facts(9, min_members=2, added=people("n", 5))),
        ([], removals(3), facts(9, min_members=1, added=people("n", 5))),
        (
            ["half-visible"],
            removals(1),
            facts(20, granted=6, visible=6, added_visible=4),
        ),
        ([], removals(1), facts(20, granted=6, visible=6, added_visible=3)),
    ],
)
def test_a_group_is_judged_on_what_it_held_before_the_runs_of_the_day(guards, lines, fact):
    """Their additions make no room, and what they took out counts with this run's removals."""
    assert guards == tripped(lines, fact)
