"""A plan with every section and a result with every outcome."""

from datetime import timedelta

from reconciler.model.catalog import Authority, Risk
from reconciler.model.diagnostics import Span
from reconciler.model.outcome import ApplyResult, LeftLine, LineResult, Outcome
from reconciler.model.plan import (
    Blocked,
    CatalogRevision,
    Drift,
    Ending,
    GroupSummary,
    GuardVerdict,
    ManualLine,
    MemberClass,
    PersonRef,
    PlanWarning,
)
from reconciler.model.stanzas import acknowledgement_file
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import (
    GROUP,
    NEW_GROUP,
    ORG,
    change,
    creation,
    day,
    grant_ref,
    plan,
    ref,
    removal,
)

GRANT = grant_ref("a1", expires=day("2027-02-18"), origin=Span("grants/claude/jane.yaml", 3, 1))
ENDLESS = grant_ref("b2", ticket="AI-2", approved_by=("a@x.io", "b@x.io"))
EVIL = PersonRef(id="00uevil", login='evil"\n\x1b[31m\u202e@example.com', status="SUSPENDED")
BLOCKED = (
    Blocked(
        code="group-refused",
        summary='"Other" could not be read to its end: 403',
        hint="plan again",
        group=NEW_GROUP,
        tool="cursor",
        entitlement="users",
    ),
    Blocked(
        code="leaver",
        summary="sam@example.com is deprovisioned in Okta and still has a live grant",
        hint="end the grant: revoked: {at: 2026-11-22, by: YOUR-EMAIL, reason: left the company}",
        group=GROUP,
        tool="claude",
        entitlement="users",
        person=PersonRef(id="00usam", login="sam@example.com", status="DEPROVISIONED"),
        grants=(ENDLESS,),
    ),
)
HELD = removal("old", person=EVIL, held_by=("group-removals", "ourselves"))
CHANGES = (
    HELD,
    removal(
        "gone",
        MemberClass.ENDED,
        risk=Risk.HIGH,
        reason="the grant ended with 2026-11-15",
        keeps=("Other users", "Third users"),
        apps=("Claude Enterprise", "Claude Code"),
        grants=(GRANT,),
    ),
    creation(reason="cursor/users@okta-prod asks for a group of this name and there is none"),
    change("jane", grants=(GRANT, ENDLESS), reason="granted with no end date; 2 grants cover this"),
    change("joe", group=NEW_GROUP, tool="cursor"),
)


def drift(name, authority):
    """An unapproved member."""
    return Drift(
        group=GROUP, tool="claude", entitlement="users", person=ref(name), authority=authority
    )


FULL = plan(
    *CHANGES,
    sandbox=True,
    catalog=CatalogRevision(commit="0123456789abcdef0123", dirty=True, digest="d1"),
    blocked=BLOCKED,
    missing=(drift("jane", Authority.ADDITIVE),),
    unapproved=(drift("stray", Authority.ADDITIVE), drift("known", Authority.AUTHORITATIVE)),
    guards=(
        GuardVerdict(
            guard="group-removals",
            figures="6 of 20 members; the limit is more than 5 and more than 25 %",
            group=GROUP,
            people=(EVIL, ref("joe")),
            acknowledgement=acknowledgement_file(
                "group-removals", CONNECTOR, GROUP, (EVIL, ref("joe")), NOW
            ),
        ),
        GuardVerdict(
            guard="run-removals",
            figures="21 removals of 100 members read; the limit is more than 20",
            people=(ref("jane"),),
            acknowledged_by="lead@example.com",
        ),
    ),
    manual=(
        ManualLine(
            tool="midjourney", entitlement="users", subject="jane@example.com", grant=ENDLESS
        ),
    ),
    ending=(
        Ending(
            group=GROUP,
            tool="claude",
            entitlement="users",
            person=ref("jane"),
            ends_at=NOW.replace(day=30, hour=0),
            grant=GRANT,
        ),
    ),
    warnings=(
        PlanWarning(code="group-renamed", summary="the id decides", hint="update the name"),
        PlanWarning(code="no-hint", summary="nothing to do about it"),
    ),
    groups=(
        GroupSummary(
            group=GROUP,
            bindings=("claude/users@okta-prod", "claude/admins@okta-prod"),
            authority=Authority.ADDITIVE,
            members=1234,
            granted=1200,
            protected=2,
            rule_fed=20,
        ),
        GroupSummary(
            group=NEW_GROUP,
            bindings=("cursor/users@okta-prod",),
            authority=Authority.AUTHORITATIVE,
            members=None,
            granted=1,
        ),
    ),
    tool_version="1.0.0",
)


def line(name, outcome, detail="", request_id="", **more):
    """One line of a result."""
    return LineResult(
        change=change(name, **more), outcome=outcome, detail=detail, request_id=request_id
    )


RESULT = ApplyResult(
    run="20261122T090000Z-abc123",
    connector=CONNECTOR,
    org=ORG,
    sandbox=False,
    plan_digest="d" * 64,
    started_at=NOW,
    ended_at=NOW + timedelta(minutes=2),
    lines=(
        line("v", Outcome.VERIFIED, request_id="req-1", grants=(GRANT,)),
        line("a", Outcome.ACCEPTED, "Okta accepted it; its list does not show it yet", "req-2"),
        line("s", Outcome.ALREADY, "Okta said 404", "req-3"),
        line("r", Outcome.REFUSED, "no rights\x1b[2J", "req-4"),
        line("f", Outcome.FAILED, "no answer"),
        line("h", Outcome.HELD, "held by group-removals", held_by=("group-removals",)),
        line("n", Outcome.NOT_RUN, "the run was asked to end"),
    ),
    left=(LeftLine(change=change("jane"), why="already so"),),
    blocked=BLOCKED,
    interrupted=True,
)
