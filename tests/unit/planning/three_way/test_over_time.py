"""What a change does to somebody's access at a later day."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.model.approvals.review import Effect, Window
from reconciler.model.catalog import Catalog, Fulfilment, IdentityMapping
from reconciler.model.directory import DirectoryGroup, LiveState
from reconciler.model.validity import Moment
from reconciler.planning.three_way.over_time import find_access_changes, merge_windows
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import GROUP, ORG, approval, binding, grant, tool, user

TOOLS = {"claude": tool()}


def at(text):
    """Midnight of that day."""
    return datetime.fromisoformat(f"{text}T00:00:00+00:00").astimezone(UTC)


def catalog(*grants, **more):
    """A catalog that binds the Claude group and grants this."""
    facts = {"tools": TOOLS, "bindings": (binding(),), **more}
    return Catalog(grants=grants, **facts)


def org(*members):
    """Jane and Joe have accounts; these of them are in the group."""
    people = {u.id: u for u in (user("jane"), user("joe"))}
    shown = DirectoryGroup(id=GROUP.id, name=GROUP.name, type="OKTA_GROUP")
    inside = frozenset(f"00u{name}" for name in members)
    return LiveState(org=ORG, groups={GROUP.id: shown}, members={GROUP.id: inside}, users=people)


def told(head, base, *members):
    """Effect and person of everything that differs."""
    found = find_access_changes(head, base, CONNECTOR, org(*members), NOW)
    return [(n.effect, n.person.login.partition("@")[0]) for n in found]


ENDLESS = grant()
RENEWED = grant(expires="2027-06-30", approval=approval(ticket="AI-2"))
DATED = grant(expires="2027-01-31")


@pytest.mark.parametrize(
    ("head", "base", "members", "expected"),
    [
        ((DATED,), (DATED,), ("jane",), []),
        ((RENEWED,), (DATED,), ("jane",), [Effect.ENDS_LATER]),
        ((ENDLESS,), (DATED,), ("jane",), [Effect.ENDS_LATER]),
        ((DATED,), (RENEWED,), ("jane",), [Effect.ENDS_EARLIER]),
        ((replace(DATED, starts=Moment(at("2026-12-01").date())),), (), (), [Effect.BEGINS]),
        ((DATED,), (), (), [Effect.BEGINS]),
        ((DATED,), (), ("jane",), [Effect.EXPLAINS]),
        ((), (DATED,), ("jane",), [Effect.ENDS]),
        ((grant(revoked="2026-12-05", expires="2027-01-31"),), (DATED,), (), [Effect.ENDS_EARLIER]),
        ((grant(expires="2026-11-01"),), (), ("jane",), [Effect.GIVES_NOTHING]),
        ((ENDLESS, RENEWED), (ENDLESS,), ("jane",), [Effect.GIVES_NOTHING]),
        ((DATED, grant(starts="2027-03-01")), (DATED,), ("jane",), [Effect.MOVES]),
        ((replace(DATED, purpose="else"),), (DATED,), ("jane",), []),
    ],
)
def test_each_change_of_a_grant_has_its_effect(head, base, members, expected):
    """What a renewal, a start, a revocation or an adoption does is never nothing."""
    found = told(catalog(*head), catalog(*base), *members)
    assert found == [(effect, "jane") for effect in expected]


def test_what_is_told_says_both_windows_and_why():
    """The day on which a revocation takes it, and that on which a grant ended before."""
    (line,) = find_access_changes(
        catalog(grant(revoked="2026-12-05", expires="2027-01-31")),
        catalog(DATED),
        CONNECTOR,
        org("jane"),
        NOW,
    )
    assert line.before == (Window(starts=None, ends=at("2027-02-01")),)
    assert line.after == (Window(starts=None, ends=at("2026-12-05")),)
    assert line.revoked_at == at("2026-12-05")
    assert (line.is_member, line.ended_at) == (True, None)
    over = catalog(grant(expires="2026-11-01"))
    (line,) = find_access_changes(over, catalog(), CONNECTOR, org(), NOW)
    assert (line.ended_at, line.after) == (at("2026-11-02"), ())


def test_windows_that_touch_are_one():
    """The last day of one is before the first of the next, and nobody loses access between them."""
    grants = [grant(expires="2026-12-31"), grant(starts="2027-01-01", expires="2027-02-01")]
    assert merge_windows(grants, NOW) == (Window(starts=None, ends=at("2027-02-02")),)


def test_a_mapping_that_finds_somebody_else_moves_their_access():
    """The files of grants are the same, and the people are not."""
    subject = grant("jira:1")
    names = [IdentityMapping(keys=("jira:1",), login=f"{n}@example.com") for n in ("jane", "joe")]
    base, head = (catalog(subject, identities=(name,)) for name in names)
    assert told(head, base) == [(Effect.ENDS, "jane"), (Effect.BEGINS, "joe")]
    found = told(head, catalog(subject))
    assert found == [(Effect.BEGINS, "joe")]


def test_a_binding_that_retires_ends_what_it_gave():
    """At every later day."""
    retired = (replace(binding(), retired=True),)
    assert told(catalog(DATED, bindings=retired), catalog(DATED), "jane") == [(Effect.ENDS, "jane")]


def test_what_a_person_carries_out_by_hand_is_told_as_well():
    """It has no group, and its end is moved all the same."""
    by_hand = {"claude": replace(tool(), fulfilment=Fulfilment.MANUAL)}
    base = catalog(DATED, tools=by_hand, bindings=())
    (line,) = find_access_changes(replace(base, grants=(RENEWED,)), base, CONNECTOR, org(), NOW)
    assert (line.effect, line.group) == (Effect.ENDS_LATER, None)
