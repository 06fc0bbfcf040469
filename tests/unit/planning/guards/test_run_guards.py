"""Limits on the whole run, what each holds, and what lets it pass."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import Acknowledgement, Catalog
from reconciler.model.evidence import RecentWrites
from reconciler.model.ids import Membership
from reconciler.model.plan import Action, GroupRef, GuardVerdict, MemberClass
from reconciler.model.settings import GuardLimits, Settings
from reconciler.planning.guards.group_guards import GroupFacts
from reconciler.planning.guards.run_guards import judge
from tests.support.builders import CONNECTOR
from tests.support.nouns import GROUP, change, context, day, ref, removal, tool

FREE = replace(Settings(), guards=GuardLimits(group_removals=()))
ENDED = MemberClass.ENDED


def group(number):
    """One of several groups."""
    return GroupRef(id=f"00g{number}", name=f"Group {number}")


def facts(ref, members):
    """A group of this size with no requirements."""
    return GroupFacts(
        group=ref,
        members=members,
        granted=0,
        visible=0,
        min_members=0,
        required=frozenset(),
        required_absent=0,
        required_unresolved=(),
    )


def spread(number, member_class=MemberClass.UNAPPROVED):
    """That many removals, five to a group."""
    return [removal(f"p{n}", member_class, group=group(n // 5)) for n in range(number)]


def judged(lines, groups, *, settings=FREE, caller=None, acknowledgements=(), **more):
    """Every guard's word on these lines."""
    catalog = Catalog(
        tools={"claude": tool()}, settings=settings, acknowledgements=acknowledgements
    )
    return judge(lines, groups, context(catalog=catalog, **more), CONNECTOR, caller)


def sized(total):
    """One group that nobody loses, so that the run has read `total` members."""
    return [facts(group(99), total)]


def guards(found):
    """The names of the verdicts."""
    return [verdict.guard for verdict in found.verdicts]


@pytest.mark.parametrize(
    ("expected", "number", "total", "member_class"),
    [
        ([], 20, 1000, MemberClass.UNAPPROVED),
        (["run-removals"], 21, 1000, MemberClass.UNAPPROVED),
        ([], 5, 10, MemberClass.UNAPPROVED),
        ([], 6, 60, MemberClass.UNAPPROVED),
        (["run-removals"], 6, 59, MemberClass.UNAPPROVED),
        ([], 50, 60, ENDED),
        (["ended-removals"], 51, 1000, ENDED),
    ],
)
def test_a_run_has_limits_over_all_groups(expected, number, total, member_class):
    """Twenty small removals in ten groups are one large one; ended grants have their own limit."""
    assert expected == guards(judged(spread(number, member_class), sized(total)))


@pytest.mark.parametrize(("expected", "added"), [(["run-removals"], 41), ([], 40)])
def test_what_runs_of_the_day_added_is_no_part_of_what_was_read(expected, added):
    """A run that fills a group must not buy the next run a larger share of removals."""
    newcomers = frozenset(f"00un{n}" for n in range(added))
    groups = [replace(one, added=newcomers) for one in sized(100)]
    assert expected == guards(judged(spread(6), groups))


def test_a_runs_guard_holds_what_it_counted_and_nothing_else():
    """Additions go on, and ended removals are not held for the unapproved ones."""
    ended, added = removal("old", ENDED), change("new")
    found = judged([*spread(21), ended, added], sized(1000))
    assert {ended, added} == {c for c in found.changes if not c.held_by}
    assert {("run-removals",)} == {c.held_by for c in found.changes if c.held_by}


@pytest.mark.parametrize(
    ("expected", "unresolved", "names"),
    [([], 5, 6), ([], 6, 60), (["unresolved"], 6, 59)],
)
def test_too_many_names_that_are_nobody_hold_all_removals(expected, unresolved, names):
    """A broken directory or mapping looks like everybody left."""
    everyone = [f"n{n}@x.io" for n in range(names)]
    found = judged(
        [removal("old", ENDED)],
        [facts(GROUP, 50)],
        names=frozenset(everyone),
        unresolved=frozenset(everyone[:unresolved]),
    )
    assert expected == guards(found)


def test_unresolved_names_do_not_hold_additions():
    """Only removals wait for the names to be settled."""
    names = frozenset(f"n{n}@x.io" for n in range(9))
    assert guards(judged([change("new")], [], names=names, unresolved=names)) == []


@pytest.mark.parametrize(
    ("expected", "caller", "action"),
    [
        (["ourselves"], "00ujane", Action.REMOVE),
        ([], "00ujoe", Action.REMOVE),
        ([], None, Action.REMOVE),
        ([], "00ujane", Action.ADD),
    ],
)
def test_the_runs_own_account_is_never_removed_unasked(expected, caller, action):
    """It would saw off the branch that it sits on."""
    found = judged([change("jane", action)], [facts(GROUP, 9)], caller=caller)
    assert expected == guards(found)


