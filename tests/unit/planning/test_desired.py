"""Who is wanted where, at one instant."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.identity.resolve import Ambiguous, Missing, Resolved, Unknown
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.directory import DirectoryUser, LiveState, ReadFailure
from reconciler.model.settings import IdentityRule
from reconciler.planning.desired import GroupIntent, UnresolvedGrant, find_intent
from reconciler.planning.people import resolve_people
from tests.support.builders import NOW
from tests.support.nouns import (
    GROUP,
    ORG,
    approval,
    binding,
    day,
    grant,
    known,
    managed,
    user,
)

JANE, JOE = user("jane"), user("joe")
KEY = ("claude", "users")
AMBIGUOUS = Ambiguous(candidates=(JANE, JOE), rule=IdentityRule.EMAIL)
LIVE = grant()
LATER = grant(starts="2026-11-23")
ENDED = grant(expires="2026-11-21")
REVOKED = grant(revoked="2026-11-22")


def wanted(*grants, resolutions=None):
    """What these grants want of the Claude group now."""
    people_known = known(JANE, JOE, resolutions=resolutions)
    return find_intent(managed(), {KEY: grants}, people_known, NOW)


@pytest.mark.parametrize(
    ("intent", "grants"),
    [
        (GroupIntent(), ()),
        (GroupIntent(live={"00ujane": (LIVE,)}), (LIVE,)),
        (GroupIntent(pending={"00ujane": (LATER,)}), (LATER,)),
        (GroupIntent(ended={"00ujane": (ENDED,)}), (ENDED,)),
        (GroupIntent(ended={"00ujane": (REVOKED,)}), (REVOKED,)),
        (GroupIntent(live={"00ujane": (LIVE,)}), (ENDED, LIVE, LATER)),
        (GroupIntent(pending={"00ujane": (LATER,)}), (ENDED, LATER)),
        (GroupIntent(live={"00ujane": (LIVE, LIVE)}), (LIVE, LIVE)),
        (GroupIntent(ended={"00ujane": (ENDED, REVOKED)}), (ENDED, REVOKED)),
        (
            GroupIntent(live={"00ujoe": (grant("joe"),)}, ended={"00ujane": (ENDED,)}),
            (ENDED, grant("joe")),
        ),
    ],
)
def test_a_person_is_wanted_while_any_grant_is_live(intent, grants):
    """Access is a union, and everyone stands in exactly one table."""
    assert intent == wanted(*grants)


def test_access_is_the_union_over_the_groups_bindings():
    """Two entitlements may share a group; losing one of them is no removal."""
    group = managed(bindings=(binding(), binding("cursor")))
    other = grant("joe", tool="cursor")
    found = find_intent(group, {KEY: (LIVE,), ("cursor", "users"): (other,)}, known(JANE, JOE), NOW)
    assert GroupIntent(live={"00ujane": (LIVE,), "00ujoe": (other,)}) == found


def test_grants_of_other_entitlements_say_nothing_here():
    """A person granted admin is not thereby a user."""
    grants = {("claude", "admins"): (LIVE,)}
    assert GroupIntent() == find_intent(managed(), grants, known(JANE), NOW)


@pytest.mark.parametrize(
    "resolution", [AMBIGUOUS, Missing(), Missing(is_mapped=True), Unknown(detail="503")]
)
def test_a_live_grant_of_nobody_in_particular_is_a_doubt(resolution):
    """It is neither carried out nor forgotten."""
    found = wanted(LIVE, resolutions={LIVE.subject: resolution})
    assert GroupIntent(doubts=(UnresolvedGrant(grant=LIVE, resolution=resolution),)) == found


def test_an_ended_grant_of_nobody_in_particular_is_an_ended_doubt():
    """It blocks nothing new, but may name a member."""
    found = wanted(ENDED, resolutions={ENDED.subject: AMBIGUOUS})
    assert GroupIntent(ended_doubts=(UnresolvedGrant(grant=ENDED, resolution=AMBIGUOUS),)) == found


@pytest.mark.parametrize(
    ("frozen", "grants"),
    [
        (frozenset({"00ujane", "00ujoe"}), (LIVE,)),
        (frozenset({"00ujane", "00ujoe"}), (ENDED,)),
        (frozenset({"00ujane", "00ujoe"}), (LATER,)),
        (frozenset(), ()),
    ],
)
def test_every_candidate_of_a_doubtful_grant_is_frozen(frozen, grants):
    """Being doubtful may cost the grant, never somebody's present access."""
    assert frozen == wanted(*grants, resolutions={LIVE.subject: AMBIGUOUS}).frozen


def test_each_subject_is_resolved_once_under_its_folded_key():
    """Spellings of one subject are one person."""
    state = LiveState(org=ORG, users={JANE.id: JANE})
    subjects = ["jane@example.com", "JANE@example.com", "new@example.com"]
    found = resolve_people(Catalog(), state, subjects)
    assert found.resolutions == {
        "jane@example.com": Resolved(user=JANE, rule=IdentityRule.LOGIN),
        "new@example.com": Missing(),
    }
    assert found.of("Jane@Example.com") == Resolved(user=JANE, rule=IdentityRule.LOGIN)


