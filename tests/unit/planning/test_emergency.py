"""Whoever leaves at once leaves by the rules of removals, and nobody leaves with them."""

from dataclasses import replace
from datetime import UTC, datetime

from reconciler.identity.catalog_person import describe_account
from reconciler.model.catalog import (
    Authority,
    BindGroup,
    Catalog,
    CreateGroup,
    IdentityMapping,
    Revocation,
)
from reconciler.model.outcome import Prepared
from reconciler.model.plan import Action, Blocked, Drift, GuardVerdict, PlanWarning
from reconciler.model.settings import IdentityRule, Settings
from reconciler.planning.lines.emergency import Leaver, narrow_catalog, select_lines
from reconciler.planning.plan_codec import digest
from tests.support.builders import CONNECTOR
from tests.support.nouns import (
    GROUP,
    account_change,
    approval,
    binding,
    change,
    grant,
    plan,
    ref,
    tool,
    user,
)

NOW = datetime(2026, 11, 28, 10, 15, tzinfo=UTC)
JANE = user("jane")
MAPPING = IdentityMapping(keys=("slack:U1",), login=JANE.login)
CURSOR = binding(
    "cursor", group=BindGroup(id="00gcursor", name="Cursor"), authority=Authority.AUTHORITATIVE
)
MOVED = binding("wiki", group=BindGroup(id="00gnew", name="Wiki"), replaces="00gold")
MADE = binding("chat", group=CreateGroup(name="Chat"))
ELSEWHERE = binding("mail", connector="okta-test")
CATALOG = Catalog(
    tools={name: tool(name) for name in ("claude", "cursor", "wiki", "chat", "mail")},
    bindings=(binding(), CURSOR, MOVED, MADE, ELSEWHERE),
    grants=(
        grant("jane"),
        grant("slack:U1", tool="cursor"),
        grant("joe"),
        grant("amy", expires="2026-11-20"),
    ),
    identities=(MAPPING,),
)


BLOCKED = Blocked(code="c", summary="s", hint="h", group=GROUP, tool="claude", entitlement="users")


DRIFT = Drift(
    group=GROUP,
    person=ref("jane"),
    tool="claude",
    entitlement="users",
    authority=Authority.ADDITIVE,
)


def narrowed(held, catalog=CATALOG):
    """The catalog of Jane's departure."""
    leaver = Leaver(
        user=JANE,
        person=describe_account(catalog, JANE, []),
        reason="left",
        by="mira@example.com",
        approval=approval(),
    )
    return narrow_catalog(catalog, CONNECTOR, leaver, held, NOW)


def test_only_groups_that_may_hold_the_person_are_asked_about():
    """Also one that a binding left, and one that it makes, of which no id is known."""
    found = narrowed({"00gclaude", "00gold"})
    assert [b.tool for b in found.bindings] == ["claude", "wiki", "chat"]
    assert [b.tool for b in narrowed(None).bindings] == ["claude", "cursor", "wiki", "chat"]


def test_nobody_else_is_removed_for_want_of_a_grant():
    """Neither as unapproved nor as ended: that is another run's to judge."""
    found = narrowed(None)
    assert {b.authority for b in found.bindings} == {Authority.ADDITIVE}
    assert [g.subject for g in found.grants if g.subject != JANE.id] == ["joe@example.com"]


def test_the_person_has_an_ended_grant_for_each_group_and_no_other():
    """So every group loses them, whoever put them there."""
    found = narrowed({"00gclaude", "00gcursor"})
    theirs = [g for g in found.grants if g.subject == JANE.id]
    assert [(g.tool, g.entitlement) for g in theirs] == [
        ("claude", "users"),
        ("cursor", "users"),
        ("chat", "users"),
    ]
    ended = Revocation(at=NOW.date(), by="mira@example.com", reason="left")
    assert {g.revoked for g in theirs} == {ended}
    assert all(g.has_ended(NOW) for g in theirs)


def test_the_id_means_just_that_account_whatever_a_file_says_of_its_login():
    """It was asked of Okta; and a mapping counts, also where the settings name no such rule."""
    other = IdentityMapping(keys=("JANE@example.com",), login="joe@example.com")
    settings = Settings(match=(IdentityRule.LOGIN,))
    found = narrowed(None, replace(CATALOG, identities=(other,), settings=settings))
    assert found.identities == (
        other,
        IdentityMapping(keys=(JANE.id,), login=JANE.login, id=JANE.id),
    )
    assert found.settings.match == (IdentityRule.MAPPING, IdentityRule.LOGIN)


def test_of_the_plan_the_persons_own_removals_are_taken_with_what_holds_them():
    """An addition, or a removal of another person, waits for its own plan."""
    mine = change("jane", Action.REMOVE, held_by=("min-members",))
    other = change("joe", Action.REMOVE)
    planned = plan(
        mine,
        other,
        change("jane"),
        guards=(
            GuardVerdict(guard="min-members", figures="1 of 1"),
            GuardVerdict(guard="run-removals", figures="9 of 9"),
        ),
        blocked=(
            replace(BLOCKED, person=ref("jane")),
            replace(BLOCKED, person=ref("joe")),
            BLOCKED,
        ),
        warnings=(
            PlanWarning(code="rule-keeps-ended", summary="s", people=(ref("jane"),)),
            PlanWarning(code="other", summary="s"),
        ),
        unapproved=(DRIFT,),
    )
    line = account_change("jane")
    account = Prepared(plan=plan(), reviewed_digest="d", changes=(), accounts=(line,))
    prepared = select_lines(account, planned, JANE)
    assert prepared.accounts == prepared.plan.accounts == (line,)
    assert prepared.reviewed_digest == digest(prepared.plan)
    assert prepared.changes == prepared.plan.changes == (mine,)
    assert [v.guard for v in prepared.plan.guards] == ["min-members"]
    assert [b.person.login for b in prepared.plan.blocked] == [JANE.login]
    assert [w.code for w in prepared.plan.warnings] == ["rule-keeps-ended"]
    assert prepared.plan.unapproved == ()
