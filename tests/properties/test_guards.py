"""Guards are monotone: one more removal never turns a refusal into a pass."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.catalog import Catalog, Risk
from reconciler.model.evidence import RecentWrites
from reconciler.model.ids import (
    ConnectorId,
    EntitlementId,
    Membership,
    OktaGroupId,
    OktaUserId,
    ToolId,
)
from reconciler.model.plan import Action, Change, GroupRef, MemberClass, PersonRef
from reconciler.model.settings import GuardLimits, Limit, Settings
from reconciler.planning.guards.group_guards import GroupFacts, judge_group
from reconciler.planning.guards.run_guards import judge
from tests.support.nouns import context, tool

GROUP = GroupRef(id=OktaGroupId("00g1"), name="Group")
LIMITS = st.lists(
    st.builds(Limit, count=st.none() | st.integers(0, 9), percent=st.none() | st.integers(0, 90)),
    max_size=3,
).map(tuple)


def removal(number: int, member_class: MemberClass) -> Change:
    """One removal of one person."""
    user = OktaUserId(f"00u{number}")
    return Change(
        action=Action.REMOVE,
        group=GROUP,
        tool=ToolId("tool"),
        entitlement=EntitlementId("users"),
        risk=Risk.LOW,
        reason="",
        person=PersonRef(id=user, login=f"{number}@example.com"),
        member_class=member_class,
    )


FACTS = GroupFacts(
    group=GroupRef(id=OktaGroupId("00g2"), name="Other"),
    members=0,
    granted=0,
    visible=0,
    min_members=0,
    required=frozenset(),
    required_absent=0,
    required_unresolved=(),
)
CLASSES = st.sampled_from([MemberClass.ENDED, MemberClass.UNAPPROVED])
REMOVALS = st.lists(CLASSES, min_size=1, max_size=12).map(
    lambda classes: tuple(removal(n, c) for n, c in enumerate(classes))
)


@st.composite
def group_facts(draw: st.DrawFn) -> GroupFacts:
    """A group of at least as many members as could be removed."""
    granted = draw(st.integers(0, 12))
    return GroupFacts(
        group=GROUP,
        members=draw(st.integers(12, 30)),
        granted=granted,
        visible=draw(st.integers(0, granted)),
        min_members=draw(st.integers(0, 25)),
        required=frozenset({OktaUserId("00u0")}) if draw(st.booleans()) else frozenset(),
        required_absent=0,
        required_unresolved=("lost@example.com",) if draw(st.booleans()) else (),
    )


@given(REMOVALS, group_facts(), LIMITS, st.data())
def test_fewer_removals_trip_no_guard_that_more_do_not(removals, facts, limits, data):
    """Whatever a smaller run is refused for, a larger one is refused for too."""
    kept = data.draw(st.integers(0, len(removals)))

    fewer = {hold.guard for hold in judge_group(removals[:kept], facts, limits)}

    assert fewer <= {hold.guard for hold in judge_group(removals, facts, limits)}


@given(REMOVALS, group_facts(), LIMITS)
def test_a_guard_holds_only_lines_it_was_given(removals, facts, limits):
    """A guard judges; it never invents."""
    for hold in judge_group(removals, facts, limits):
        assert set(hold.lines) <= set(removals)
        assert hold.lines


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 100), LIMITS)
def test_a_limit_exceeded_by_some_is_exceeded_by_more(number, more, total, limits):
    """The arithmetic under every guard."""
    for limit in limits:
        if limit.is_exceeded(number, total):
            assert limit.is_exceeded(number + more, total)


@given(
    st.integers(1, 30),
    st.integers(30, 400),
    LIMITS,
    st.sets(st.integers(0, 60)),
    st.sets(st.integers(0, 60)),
)
def test_more_removals_of_the_day_never_free_a_run(number, read, limits, earlier, more):
    """What evidence adds can hold a run and never let one go."""
    settings = replace(Settings(), guards=GuardLimits(group_removals=(), run_removals=limits))
    catalog = Catalog(tools={"tool": tool("tool")}, settings=settings)
    lines = [removal(n, MemberClass.UNAPPROVED) for n in range(number)]
    sized = [replace(FACTS, members=read)]

    def is_held(gone):
        found = frozenset(Membership(OktaGroupId("00g1"), OktaUserId(f"00u{n}")) for n in gone)
        beside = context(catalog=catalog, recent=RecentWrites(others=found))
        verdicts = judge(lines, sized, beside, ConnectorId("okta-prod"), None).verdicts
        return any(verdict.guard == "run-removals" for verdict in verdicts)

    assert is_held(earlier | more) or not is_held(earlier)
