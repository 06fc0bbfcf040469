"""Whole plans from whole companies: scope, people, intent, classes, difference, guards."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.catalog import Authority
from reconciler.model.directory import CanarySight, LiveState, ReadCount, ReadFailure
from reconciler.model.evidence import RecentWrites
from reconciler.model.ids import Membership
from reconciler.model.plan import GroupRef, GroupSummary
from reconciler.planning.approvals.grant_past import GrantHistory
from reconciler.planning.plan_codec import dump_plan
from reconciler.planning.refs import grant_hash
from reconciler.planning.steps.assess import assess
from reconciler.planning.steps.complete import complete
from tests.support.builders import (
    CONNECTOR,
    NOW,
    ORG,
    SERVICE,
    Company,
    group_id,
    group_name,
    user_id,
)
from tests.support.nouns import beside, brief, codes, planned

BASE = Company().tool()


def test_a_company_in_order_needs_nothing():
    """Everyone granted is there and nobody else."""
    made = planned(BASE.bind("jane").grant("jane"))
    assert (
        made.changes,
        made.blocked,
        made.missing,
        made.unapproved,
        made.guards,
        made.warnings,
    ) == ((), (), (), (), (), ())


def test_a_plan_says_what_it_was_made_from():
    """Org, instant, files, reads and groups stand beside the lines."""
    company = BASE.bind("jane").grant("jane")
    live = replace(company.live(), reads=ReadCount(calls=7, pages=3), canary=CanarySight.SEEN)
    made = planned(company, live=live, sandbox=True, tool_version="1.2.3")
    assert (CONNECTOR, ORG, True, NOW, NOW, ReadCount(calls=7, pages=3), "1.2.3") == (
        made.connector,
        made.org,
        made.sandbox,
        made.as_of,
        made.created_at,
        made.reads,
        made.tool_version,
    )
    assert made.groups == (
        GroupSummary(
            group=GroupRef(id=group_id(group_name()), name=group_name()),
            bindings=("claude/users@okta-prod",),
            authority=Authority.ADDITIVE,
            members=1,
            granted=1,
        ),
    )


@pytest.mark.parametrize(
    ("expected", "authority"),
    [
        ([("remove", "old@example.com"), ("add", "new@example.com")], "additive"),
        (
            [
                ("remove", "old@example.com"),
                ("remove", "stray@example.com"),
                ("add", "new@example.com"),
            ],
            "authoritative",
        ),
    ],
)
def test_granted_ended_and_unapproved_people_get_their_lines(expected, authority):
    """The whole table in one group."""
    company = BASE.bind("old", "stray", "jane", authority=authority)
    made = planned(company.granted("jane", "new").ended("old"))
    assert expected == brief(made)
    assert [line.person.login for line in made.missing] == ["new@example.com"]
    assert [line.person.login for line in made.unapproved] == ["stray@example.com"]


def test_overlapping_grants_are_one_addition():
    """Access is a union: two grants are two reasons and one line."""
    company = BASE.bind().granted("jane", expires="2027-01-31").granted("jane")
    (line,) = planned(company).changes
    assert (line.person.login, len(line.grants)) == ("jane@example.com", 2)


def test_a_removal_says_which_managed_groups_the_person_keeps():
    """Losing one tool of three is not losing all."""
    company = BASE.tool("cursor").tool("notion")
    company = company.bind("jane").bind("jane", tool="cursor").bind("jane", tool="notion")
    company = company.ended("jane").ended("jane", tool="notion").granted("jane", tool="cursor")
    made = planned(company)
    assert {(group_name("cursor"),)} == {line.keeps for line in made.changes}


def test_a_protected_person_is_never_removed():
    """Whatever their grants say and whatever the group's authority."""
    company = BASE.bind("glass", "stray", authority="authoritative").ended("glass")
    company = company.with_settings(
        protected=[{"login": "glass@example.com", "reason": "emergency"}]
    )
    assert brief(planned(company)) == [("remove", "stray@example.com")]


def test_a_protected_person_who_is_not_found_holds_every_removal():
    """They may be the stray under a new name, or whoever has a grant that ended."""
    company = BASE.bind("stray", "old", authority="authoritative").ended("old")
    company = company.with_settings(protected=[{"login": "lost@example.com", "reason": "x"}])
    made = planned(company)
    assert brief(made) == []
    assert codes(made.blocked) == ["removal-held-by-doubt"] * 2


def test_an_unread_group_is_blocked_and_others_go_on():
    """A group that was not read must not look empty."""
    company = BASE.tool("cursor").bind("jane").bind(tool="cursor")
    company = company.granted("jane").granted("joe", tool="cursor")
    live, claude = company.live(), group_id(group_name())
    live = replace(
        live,
        unread={claude: ReadFailure(code="unreachable", detail="503")},
        members={g: m for g, m in live.members.items() if g != claude},
    )
    made = planned(company, live=live)
    assert brief(made) == [("add", "joe@example.com")]
    assert codes(made.blocked) == ["group-unreachable"]


def test_a_group_with_no_members_read_plans_nothing():
    """Losing coverage never adds a removal, nor an addition."""
    company = BASE.bind("old", "stray", authority="authoritative").granted("jane").ended("old")
    live = replace(company.live(), members={})
    made = planned(company, live=live)
    assert (brief(made), codes(made.blocked)) == ([], ["group-missing"])


def test_a_new_group_is_created_and_filled():
    """Its members are planned before it has an id."""
    made = planned(BASE.create().granted("jane"))
    assert [("create-group", group_name()), ("add", "jane@example.com")] == brief(made)
    assert [summary.members for summary in made.groups] == [None]


