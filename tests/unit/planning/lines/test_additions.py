"""A wanted member who is absent: added, or blocked with what would settle it."""

from datetime import UTC, datetime, time

import pytest
import yaml

from reconciler.identity.resolve import Resolved
from reconciler.model.catalog import Catalog, Risk
from reconciler.model.directory import Actor, MembershipEvent
from reconciler.model.plan import Action, BlockReason, Change, MemberClass
from reconciler.model.settings import IdentityRule
from reconciler.planning.approvals.grant_past import GrantHistory
from reconciler.planning.lines.additions import ask_about_account, propose_addition, settle_addition
from reconciler.planning.manual_removals import MembershipHistory
from reconciler.planning.refs import cite_grant, cite_person, grant_hash
from tests.support.builders import NOW
from tests.support.nouns import (
    GROUP,
    approval,
    binding,
    context,
    day,
    grant,
    managed,
    tool,
    user,
)


def added(person, *grants, **more):
    """The line for this absent person."""
    return line_of(person, grants or (grant(),), managed(), context(person, **more))


def line_of(person, grants, group, known):
    """What is proposed, settled by what was asked."""
    return settle_addition(propose_addition(person, grants, group, known), known)


@pytest.mark.parametrize(
    ("is_held", "has_admin_role", "is_meant"),
    [(True, None, False), (False, None, True), (False, False, False)],
)
def test_nobody_is_added_where_the_group_may_make_admins(is_held, has_admin_role, is_meant):
    """Okta did not say whether it carries an admin role, and the binding does not mean one."""
    group = managed(has_admin_role=has_admin_role, bindings=(binding(admin_role=is_meant),))
    line = line_of(user("jane"), (grant(),), group, context(user("jane")))
    assert (getattr(line, "code", None) == "group-admin-role-unknown") is is_held


def test_an_account_is_added_by_the_grants_alone_that_were_approved_since_it_began():
    """What somebody else was given under the login speaks for nobody."""
    own = grant(approval=approval(approved_at=day("2026-11-05")))
    line = added(user("jane", activated="2026-11-02"), grant(), own)
    assert line.grants == (cite_grant(own),)


def test_a_member_who_is_asked_about_stays_and_is_named():
    """With the grant that may not mean them."""
    line = ask_about_account(user("jane", activated="2026-11-02"), (grant(),), managed("jane"))
    assert (line.code, line.person.id) == ("account-newer-than-approval", "00ujane")
    assert line.grants == (cite_grant(grant()),)


def anchored(person):
    """A mapping gave login and id."""
    found = Resolved(user=person, rule=IdentityRule.MAPPING, is_anchored=True)
    return {"jane@example.com": found}


def test_an_absent_person_with_a_live_grant_is_added():
    """The line explains itself: who, where, why, by which grant and at what risk."""
    jane, given = user("jane"), grant(expires="2027-02-18")
    assert added(jane, given) == Change(
        action=Action.ADD,
        group=GROUP,
        tool="claude",
        entitlement="users",
        risk=Risk.LOW,
        reason="granted through 2027-02-18",
        person=cite_person(jane),
        member_class=MemberClass.GRANTED,
        grants=(cite_grant(given),),
    )


@pytest.mark.parametrize(
    ("code", "person"),
    [
        (None, user("jane", "STAGED")),
        (None, user("jane", "LOCKED_OUT")),
        ("person-suspended", user("jane", "SUSPENDED")),
        ("leaver", user("jane", "DEPROVISIONED")),
        ("leaver", user("jane", "DEPROVISIONED", activated="2026-11-20")),
    ],
)
def test_an_inactive_person_is_never_added(code, person):
    """A closed account with a live grant is a leaver to be ended, not access to be given."""
    assert getattr(added(person), "code", None) == code


@pytest.mark.parametrize(
    ("code", "began"),
    [
        (None, "2026-10-31T23:59:59+00:00"),
        (None, "2026-11-01T00:00:00+00:00"),
        (None, "2026-11-01T23:59:59+00:00"),
        ("account-newer-than-approval", "2026-11-02T00:00:00+00:00"),
        (None, None),
    ],
)
def test_an_account_that_began_on_a_later_day_than_the_approval_is_asked_about(code, began):
    """The login may have passed to somebody else; on the day itself nothing can be told."""
    began_at = None if began is None else NOW.fromisoformat(began)
    person = user("jane", activated=None, created_at=began_at)
    assert getattr(added(person), "code", None) == code


def test_an_old_account_that_was_reactivated_is_asked_about():
    """Re-used accounts keep their creation date."""
    person = user("jane", activated="2026-11-02", created_at=NOW.fromisoformat("2020-01-01T00:00Z"))
    assert added(person).code == "account-newer-than-approval"


