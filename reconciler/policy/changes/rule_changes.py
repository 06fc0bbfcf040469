"""No grant rests on rules that the same change alters.

Who changes the rules must not be judged by the changed rules: approvers, durations, risks, doors,
settings, identities and connectors count as they stand at the base.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from reconciler.model.catalog import Catalog, Grant, Risk, risks
from reconciler.model.diagnostics import Example, Rule
from reconciler.model.ids import ConnectorId, is_same_login
from reconciler.model.settings import Merging, RequiredApproval
from reconciler.policy import sample
from reconciler.policy.changes.compared_grants import brought_grants
from reconciler.policy.changes.identity_changes import is_renewed
from reconciler.policy.checks import approvals, doors, grant_windows
from reconciler.policy.finding import Finding, Place, place
from reconciler.policy.quoting import quoted

__all__ = [
    "POLICY_CHANGED_WITH_GRANT",
    "RULES",
    "find_grants_on_altered_rules",
    "has_same_meaning",
    "list_altered_settings",
]

POLICY_CHANGED_WITH_GRANT = Rule(
    code="policy-changed-with-grant",
    summary="A change brings a grant or an account's state that rests on rules which it alters",
    remedy="Have the change of the rules merged first, and the rest in a change of its own",
    example=Example(
        {},
        base={
            sample.TOOL_FILE: sample.TOOL.replace("max_duration: 90d", "max_duration: 30d"),
            sample.GRANT_FILE: None,
        },
    ),
)
RULES = (POLICY_CHANGED_WITH_GRANT,)


def find_grants_on_altered_rules(head: Catalog, base: Catalog, now: datetime) -> Iterator[Finding]:
    """Grants that hold only because of what the same change does to the rules."""
    brought = brought_grants(head, base)
    tools = {**head.tools, **base.tools}
    as_before = replace(
        head, tools=tools, doors=base.doors, identities=base.identities, grants=brought
    )
    as_after = replace(head, grants=brought)
    told = {(f.code, f.origin, f.path) for f in _judge_grants(as_after, now)}
    for finding in _judge_grants(as_before, now):
        if (finding.code, finding.origin, finding.path) not in told:
            yield _report(finding.place, finding.summary)
    was_high = {entitled for entitled, risk in risks(base).items() if risk is Risk.HIGH}
    lowered = was_high - {each for each, risk in risks(head).items() if risk is Risk.HIGH}
    for grant in brought:
        if (grant.tool, grant.entitlement) in lowered:
            named = f"{quoted(grant.tool)}/{quoted(grant.entitlement)}"
            yield _report(place(grant), f"{named} is of high risk at the base")
        for why in _reasons(grant, head, base):
            yield _report(place(grant), why)


def _judge_grants(catalog: Catalog, now: datetime) -> Iterator[Finding]:
    yield from approvals.check_approvers(catalog, now)
    yield from doors.check_sources(catalog, now)
    yield from grant_windows.check_windows(catalog, now)
    yield from doors.check_starts(catalog, now)


def _reasons(grant: Grant, head: Catalog, base: Catalog) -> Iterator[str]:
    """What the grant rests on, beside approvers, windows and risks, that the change alters."""
    tool, before = head.tools.get(grant.tool), base.tools.get(grant.tool)
    if tool is None:
        return
    if before is None:
        yield f"the tool {quoted(grant.tool)} is new, and nobody reviewed who may approve for it"
        return
    if grant.entitlement not in before.entitlements:
        yield f"{quoted(grant.tool)} has no entitlement {quoted(grant.entitlement)} at the base"
    if tool.approvals != before.approvals:
        yield f"the base counts other approvals for {quoted(grant.tool)} (`policy.approvals`)"
    if not has_same_meaning(grant.subject, head, base) and not is_renewed(grant, base):
        yield f"the base says otherwise who {quoted(grant.subject)} is"
    yield from list_altered_settings(head, base)
    for connector in sorted(_connectors(grant, head)):
        if head.connectors.get(connector) != base.connectors.get(connector):
            yield f"the connector {quoted(connector)} is not the base's"


def list_altered_settings(head: Catalog, base: Catalog) -> Iterator[str]:
    """What the change alters in how people are found, and approvals asked for and verified."""
    before, after = base.settings, head.settings
    if after.match != before.match:
        yield "the base matches people by other rules (`identity.match`)"
    if _strictness(after.required) < _strictness(before.required):
        yield "the base has more approvals verified (`approvals.required`)"
    if (before.proposals.merge, after.proposals.merge) == (Merging.MANUAL, Merging.WHEN_VERIFIED):
        yield "the base leaves merging to people (`proposals.merge`)"
    for name in _altered_doors(head, base):
        yield f"the base has approvals verified elsewhere (`doors/{name}.yaml`)"


def _strictness(required: RequiredApproval) -> int:
    return (RequiredApproval.NONE, RequiredApproval.HIGH, RequiredApproval.ALL).index(required)


def _altered_doors(head: Catalog, base: Catalog) -> Iterator[str]:
    """Doors that are not the base's, unless the first of all, before which nothing was verified."""
    moved, now = base.settings.moved_reviews, head.doors.github
    if moved is not None and base.doors.github is None:
        if now is None or now.repository != moved.repository:
            yield "github"
    elif base.doors.sources and now != base.doors.github:
        yield "github"
    if (base.doors.sources or moved is not None) and head.doors.jira != base.doors.jira:
        yield "jira"


def has_same_meaning(subject: str, head: Catalog, base: Catalog) -> bool:
    """Whether both say the same of who the subject is."""
    return set(_meanings(subject, head)) == set(_meanings(subject, base))


def _meanings(subject: str, catalog: Catalog) -> Iterator[tuple[str | None, str | None]]:
    """Who the subject is by its mappings; one with login and id answers its own login, too."""
    for mapping in catalog.identities:
        own = (mapping.login,) if mapping.login is not None and mapping.id is not None else ()
        if any(is_same_login(key, subject) for key in (*mapping.keys, *own)):
            yield (mapping.login, mapping.id)


def _connectors(grant: Grant, catalog: Catalog) -> set[ConnectorId]:
    entitlement = (grant.tool, grant.entitlement)
    return {b.connector for b in catalog.bindings if (b.tool, b.entitlement) == entitlement}


def _report(at: Place, why: str) -> Finding:
    summary = f"the grant rests on what the same change alters: {why}"
    return Finding.at(at, POLICY_CHANGED_WITH_GRANT, summary)
