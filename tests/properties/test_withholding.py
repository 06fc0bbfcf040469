"""A plan for a pull request is the same whoever is in a group that the base does not bind."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from reconciler.planning.plan_codec import dump_plan
from reconciler.planning.three_way.withholding import round_down
from reconciler.render.formats import markdown
from reconciler.render.plan import plan_document
from reconciler.workflows.plan_change import Base, plan_against, plan_uncompared
from tests.properties.worlds import CONNECTOR, LOGINS, NOW, catalogs, group_id, orgs, user_id
from tests.support.fake_directory import FakeReader
from tests.support.nouns import beside

SECRET = group_id("Alpha")
SPARED = "alpha"
LONG_AGO = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)
EVERYONE = [user_id(login) for login in LOGINS]


def planned(make, head, base, live):
    """The plan of the change, without the rounded size of the secret group."""
    known = Base(catalog=base, commit="c0ffee", digest="d", committed_at=LONG_AGO)
    made = asyncio.run(make(head, known, CONNECTOR, reader_of(live), beside(NOW)))
    sizes = [line.members_from for line in made.against.withheld if line.group.id == SECRET]
    less = tuple(_sizeless(line) for line in made.against.withheld)
    return sizes, replace(made, against=replace(made.against, withheld=less))


def _sizeless(line):
    return replace(line, members_from=None)


def reader_of(live):
    """A reader that shows the org."""
    members = {g: tuple(live.users[u] for u in sorted(m)) for g, m in live.members.items()}
    return FakeReader(
        org=live.org, groups=dict(live.groups), members=members, users=tuple(live.users.values())
    )


@given(
    catalogs(),
    catalogs(),
    orgs(),
    st.frozensets(st.sampled_from(EVERYONE)),
    st.sampled_from([plan_against, plan_uncompared]),
)
def test_nobody_can_be_asked_about(head, base, live, others, make):
    """Every byte of the file and of the comment, but for a size below five or rounded."""
    base = replace(base, bindings=tuple(b for b in base.bindings if b.tool != SPARED))
    there = replace(live, members={**live.members, SECRET: others})
    there = replace(there, rule_fed={}, unattributed={})
    live = replace(live, rule_fed={}, unattributed={})
    sizes, one = planned(make, head, base, live)
    other_sizes, other = planned(make, head, base, there)
    assert dump_plan(one) == dump_plan(other)
    comments = [markdown.render(plan_document(each), marker="m") for each in (one, other)]
    assert comments[0] == comments[1]
    if sizes and live.groups[SECRET].type == "OKTA_GROUP":
        assert sizes == [round_down(len(live.members[SECRET]))]
        assert other_sizes == [round_down(len(others))]
    assert all(c.group.id != SECRET for c in (*one.changes, *one.blocked))
