"""Everyone is classed once: protected, rule-fed, granted, ended, unapproved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.planning.classify import MemberClasses, classify_members
from reconciler.planning.desired import GroupIntent
from reconciler.planning.scope import ManagedGroup
from tests.support.nouns import GROUP, binding

NOBODY = frozenset()
IDS = st.frozensets(st.sampled_from([f"00u{n}" for n in range(8)]))
SETS = (
    "protected",
    "granted_present",
    "granted_absent",
    "ended_present",
    "pending_present",
    "unapproved",
    "rule_fed",
    "unattributed",
)


def classes(**sets):
    """Classes of which those not named are empty."""
    return MemberClasses(**{name: frozenset(sets.get(name, ())) for name in SETS})


def group(members, **more):
    """A group of these people."""
    return ManagedGroup(ref=GROUP, bindings=(binding(),), members=frozenset(members), **more)


@pytest.mark.parametrize(
    ("expected", "members", "tables", "protected"),
    [
        (classes(granted_present=["a"]), {"a"}, {"live": {"a": ()}}, NOBODY),
        (classes(granted_absent=["a"]), NOBODY, {"live": {"a": ()}}, NOBODY),
        (classes(ended_present=["a"]), {"a"}, {"ended": {"a": ()}}, NOBODY),
        (classes(), NOBODY, {"ended": {"a": ()}, "pending": {"b": ()}}, NOBODY),
        (classes(pending_present=["a"]), {"a"}, {"pending": {"a": ()}}, NOBODY),
        (classes(unapproved=["a"]), {"a"}, {}, NOBODY),
        (classes(protected=["a"]), {"a"}, {"ended": {"a": ()}}, {"a"}),
        (classes(protected=["a"]), {"a"}, {}, {"a"}),
        (classes(protected=["a"]), {"a"}, {"live": {"a": ()}}, {"a"}),
        (classes(granted_absent=["a"]), NOBODY, {"live": {"a": ()}}, {"a"}),
        (classes(), NOBODY, {}, {"a"}),
    ],
)
def test_the_first_class_that_fits_wins(expected, members, tables, protected):
    """Nobody who is protected or granted is ever counted as ended or unapproved."""
    found = classify_members(group(members), GroupIntent(**tables), frozenset(protected))
    assert expected == found


@pytest.mark.parametrize("table", ["live", "pending", "ended", None])
def test_whom_a_rule_feeds_is_rule_fed_whatever_git_says(table):
    """Removing them would silently edit the rule."""
    intent = GroupIntent(**({table: {"a": ()}} if table else {}))
    fed = group("a", rule_fed=frozenset("a"))
    assert classes(rule_fed=["a"]) == classify_members(fed, intent, NOBODY)
    assert classes(protected=["a"]) == classify_members(fed, intent, frozenset("a"))


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("granted_present", "live"),
        ("pending_present", "pending"),
        ("ended_present", "ended"),
        ("unattributed", None),
    ],
)
def test_of_whom_nothing_is_known_only_the_unapproved_are_set_apart(name, table):
    """A grant speaks for or against the others, whoever put them there."""
    intent = GroupIntent(**({table: {"a": ()}} if table else {}))
    unknown = group("a", unattributed=frozenset("a"))
    assert classes(**{name: ["a"]}) == classify_members(unknown, intent, NOBODY)


def test_a_rules_people_who_are_no_members_are_nobody():
    """A class is of members."""
    one = group("a", rule_fed=frozenset("ab"), unattributed=frozenset("c"))
    assert classes(rule_fed=["a"]) == classify_members(one, GroupIntent(), NOBODY)


@given(IDS, IDS, IDS, IDS, IDS, IDS, IDS)
def test_the_sets_are_disjoint_and_hold_every_member(  # noqa: PLR0913, PLR0917 - one set each
    members, live, pending, ended, protected, fed, unknown
):
    """Somebody in two sets would be removed by one rule and kept by another."""
    intent = GroupIntent(
        live=dict.fromkeys(live, ()),
        pending=dict.fromkeys(pending, ()),
        ended=dict.fromkeys(ended, ()),
    )
    one = group(members, rule_fed=fed, unattributed=unknown - fed)
    found = classify_members(one, intent, protected)
    sets = [getattr(found, name) for name in SETS]
    together = [each for one in sets for each in one]
    assert sorted(members | live) == sorted(together)
    assert frozenset(together) - members == found.granted_absent
    assert not found.unapproved & (fed | unknown)
    assert not found.ended_present & fed