def test_manual_tools_are_lines_for_a_person():
    """Only live grants, and no changes."""
    company = Company().tool("midjourney", fulfilment="manual")
    company = company.granted("jane", tool="midjourney").ended("joe", tool="midjourney")
    made = planned(company)
    assert (made.changes, [m.subject for m in made.manual]) == ((), ["jane@example.com"])


def test_a_shared_address_blocks_its_grant_and_freezes_its_candidates():
    """Neither is added, neither is removed, and the mapping to add is printed."""
    company = BASE.with_settings(identity={"match": ["mapping", "login", "email"]})
    company = company.person("jane", email="team@example.com")
    company = company.person("joe", email="team@example.com")
    company = company.bind("jane", authority="authoritative").grant("team")
    made = planned(company)
    assert (
        brief(made),
        sorted(codes(made.blocked)),
    ) == ([], ["removal-held-by-doubt", "subject-ambiguous"])


@pytest.mark.parametrize("starts", ["2026-11-22", "2026-11-23"])
def test_a_doubtful_grant_never_costs_a_member_their_access(starts):
    """Jane stays if the grant is hers; that nobody knows yet must not remove her, even early."""
    company = BASE.with_settings(identity={"match": ["mapping", "login", "email"]})
    company = company.person("jane", email="team@example.com")
    company = company.person("joe", email="team@example.com")
    company = company.bind("jane", authority="authoritative").grant("team", starts=starts)
    assert brief(planned(company)) == []


def test_the_run_never_removes_its_own_account_unasked():
    """The caller comes from Okta, not from the catalog."""
    company = BASE.bind("jane", authority="authoritative")
    live = company.live()
    group = group_id(group_name())
    live = replace(live, members={**live.members, group: frozenset({user_id(SERVICE)})})
    made = planned(company, live=live)
    assert [line.held_by for line in made.changes] == [("ourselves",)]


@pytest.mark.parametrize(("held", "number", "of"), [(0, 5, 20), (6, 6, 20), (0, 2, 2), (3, 3, 3)])
def test_a_group_guard_holds_at_its_boundary(held, number, of):
    """5 of 20 go and 6 of 20 wait; a pair may be emptied and a trio may not."""
    names = [f"p{n}" for n in range(of)]
    company = BASE.bind(*names, authority="authoritative").granted(*names[number:])
    made = planned(company)
    assert (number, held) == (len(made.changes), sum(1 for c in made.changes if c.held_by))


def test_a_grant_that_never_ends_in_a_lifetime_is_planned():
    """9999-12-31 is a valid date, and what people write for "never"."""
    made = planned(BASE.bind().granted("jane", expires="9999-12-31"))
    assert brief(made) == [("add", "jane@example.com")]


@pytest.fixture(scope="module")
def busy():
    """A catalog and an org with something of everything."""
    company = BASE.tool("cursor").tool("notion").tool("midjourney", fulfilment="manual")
    company = company.bind("old", "stray", "jane", authority="authoritative")
    company = company.bind("jane", "odd", tool="cursor").create("notion")
    company = company.person("s1", status="SUSPENDED").person("gone", status="DEPROVISIONED")
    company = company.granted("jane", "new", "s1", "gone").granted("jane", expires="2026-11-30")
    company = company.ended("old", "gone").granted("new", "jane", tool="notion")
    company = company.grant("ghost", tool="cursor").grant("jane", tool="midjourney")
    company = company.granted("jane", tool="cursor", expires="2026-11-30")
    company = company.granted("jane", tool="cursor", expires="2026-11-30", purpose="More work")
    return company.catalog(), company.live()


def shuffled(mapping, chance):
    """The same mapping, filled in another order."""
    items = list(mapping.items())
    chance.shuffle(items)
    return dict(items)


def mixed(values, chance):
    """The same values in another order."""
    found = list(values)
    chance.shuffle(found)
    return tuple(found)


@given(st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_same_input_gives_the_same_bytes_in_whatever_order_it_was_read(busy, chance):
    """A plan made again must be comparable with the one that was reviewed."""
    catalog, live = busy
    again = replace(
        catalog,
        grants=mixed(catalog.grants, chance),
        bindings=mixed(catalog.bindings, chance),
        tools=shuffled(catalog.tools, chance),
    )
    seen = LiveState(
        org=live.org,
        caller=live.caller,
        groups=shuffled(live.groups, chance),
        members=shuffled(live.members, chance),
        users=shuffled(live.users, chance),
    )
    expected = dump_plan(complete(assess(catalog, CONNECTOR, live, beside())))
    assert expected == dump_plan(complete(assess(again, CONNECTOR, seen, beside())))


@pytest.mark.parametrize(
    ("expected", "given_to"),
    [([("remove", "bob@example.com")], "bob"), ([], "jane"), ([], None)],
)
def test_what_evidence_shows_was_given_ends_where_the_branch_does_not_show_it(expected, given_to):
    """A history that began anew keeps nobody in; without either, nothing was ever given."""
    company = BASE.bind("jane", "bob").grant("jane").ended("bob")
    over = next(g for g in company.catalog().grants if "bob" in g.subject)
    given_ = {Membership(group_id(group_name()), user_id(given_to))} if given_to else set()
    made = planned(
        company,
        record=GrantHistory(stillborn=frozenset({grant_hash(over)})),
        recent=RecentWrites(given=frozenset(given_)),
    )
    assert expected == brief(made)
    assert [d.person.login for d in made.unapproved] == ([] if expected else ["bob@example.com"])