def test_a_mapping_with_login_and_id_answers_the_question():
    """Somebody looked and wrote down who is meant."""
    person = user("jane", activated="2026-11-02")
    assert isinstance(added(person, resolutions=anchored(person)), Change)


def test_a_later_approval_answers_the_question():
    """Whoever approved on or after that day named the account as it is."""
    person = user("jane", activated="2026-11-20")
    again = grant(approval=approval(ticket="AI-2", approved_at=day("2026-11-20")))
    assert isinstance(added(person, grant(), again), Change)


def test_the_mapping_that_would_answer_is_printed_and_parses():
    """The hint is copied into a file; a strange login must not break it."""
    person = user("jane", activated="2026-11-20", login='j"ane: #x@example.com')
    line = line_of(
        person,
        (grant(),),
        managed(),
        context(
            person,
            resolutions={"jane@example.com": Resolved(user=person, rule=IdentityRule.LOGIN)},
        ),
    )
    stanza = line.hint.partition("identities/: ")[2]
    assert {"okta": {"login": person.login, "id": "00ujane"}} == yaml.safe_load(stanza)


def test_a_blocked_addition_names_person_and_grants():
    """A reviewer finds the file from the line."""
    person = user("jane", "SUSPENDED")
    line = added(person)
    assert (GROUP, "claude", "users", cite_person(person), (cite_grant(grant()),)) == (
        line.group,
        line.tool,
        line.entitlement,
        line.person,
        line.grants,
    )


def test_an_addition_that_somebody_objected_to_is_held():
    """It is the last question: whoever is no longer active is not added anyhow."""
    bob = Actor(id="00ubob", kind="User", name="Bob")
    out = MembershipEvent(group=GROUP.id, user="00ujane", at=NOW, is_removal=True, actor=bob)
    past = MembershipHistory(events={(GROUP.id, "00ujane"): (out,)})
    assert added(user("jane"), past=past).code == "removed-by-someone"
    assert added(user("jane", "SUSPENDED"), past=past).code == "person-suspended"


def test_the_risk_is_the_highest_of_the_grants_entitlements():
    """A group that gives two entitlements is as dangerous as the worse."""
    tools = {"claude": tool(), "cursor": tool("cursor", users={"risk": Risk.HIGH})}
    group = managed(bindings=(binding(), binding("cursor")))
    known = context(user("jane"), catalog=Catalog(tools=tools))
    line = line_of(user("jane"), (grant(), grant(tool="cursor")), group, known)
    assert line.risk is Risk.HIGH


AHEAD = grant(approval=approval(approved_at=day("2026-11-23")))


@pytest.mark.parametrize(
    ("other", "record"),
    [
        (AHEAD, GrantHistory()),
        (
            grant(approval=approval(approved_at=day("2026-11-20"), ticket="AI-2")),
            GrantHistory(
                unbacked={
                    grant_hash(
                        grant(approval=approval(approved_at=day("2026-11-20"), ticket="AI-2"))
                    ): BlockReason(code="approver-unknown", summary="nobody", hint="ask")
                }
            ),
        ),
    ],
)
def test_a_grant_that_carries_nothing_answers_nothing_either(other, record):
    """An approval dated ahead, or by nobody who may give it, settles neither question."""
    out = MembershipEvent(
        group=GROUP.id,
        user="00ujane",
        at=datetime(2026, 11, 10, 8, 0, tzinfo=UTC),
        is_removal=True,
        actor=Actor(id="00ubob", kind="User"),
    )
    past = MembershipHistory(events={(GROUP.id, "00ujane"): (out,)})
    held = added(user("jane"), grant(), other, past=past, record=record)
    assert held.code == "removed-by-someone"
    late = user("jane", activated="2026-11-10")
    assert added(late, grant(), other, record=record).code == "account-newer-than-approval"
    assert added(user("jane"), grant(), other, record=record).grants == (cite_grant(grant()),)
    assert added(user("jane"), other, record=record).code in {
        "approval-in-future",
        "approver-unknown",
    }


def test_an_account_of_the_hour_before_the_approval_is_not_asked_about():
    """An approval that names an instant is as exact as the account's own."""
    at_noon = grant(approval=approval(approved_at=day("2026-11-10"), approved_time=time(12)))
    early = user("jane", activated_at=datetime(2026, 11, 10, 11, tzinfo=UTC))
    assert isinstance(added(early, at_noon), Change)
    late = user("jane", activated_at=datetime(2026, 11, 10, 13, tzinfo=UTC))
    assert added(late, at_noon).code == "account-newer-than-approval"
