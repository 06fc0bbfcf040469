"""A member whom git does not want: removed, held by doubt, or only reported."""

import pytest

from reconciler.identity.resolve import Ambiguous, Missing
from reconciler.model.catalog import Authority, Risk
from reconciler.model.plan import Action, Blocked, Change, Drift, MemberClass
from reconciler.model.settings import IdentityRule
from reconciler.planning.desired import GroupIntent, UnresolvedGrant
from reconciler.planning.lines.removals import (
    block_unattributed,
    remove_ended,
    remove_unapproved,
    report_drift,
)
from reconciler.planning.refs import cite_grant, cite_names, cite_person
from tests.support.nouns import GROUP, codes, context, grant, managed, user

JANE, JOE, SAM = user("jane"), user("joe"), user("sam")
ENDED = grant(expires="2026-11-15")
STRICT = managed("jane", "joe", "sam", authority=Authority.AUTHORITATIVE)
BOTH = frozenset({"00ujane", "00ujoe"})
DOUBT = UnresolvedGrant(grant=grant("ghost"), resolution=Missing())
TWO = UnresolvedGrant(
    grant=grant("team"), resolution=Ambiguous(candidates=(JANE, SAM), rule=IdentityRule.EMAIL)
)


def logins(lines):
    """Whom the lines are about."""
    return sorted(line.person.login for line in lines)


@pytest.mark.parametrize("authority", list(Authority))
def test_an_ended_member_is_removed_whatever_the_authority(authority):
    """The grant that ended is the reason, and is cited."""
    group = managed("jane", authority=authority)
    intent = GroupIntent(ended={"00ujane": (ENDED,)})
    names = {"00ujane": ("Claude users", "Other users")}
    assert remove_ended("00ujane", group, intent, context(JANE, names_of=names)) == Change(
        action=Action.REMOVE,
        group=GROUP,
        tool="claude",
        entitlement="users",
        risk=Risk.LOW,
        reason="the grant ended with 2026-11-15",
        person=cite_person(JANE),
        member_class=MemberClass.ENDED,
        grants=(cite_grant(ENDED),),
        keeps=("Other users",),
    )


@pytest.mark.parametrize("held", [{"doubts": (TWO,)}, {"ended_doubts": (TWO,)}])
def test_an_ended_member_whom_another_grant_may_mean_is_held(held):
    """Her new grant may be the ambiguous one."""
    intent = GroupIntent(ended={"00ujane": (ENDED,)}, **held)
    line = remove_ended("00ujane", managed("jane"), intent, context(JANE, SAM))
    assert ("removal-held-by-doubt", cite_person(JANE)) == (line.code, line.person)


@pytest.mark.parametrize("table", ["doubts", "pending_doubts", "moving_doubts"])
def test_an_ended_member_stays_while_a_grant_of_nobody_may_mean_them(table):
    """A grant that holds under the name that they had before."""
    intent = GroupIntent(
        ended={"00ujoe": (grant("joe", expires="2026-11-15"),)}, **{table: (DOUBT,)}
    )
    line = remove_ended("00ujoe", STRICT, intent, context(JANE, JOE))
    assert (line.code, line.grants) == ("removal-held-by-doubt", (cite_grant(DOUBT.grant),))


def test_an_ended_member_goes_whoever_an_ended_grant_meant():
    """Neither of the grants keeps anybody."""
    intent = GroupIntent(
        ended={"00ujoe": (grant("joe", expires="2026-11-15"),)}, ended_doubts=(DOUBT,)
    )
    assert isinstance(remove_ended("00ujoe", STRICT, intent, context(JANE, JOE)), Change)


def test_an_ended_member_stays_while_a_protected_person_is_lost():
    """Break-glass accounts get renamed too."""
    known = context(JANE, holds_all="break.glass@example.com, protected, could not be resolved")
    intent = GroupIntent(ended={"00ujane": (ENDED,)})
    line = remove_ended("00ujane", STRICT, intent, known)
    assert line.code == "removal-held-by-doubt"
    assert "break.glass@example.com, protected" in line.summary


def test_unapproved_members_of_an_additive_group_are_left():
    """They are drift to report, nothing more."""
    assert remove_unapproved(BOTH, managed("jane"), GroupIntent(), context(JANE, JOE)) == ((), ())


def test_unapproved_members_of_an_authoritative_group_are_removed():
    """Nobody named them and the group is ours."""
    changes, blocked = remove_unapproved(BOTH, STRICT, GroupIntent(), context(JANE, JOE))
    assert (logins(changes), blocked) == (["jane@example.com", "joe@example.com"], ())
    assert {(MemberClass.UNAPPROVED, ())} == {(c.member_class, c.grants) for c in changes}


