"""Whatever the catalog and the org hold, a write names a group that a binding names."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.builders import Company, group_id, group_name
from tests.support.harness import Rehearsal

pytestmark = pytest.mark.slow

TOOLS = ("claude", "cursor")
NAMES = tuple(f"p{number}" for number in range(6))
SOME = st.sets(st.sampled_from(NAMES)).map(sorted)
AUTHORITY = st.sampled_from(["additive", "authoritative"])


@st.composite
def companies(draw):
    """Two bound groups and two that are not, with people in and out of each."""
    company = Company()
    for name in NAMES:
        company = company.person(name)
    for tool in TOOLS:
        members, authority = draw(SOME), draw(AUTHORITY)
        company = company.tool(tool).bind(*members, tool=tool, authority=authority)
        company = company.granted(*draw(SOME), tool=tool).ended(*draw(SOME), tool=tool)
    return company.group("Finance", *draw(SOME)).group("Cursor - Admins", *draw(SOME))


@settings(max_examples=settings.default.max_examples // 2)  # each is three runs
@given(company=companies())
def test_every_write_names_a_bound_group(company, tmp_path_factory):
    """And the groups that no binding names hold whom they held."""
    bound = {group_id(group_name(tool)) for tool in TOOLS}
    with Rehearsal(tmp_path_factory.mktemp("company"), company) as office:
        before = {name: office.members(name) for name in ("Finance", "Cursor - Admins", "Canary")}
        made = office.plan()
        result = office.apply(made)
        after = {name: office.members(name) for name in before}
        assert before == after
        written = [
            re.fullmatch(r"/api/v1/groups/(\w+)/users/\w+", p) for _, p, _ in office.writes()
        ]
        assert {match.group(1) for match in written if match} <= bound
        assert all(written)
        assert len(written) == sum(1 for line in result.lines if line.outcome.value == "verified")

        again = office.plan()
        held = {c.intent for c in made.changes if c.held_by}
        assert {c.intent for c in again.changes} <= held
