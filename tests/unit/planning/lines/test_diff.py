"""The table of the module's docstring, and the lines that no table shows."""

from dataclasses import replace

import pytest

from reconciler.identity.resolve import Ambiguous, Missing, Unknown
from reconciler.model.catalog import Authority, CreateGroup, Risk
from reconciler.model.plan import Action, Blocked, Change, GroupRef, MemberClass, PersonRef
from reconciler.model.settings import IdentityRule
from reconciler.planning.desired import GroupIntent, UnresolvedGrant
from reconciler.planning.lines.diff import assess_group, diff
from reconciler.planning.refs import cite_grant, cite_person
from reconciler.planning.scope import ManagedGroup
from tests.support.nouns import (
    GROUP,
    binding,
    codes,
    context,
    grant,
    managed,
    user,
)

JANE, JOE = user("jane"), user("joe")
ENDED = grant(expires="2026-11-15")
NOBODY = frozenset()


def difference(group, intent, *users, protected=NOBODY, **more):
    """The group's lines."""
    known = context(*(users or (JANE, JOE)), protected=protected, **more)
    return diff(assess_group(group, intent, known), known)


@pytest.mark.parametrize(
    ("actions", "drift", "members", "intent", "protected", "authority"),
    [
        ([Action.ADD], 0, (), GroupIntent(live={"00ujane": (grant(),)}), NOBODY, "additive"),
        ([Action.ADD], 0, (), GroupIntent(live={"00ujane": (grant(),)}), NOBODY, "authoritative"),
        (
            [Action.REMOVE],
            0,
            ("jane",),
            GroupIntent(ended={"00ujane": (ENDED,)}),
            NOBODY,
            "additive",
        ),
        (
            [Action.REMOVE],
            0,
            ("jane",),
            GroupIntent(ended={"00ujane": (ENDED,)}),
            NOBODY,
            "authoritative",
        ),
        ([], 1, ("jane",), GroupIntent(), NOBODY, "additive"),
        ([Action.REMOVE], 1, ("jane",), GroupIntent(), NOBODY, "authoritative"),
        ([], 0, ("jane",), GroupIntent(), frozenset({"00ujane"}), "additive"),
        ([], 0, ("jane",), GroupIntent(), frozenset({"00ujane"}), "authoritative"),
        (
            [],
            0,
            ("jane",),
            GroupIntent(ended={"00ujane": (ENDED,)}),
            frozenset({"00ujane"}),
            "authoritative",
        ),
        ([], 0, ("jane",), GroupIntent(live={"00ujane": (grant(),)}), NOBODY, "authoritative"),
        ([], 0, (), GroupIntent(ended={"00ujane": (ENDED,)}), NOBODY, "authoritative"),
    ],
)
def test_each_cell_of_the_table(actions, drift, members, intent, protected, authority):
    """Who is added, removed, reported or merely shown."""
    group = managed(*members, authority=Authority(authority))
    found = difference(group, intent, protected=protected)
    assert (actions, (), drift) == (
        [c.action for c in found.changes],
        found.blocked,
        len(found.unapproved),
    )


def test_whoever_is_granted_and_absent_is_missing_even_when_they_cannot_be_added():
    """Drift says how Okta differs, not what is done about it."""
    suspended = user("jane", "SUSPENDED")
    found = difference(managed(), GroupIntent(live={"00ujane": (grant(),)}), suspended)
    assert ((), ["person-suspended"], [cite_person(suspended)]) == (
        found.changes,
        codes(found.blocked),
        [line.person for line in found.missing],
    )


def test_a_member_before_the_instant_of_their_start_is_told_it():
    """Of several, the first to come."""
    later = (grant(starts="2026-11-25"), grant(starts="2026-11-24T14:00Z"))
    found = difference(managed("jane"), GroupIntent(pending={"00ujane": later}))
    assert found.blocked[0].summary.endswith("the grant starts 2026-11-24 14:00 UTC")


def test_a_member_before_their_start_stays_and_is_asked_about():
    """Neither removed as unapproved nor silently accepted."""
    later = grant(starts="2026-11-25")
    group = managed("jane", authority=Authority.AUTHORITATIVE)
    found = difference(group, GroupIntent(pending={"00ujane": (later,)}))
    assert (found.changes, found.unapproved, found.missing) == ((), (), ())
    assert found.blocked == (
        Blocked(
            code="present-before-start",
            summary="jane@example.com is a member already; the grant starts 2026-11-25",
            hint="bring `starts` forward, or remove them in Okta until then",
            group=GROUP,
            tool="claude",
            entitlement="users",
            person=cite_person(JANE),
            grants=(cite_grant(later),),
        ),
    )