def test_mappings_of_the_catalog_answer():
    """The identities folder is consulted, and by its keys."""
    mapping = IdentityMapping(keys=("jira:5b10",), login="jane@example.com", id="00ujane")
    state = LiveState(org=ORG, users={JANE.id: JANE})
    found = resolve_people(Catalog(identities=(mapping,)), state, ["jira:5B10"])
    expected = Resolved(user=JANE, rule=IdentityRule.MAPPING, is_anchored=True)
    assert expected == found.of("jira:5b10")


def test_a_subject_whose_look_up_failed_is_unknown_not_missing():
    """Even when another read happened to show somebody of that login."""
    unread = {"jane@example.com": ReadFailure(code="unreachable", detail="503 twice")}
    state = LiveState(org=ORG, users={JANE.id: JANE}, unread_subjects=unread)
    found = resolve_people(Catalog(), state, ["Jane@example.com"])
    assert Unknown(detail="503 twice") == found.of("jane@example.com")


def test_a_member_known_only_by_id_is_shown_by_it():
    """A plan line needs something to call them."""
    expected = DirectoryUser(id="00uq", login="00uq", status="UNKNOWN")
    assert expected == known(JANE).user("00uq")
    assert known(JANE).user("00ujane") == JANE


HIRED = user("jane", activated="2026-11-02")
BACK = replace(HIRED, created_at=datetime(2025, 1, 1, tzinfo=UTC))
CONFIRMED = Resolved(user=HIRED, rule=IdentityRule.MAPPING, is_anchored=True)


@pytest.mark.parametrize(
    ("tables", "account", "given", "resolution"),
    [
        ({"live", "asked", "newer"}, HIRED, LIVE, None),
        ({"live", "asked"}, BACK, LIVE, None),
        ({"pending", "newer"}, HIRED, LATER, None),
        ({"mistaken"}, HIRED, ENDED, None),
        ({"ended"}, BACK, ENDED, None),
        ({"live"}, HIRED, LIVE, CONFIRMED),
        ({"ended"}, HIRED, ENDED, CONFIRMED),
    ],
)
def test_an_account_that_began_after_the_approval_is_told_apart(tables, account, given, resolution):
    """Activated later, it is asked about; made later, it may never have been meant."""
    resolutions = {given.subject: resolution} if resolution else None
    found = find_intent(managed(), {KEY: (given,)}, known(account, resolutions=resolutions), NOW)
    names = ("live", "pending", "ended", "asked", "newer", "mistaken")
    assert {name for name in names if getattr(found, name)} == tables


def test_a_grant_of_ones_own_does_not_make_one_whom_another_grant_meant():
    """Somebody else had the login when that was approved, and may be a member by another name."""
    own = grant(approval=approval(approved_at=day("2026-11-05")))
    found = find_intent(managed(), {KEY: (LIVE, own)}, known(HIRED), NOW)
    assert (found.newer, found.asked) == ({HIRED.id: (LIVE,)}, {})


def test_a_live_grant_of_ones_own_hides_no_coming_one_that_meant_another():
    """Whom it meant may be a member by another name until it is settled."""
    own = grant(approval=approval(approved_at=day("2026-11-05")))
    found = find_intent(managed(), {KEY: (LATER, own)}, known(HIRED), NOW)
    assert found.newer == {HIRED.id: (LATER,)}


@pytest.mark.parametrize(("newer", "given"), [((LIVE,), LIVE), ((), ENDED)])
def test_what_a_moved_binding_takes_along_is_in_doubt_in_the_group_that_it_leaves(newer, given):
    """Nobody loses the old group to a doubt about whether the new one is theirs."""
    left = managed(bindings=(binding(replaces=GROUP.id, retired=True),))
    found = find_intent(left, {KEY: (given,)}, known(HIRED), NOW)
    assert found.newer.get(HIRED.id, ()) == newer


@pytest.mark.parametrize(
    ("is_disputed", "bearer", "more"),
    [
        (True, JANE, {}),
        (True, JANE, {"expires": "2026-11-21"}),
        (True, user("jane", "DEPROVISIONED"), {}),
        (False, JOE, {}),
        (False, user("jane", created_at=datetime(2026, 11, 5, tzinfo=UTC)), {}),
    ],
)
def test_a_login_that_is_mapped_away_from_its_bearer_means_nobody(is_disputed, bearer, more):
    """Else whoever writes an identity would take over a grant; a newer bearer is not meant."""
    found = Resolved(user=user("amy"), rule=IdentityRule.MAPPING, is_anchored=True)
    one = grant(**more)
    people_known = known(bearer, resolutions={"jane@example.com": found})
    both = Ambiguous(candidates=(bearer, user("amy")), rule=IdentityRule.MAPPING)
    assert people_known.meant_by(one) == (both if is_disputed else found)
    intent = find_intent(managed(), {KEY: (one,)}, people_known, NOW)
    assert (intent.frozen == {"00ujane", "00uamy"}) is is_disputed