def test_any_live_doubt_holds_every_unapproved_removal_of_the_group():
    """The missing person may be one of the members under a new name."""
    intent = GroupIntent(doubts=(DOUBT,))
    changes, blocked = remove_unapproved(BOTH, STRICT, intent, context(JANE, JOE))
    assert (changes, logins(blocked)) == ((), ["jane@example.com", "joe@example.com"])
    assert codes(blocked) == ["removal-held-by-doubt"] * 2
    assert "ghost@example.com may be one of the group's members" in blocked[0].summary


def test_a_candidate_of_an_ended_doubt_is_kept_and_the_others_go():
    """An ended grant that may mean her makes her ended at worst, not unapproved."""
    intent = GroupIntent(ended_doubts=(TWO,))
    changes, blocked = remove_unapproved(BOTH, STRICT, intent, context(JANE, JOE))
    assert (logins(changes), logins(blocked)) == (["joe@example.com"], ["jane@example.com"])


def test_a_missing_protected_person_holds_every_unapproved_removal():
    """Break-glass accounts get renamed too."""
    why = "break.glass@example.com, protected, could not be resolved"
    known = context(JANE, JOE, holds_all=why)
    changes, blocked = remove_unapproved(BOTH, STRICT, GroupIntent(), known)
    assert (changes, len(blocked)) == ((), 2)
    assert f"jane@example.com would be removed, but {why}" in {b.summary for b in blocked}


def test_a_held_removal_says_what_to_do():
    """It is a question to a person, not an error."""
    intent = GroupIntent(doubts=(DOUBT,))
    _, (line,) = remove_unapproved(frozenset({"00ujane"}), STRICT, intent, context(JANE))
    assert line == Blocked(
        code="removal-held-by-doubt",
        summary="jane@example.com would be removed, but ghost@example.com may be one of the "
        "group's members under another name",
        hint="say in identities/ who is meant by the grant in doubt, or revoke it; the removal "
        "then follows by itself",
        group=GROUP,
        tool="claude",
        entitlement="users",
        person=cite_person(JANE),
        people=cite_names(["ghost@example.com"]),
        grants=(cite_grant(DOUBT.grant),),
    )


@pytest.mark.parametrize("authority", list(Authority))
def test_everyone_unapproved_is_reported_with_the_groups_authority(authority):
    """The reader sees whether they stay."""
    found = report_drift(
        frozenset({"00ujane"}), managed("jane", authority=authority), context(JANE)
    )
    assert found == (
        Drift(
            group=GROUP,
            tool="claude",
            entitlement="users",
            person=cite_person(JANE),
            authority=authority,
        ),
    )


@pytest.mark.parametrize("authority", list(Authority))
def test_an_ended_member_whom_a_rule_may_feed_is_held(authority):
    """Removing them would edit the rule, and Okta does not say whether there is one."""
    group = managed("jane", authority=authority, unattributed=frozenset({"00ujane"}))
    intent = GroupIntent(ended={"00ujane": (ENDED,)})
    line = remove_ended("00ujane", group, intent, context(JANE))
    assert (line.code, line.person) == ("rule-attribution-unknown", cite_person(JANE))


def test_an_ended_member_is_removed_where_the_doubt_is_about_another():
    """Of this one Okta said that no rule put them there."""
    group = managed("jane", "joe", unattributed=frozenset({"00ujoe"}))
    intent = GroupIntent(ended={"00ujane": (ENDED,)})
    assert isinstance(remove_ended("00ujane", group, intent, context(JANE)), Change)


def test_a_removal_names_the_apps_that_hang_on_the_group():
    """Both kinds of it: that is what the person loses."""
    known = context(JANE, JOE, apps={GROUP.id: ("Claude", "Cursor"), "00gother": ("Notion",)})
    intent = GroupIntent(ended={"00ujane": (ENDED,)})
    changes, _ = remove_unapproved(frozenset({"00ujoe"}), STRICT, GroupIntent(), known)
    lines = (remove_ended("00ujane", STRICT, intent, known), *changes)
    assert [line.apps for line in lines] == [("Claude", "Cursor")] * 2


def test_whoever_a_rule_may_have_put_there_is_held_and_not_removed():
    """Unknown is never unapproved."""
    (line,) = block_unattributed(frozenset({"00ujane"}), STRICT, context(JANE))
    assert line == Blocked(
        code="rule-attribution-unknown",
        summary="jane@example.com would be removed, but whether a group rule put them there "
        "could not be read",
        hint="settle the doubt, then plan again",
        group=GROUP,
        tool="claude",
        entitlement="users",
        person=cite_person(JANE),
    )


def test_an_additive_group_holds_nobody_for_lack_of_attribution():
    """Nobody would be removed anyway."""
    assert block_unattributed(BOTH, managed("jane", "joe"), context(JANE, JOE)) == ()