@pytest.mark.parametrize(
    ("description", "wanted"),
    [
        ("Seats. [reconciler:okta-prod/claude/users]", "Seats."),
        ("[reconciler:okta-prod/claude/users]", ""),
    ],
)
def test_a_group_to_be_made_has_a_line_with_its_whole_description(description, wanted):
    """The marker at its end is how a later run knows its own group."""
    creating = binding(group=CreateGroup(name="Claude users", description=wanted))
    ref = GroupRef(id=None, name="Claude users")
    found = difference(ManagedGroup(ref=ref, bindings=(creating,)), GroupIntent())
    assert found.changes == (
        Change(
            action=Action.CREATE_GROUP,
            group=ref,
            tool="claude",
            entitlement="users",
            risk=Risk.LOW,
            reason="claude/users@okta-prod asks for a group of this name and there is none",
            description=description,
        ),
    )


def test_a_live_doubt_is_one_blocked_line():
    """About the subject as written, for there is nobody else to name."""
    doubt = UnresolvedGrant(grant=grant("ghost"), resolution=Missing())
    found = difference(managed(), GroupIntent(doubts=(doubt,)))
    assert [("subject-missing", PersonRef(id=None, login="ghost@example.com"))] == [
        (line.code, line.person) for line in found.blocked
    ]


TWO = Ambiguous(candidates=(JANE, JOE), rule=IdentityRule.EMAIL)


@pytest.mark.parametrize(
    ("expected", "resolution", "members"),
    [
        (["subject-ambiguous"], TWO, ("joe",)),
        ([], TWO, ("sam",)),
        ([], TWO, ()),
        (["subject-unread"], Unknown(detail="503"), ("sam",)),
        ([], Unknown(detail="503"), ()),
        ([], Missing(), ("sam",)),
        ([], Missing(is_mapped=True), ("sam",)),
    ],
)
def test_an_ended_doubt_is_said_only_where_it_may_mean_a_member(expected, resolution, members):
    """Old grants of people who left would otherwise fill every plan."""
    intent = GroupIntent(ended_doubts=(UnresolvedGrant(grant=ENDED, resolution=resolution),))
    assert expected == codes(difference(managed(*members), intent).blocked)


def test_a_leaver_who_is_still_a_member_with_a_live_grant_is_warned_of():
    """Nobody removes them while git says they are wanted; somebody has to end the grant."""
    gone = replace(JANE, status="DEPROVISIONED")
    found = difference(managed("jane"), GroupIntent(live={"00ujane": (grant(),)}), gone)
    assert (found.changes, codes(found.warnings)) == ((), ["leaver"])
    assert "revoked: {at: 2026-11-22" in found.warnings[0].hint


def test_an_unapproved_removal_is_classed_so():
    """The class is in the digest and decides which guard counts the line."""
    found = difference(managed("jane", authority=Authority.AUTHORITATIVE), GroupIntent())
    assert [c.member_class for c in found.changes] == [MemberClass.UNAPPROVED]


@pytest.mark.parametrize("authority", list(Authority))
@pytest.mark.parametrize(
    "intent",
    [
        GroupIntent(),
        GroupIntent(live={"00ujane": (grant(),)}),
        GroupIntent(ended={"00ujane": (ENDED,)}),
    ],
    ids=["unnamed", "granted", "ended"],
)
def test_whom_a_rule_feeds_is_shown_and_gets_no_line(authority, intent):
    """Whatever git says of them: no change, no question, no drift."""
    group = managed("jane", authority=authority, rule_fed=frozenset({"00ujane"}))
    found = difference(group, intent)
    assert (found.changes, found.blocked, found.missing, found.unapproved) == ((), (), (), ())
    assert codes(found.warnings) == (["rule-keeps-ended"] if intent.ended else [])


def test_a_rule_that_keeps_somebody_past_their_grant_is_warned_of():
    """Only the rule's owner can end it; a removal here would edit the rule's exclusions."""
    group = managed("jane", rule_fed=frozenset({"00ujane"}))
    (warning,) = difference(group, GroupIntent(ended={"00ujane": (ENDED,)})).warnings
    assert warning.summary == (
        "the grant of jane@example.com (00ujane) ended, but a group rule puts them in "
        '"Claude users"'
    )
    assert warning.hint == (
        "change the rule in Okta; removing them here would add them to its exclusions"
    )


@pytest.mark.parametrize(
    ("held", "authority"),
    [([], Authority.ADDITIVE), (["rule-attribution-unknown"], Authority.AUTHORITATIVE)],
)
def test_an_unnamed_member_of_unknown_origin_is_held_and_reported(held, authority):
    """They are drift like anyone else whom no grant names."""
    group = managed("jane", authority=authority, unattributed=frozenset({"00ujane"}))
    found = difference(group, GroupIntent())
    assert ((), held, [cite_person(JANE)]) == (
        found.changes,
        codes(found.blocked),
        [line.person for line in found.unapproved],
    )


@pytest.mark.parametrize(("told", "count"), [([], None), ([], 2), (["group-without-app"], 0)])
def test_a_group_without_an_app_is_warned_of_where_okta_says_so(told, count):
    """Unknown is not none."""
    assert told == codes(difference(managed(app_count=count), GroupIntent()).warnings)
