"""What a group's guards are told."""

from dataclasses import replace

import pytest

from reconciler.identity.resolve import Missing
from reconciler.model.catalog import Catalog
from reconciler.model.evidence import RecentWrites
from reconciler.model.ids import Membership
from reconciler.planning.desired import GroupIntent
from reconciler.planning.guards.group_guards import GroupFacts, collect_facts
from tests.support.nouns import GROUP, binding, context, grant, managed, tool, user

NOBODY = frozenset()
INTENT = GroupIntent(live=dict.fromkeys(("00ujane", "00ujoe", "00usam"), (grant(),)))


def told(group, **entitlements):
    """The facts of the group, with people jane and joe known and ghost not."""
    catalog = Catalog(tools={"claude": tool("claude", **entitlements)})
    nobody = {"ghost@example.com": Missing()}
    return collect_facts(
        group, INTENT, context(user("jane"), user("joe"), catalog=catalog, resolutions=nobody)
    )


def test_the_facts_count_members_granted_and_visible_people():
    """Half-visible compares the granted who are seen with all who are granted."""
    assert told(managed("jane", "x"), users={}) == GroupFacts(
        group=GROUP,
        members=2,
        granted=3,
        visible=1,
        min_members=0,
        required=NOBODY,
        required_absent=0,
        required_unresolved=(),
    )


def test_required_members_are_resolved_and_those_absent_counted():
    """One who could not be resolved is named instead of dropped."""
    needed = ("jane@example.com", "joe@example.com", "ghost@example.com")
    found = told(managed("jane", "x"), users={"required_members": needed, "min_members": 2})
    assert (frozenset({"00ujane", "00ujoe"}), 1, ("ghost@example.com",), 2) == (
        found.required,
        found.required_absent,
        found.required_unresolved,
        found.min_members,
    )


@pytest.mark.parametrize("order", [("users", "admins"), ("admins", "users")])
def test_bindings_of_one_group_add_their_requirements_up(order):
    """The larger minimum holds for both, in either order."""
    group = managed("jane", bindings=tuple(binding(entitlement=each) for each in order))
    found = told(
        group,
        users={"min_members": 1, "required_members": ("jane@example.com",)},
        admins={"min_members": 3, "required_members": ("joe@example.com",)},
    )
    assert (3, frozenset({"00ujane", "00ujoe"})) == (found.min_members, found.required)


def test_a_retired_binding_asks_for_nobody_any_more():
    """Its group is to be emptied: a floor would hold that for ever."""
    retired = replace(binding(), retired=True)
    needs = {"min_members": 2, "required_members": ("jane@example.com",)}
    found = told(managed("jane", "joe", bindings=(retired,)), users=needs)
    assert (found.min_members, found.required) == (0, NOBODY)


def test_a_granted_person_whom_a_rule_feeds_is_visible():
    """They were seen: the read was not blind, however many others are still to be added."""
    group = managed("jane", "joe", rule_fed=frozenset({"00ujane", "00ujoe"}))
    catalog = Catalog(tools={"claude": tool()})
    found = collect_facts(group, INTENT, context(catalog=catalog))
    assert (found.granted, found.visible) == (3, 2)


def test_what_runs_of_the_day_did_is_told_apart_from_what_is_there():
    """Only of this group, and only what still holds."""

    def places(*names, group=GROUP.id):
        return frozenset(Membership(group, f"00u{name}") for name in names)

    recent = RecentWrites(
        added=places("jane", "left") | places("joe", group="00gother"),
        ended=places("old", "x"),
        others=places("bad", "left"),
    )
    found = collect_facts(managed("jane", "joe", "x"), INTENT, context(recent=recent))
    assert (found.added, found.added_visible) == ({"00ujane"}, 1)
    assert (found.gone_ended, found.gone_others) == ({"00uold"}, {"00ubad"})
    assert (found.members, found.gone, found.before) == (3, 2, 4)