def test_a_line_may_be_held_by_several_guards():
    """Acknowledging one leaves it held by the other."""
    lines = [removal(f"p{n}") for n in range(3)]
    found = judged(lines, [facts(GROUP, 3)], caller="00up0", settings=Settings())
    assert [c.held_by for c in found.changes] == [
        ("group-emptied", "ourselves"),
        ("group-emptied",),
        ("group-emptied",),
    ]


def test_a_tripped_guard_says_numbers_people_and_the_file_that_would_pass():
    """Everything that a reviewer needs to agree or not."""
    found = judged([removal("joe"), removal("jane"), removal("sam")], [facts(GROUP, 3)])
    (verdict,) = found.verdicts
    stanza = verdict.acknowledgement
    assert verdict == GuardVerdict(
        guard="group-emptied",
        figures="all 3 members would go",
        group=GROUP,
        groups=(GROUP,),
        people=(ref("jane"), ref("joe"), ref("sam")),
        acknowledged_by="",
        acknowledgement=stanza,
    )
    assert stanza.startswith("guard: group-emptied\nconnector: okta-prod\ngroup: 00gclaude\n")


def test_an_acknowledged_guard_lets_its_lines_pass_and_says_who_agreed():
    """The verdict stays in the plan, without a file to copy."""
    ack = Acknowledgement(
        guard="group-emptied",
        connector=CONNECTOR,
        group=GROUP.id,
        people=frozenset({"00ujane", "00ujoe", "00usam", "00uelse"}),
        reason="closed",
        by="lead@example.com",
        expires=day("2026-11-27"),
    )
    lines = [removal("joe"), removal("jane"), removal("sam")]
    found = judged(lines, [facts(GROUP, 3)], acknowledgements=(ack,))
    assert tuple(lines) == found.changes
    (verdict,) = found.verdicts
    assert (
        verdict.is_refused,
        verdict.acknowledged_by,
        verdict.acknowledgement,
    ) == (False, "lead@example.com", "")


def test_a_group_guard_judges_its_own_group_only():
    """A full group does not excuse an emptied one, nor the other way round."""
    other = group(2)
    lines = [*(removal(f"p{n}") for n in range(3)), removal("q", group=other)]
    found = judged(lines, [facts(GROUP, 3), facts(other, 100)])
    assert [c.held_by for c in found.changes] == [("group-emptied",)] * 3 + [()]


def test_verdicts_stand_by_guard_then_group():
    """Whatever order the groups were read in."""
    lines = [removal(f"p{n}{g}", group=group(g)) for g in (2, 1) for n in range(3)]
    found = judged(lines, [facts(group(2), 3), facts(group(1), 3)])
    assert [(v.guard, v.group and v.group.id) for v in found.verdicts] == [
        ("group-emptied", "00g1"),
        ("group-emptied", "00g2"),
        ("run-removals", None),
    ]


def lately(number, member_class=MemberClass.UNAPPROVED):
    """That many memberships, taken away by runs before; nobody of `spread`."""
    gone = frozenset(Membership(GROUP.id, f"00ugone{n}") for n in range(number))
    if member_class is ENDED:
        return RecentWrites(ended=gone)
    return RecentWrites(others=gone)


@pytest.mark.parametrize(
    ("expected", "number", "earlier", "total", "member_class"),
    [
        ([], 12, 8, 1000, MemberClass.UNAPPROVED),
        (["run-removals"], 12, 9, 1000, MemberClass.UNAPPROVED),
        ([], 0, 99, 1000, MemberClass.UNAPPROVED),
        ([], 1, 5, 55, MemberClass.UNAPPROVED),
        (["run-removals"], 1, 5, 53, MemberClass.UNAPPROVED),
        ([], 25, 25, 1000, ENDED),
        (["ended-removals"], 25, 26, 1000, ENDED),
    ],
)
def test_slices_of_a_day_are_judged_as_one_run(expected, number, earlier, total, member_class):
    """As if one run had removed them all from as many members as there were before."""
    found = judged(spread(number, member_class), sized(total), recent=lately(earlier, member_class))
    assert expected == guards(found)


def test_ended_removals_of_the_day_do_not_count_for_others():
    """Each class against its own limit."""
    assert guards(judged(spread(20), sized(1000), recent=lately(50, ENDED))) == []


def test_a_removal_that_is_planned_again_counts_once():
    """A run was killed during these writes; nobody knows, and they are not two removals."""
    lines = spread(20)
    again = RecentWrites(others=frozenset(c.membership for c in lines))
    assert guards(judged(lines, sized(1000), recent=again)) == []


def test_the_figures_say_what_was_removed_when():
    """The reader sees why so small a run is held."""
    (verdict,) = judged(spread(14), sized(500), recent=lately(9)).verdicts
    assert verdict.figures == (
        "23 removals, 14 in this run and 9 in the last 24 h, of 509 members read; "
        "the limit is more than 20"
    )
    assert len(verdict.people) == 14
