"""What a guard would hold as a whole passes in no number of runs within a day."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.catalog import Catalog
from reconciler.model.evidence import RecentWrites
from reconciler.model.plan import Action, MemberClass
from reconciler.model.settings import GuardLimits, Limit, Settings
from reconciler.planning.desired import GroupIntent
from reconciler.planning.guards.group_guards import collect_facts
from reconciler.planning.guards.run_guards import judge
from tests.support.builders import CONNECTOR
from tests.support.nouns import change, context, grant, managed, removal, tool

MEMBERS = tuple(f"m{n}" for n in range(10))
NEWCOMERS = tuple(f"n{n}" for n in range(12))
LIMITS = st.lists(
    st.builds(Limit, count=st.none() | st.integers(0, 5), percent=st.none() | st.integers(0, 90)),
    max_size=2,
).map(tuple)
CATALOGS = st.builds(
    lambda group, run, ended, least: Catalog(
        tools={"claude": tool(users={"min_members": least})},
        settings=replace(
            Settings(),
            guards=GuardLimits(group_removals=group, run_removals=run, ended_removals=ended),
        ),
    ),
    LIMITS,
    LIMITS,
    LIMITS,
    st.integers(0, 6),
)
CLASSES = st.sampled_from([MemberClass.ENDED, MemberClass.UNAPPROVED])
SLICES = st.integers(0, 3)
GOING = st.dictionaries(st.sampled_from(MEMBERS), st.tuples(CLASSES, SLICES), min_size=1)
COMING = st.dictionaries(st.sampled_from(NEWCOMERS), SLICES)


def judged(catalog, members, granted, lines, recent):
    """The lines with the guards that hold them, in a group that has these members."""
    beside = context(catalog=catalog, recent=recent)
    live = {f"00u{name}": (grant(name),) for name in granted}
    fact = collect_facts(managed(*members), GroupIntent(live=live), beside)
    return judge(lines, [fact], beside, CONNECTOR, None).changes


def after(recent, done):
    """What a run that did these lines leaves for the next."""
    made = {c.membership: c for c in done}
    added = {place for place, c in made.items() if c.action is Action.ADD}
    removed = {place: c.member_class for place, c in made.items() if c.action is Action.REMOVE}
    ended = {place for place, why in removed.items() if why is MemberClass.ENDED}
    return RecentWrites(
        added=recent.added | added,
        ended=recent.ended | ended,
        others=recent.others | (removed.keys() - ended),
    )


@given(CATALOGS, GOING, COMING, st.sets(st.sampled_from(MEMBERS)))
def test_removals_that_are_held_as_a_whole_are_never_all_made_in_slices(
    catalog, going, coming, staying
):
    """However they are cut, and whatever is added in between."""
    members, recent = set(MEMBERS[:6]) | going.keys(), RecentWrites()
    granted = (staying & members - going.keys()) | coming.keys()
    whole = [removal(name, why) for name, (why, _) in going.items()]
    is_held = any(c.held_by for c in judged(catalog, members, granted, whole, recent))
    for number in range(4):
        lines = [
            removal(name, why)
            for name, (why, when) in going.items()
            if when <= number and name in members
        ]
        lines += [change(name) for name, when in coming.items() if when == number]
        done = [c for c in judged(catalog, members, granted, lines, recent) if not c.held_by]
        members -= {c.person.id[3:] for c in done if c.action is Action.REMOVE}
        members |= {c.person.id[3:] for c in done if c.action is Action.ADD}
        recent = after(recent, done)
    assert not is_held or going.keys() & members
