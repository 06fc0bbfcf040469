"""What a change may not do in one go, judged against the catalog it starts from.

Whoever changes the rules must not be judged by the changed rules: approvers, durations, risks,
settings, identities and connectors count as they stand at the base. And nothing that explains
access goes away unseen: a grant is ended before it is deleted, a binding retired, moved and seen
to be empty.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from reconciler.model.catalog import BindGroup, Binding, Catalog, Grant, Risk, risks
from reconciler.model.diagnostics import Severity
from reconciler.model.ids import ConnectorId, is_same_login, login_key
from reconciler.model.validity import ACKNOWLEDGED_DAYS
from reconciler.policy.aliases import names
from reconciler.policy.changes import ended_grants
from reconciler.policy.changes.bindings import Emptied, abandoned
from reconciler.policy.changes.identity_changes import handed_over, is_renewed
from reconciler.policy.changes.loosened_guards import loosened
from reconciler.policy.changes.renewals import span, stretched, unrenewed
from reconciler.policy.checks import approvals, grant_windows
from reconciler.policy.finding import Finding, Place, place
from reconciler.policy.quoting import quoted

__all__ = ["KEPT_DAYS", "MOST_NEW_SUBJECTS", "changed", "lost", "weighed"]

KEPT_DAYS = 90
"""How long an ended grant stays as the record."""
MOST_NEW_SUBJECTS = 50
"""People a change may name who are not named at the base: each is a question to the directory."""

_OF_ITS_DAY = frozenset({"approver-unknown", "expires-missing", "grant-window-too-long"})
"""Rules that may have been others when a grant was made: they bind the grants of a change."""


def weighed(findings: Iterable[Finding], head: Catalog, base: Catalog) -> Iterator[Finding]:
    """The findings, with those errors that break a rule of today in a grant of the change.

    One that only gives less than it did is not the change's.
    """
    brought = {g.origin for g in _brought(head, base) if not _is_shortened(g, base)}
    for each in findings:
        is_new = each.code in _OF_ITS_DAY and each.origin in brought
        yield replace(each, severity=Severity.ERROR) if is_new else each


def _brought(head: Catalog, base: Catalog) -> tuple[Grant, ...]:
    known = set(base.grants)
    return tuple(g for g in head.grants if g not in known)


def _is_shortened(grant: Grant, base: Catalog) -> bool:
    """Whether the base has it in the same words but for an end that is no earlier."""
    begins, ends = span(grant)
    return any(
        _whose(other) == _whose(grant)
        and other.approval == grant.approval
        and span(other)[0] <= begins
        and ends <= span(other)[1]
        for other in base.grants
    )


def changed(head: Catalog, base: Catalog, now: datetime) -> Iterator[Finding]:
    """What is wrong with what the change brings; the places are in its own files."""
    today, brought = now.astimezone(UTC).date(), _brought(head, base)
    yield from _relying(head, base, brought, now)
    yield from _subjects(brought, base)
    yield from _moved(head, base)
    yield from unrenewed(head, base)
    yield from stretched(head, base)
    yield from handed_over(head, base, now)
    yield from loosened(head, base, now)
    yield from ended_grants.grants(head, base, now)
    yield from ended_grants.bindings(head, base)
    before = set(base.acknowledgements)
    for exception in head.acknowledgements:
        if exception not in before and exception.expires > today + timedelta(
            days=ACKNOWLEDGED_DAYS
        ):
            at = place(exception, "expires")
            yield Finding(
                code="acknowledgement-too-long",
                origin=at.origin,
                path=at.path,
                summary=f"the acknowledgement holds through {exception.expires}",
                hint=f"an exception lasts {ACKNOWLEDGED_DAYS} days at most: "
                f"through {today + timedelta(days=ACKNOWLEDGED_DAYS)}",
            )


def lost(
    head: Catalog, base: Catalog, now: datetime, emptied: Emptied = frozenset()
) -> Iterator[Finding]:
    """What the change takes away too early; the places are in the files of the base.

    `emptied` are bindings of the base with the groups that a plan has shown to hold nobody of ours.
    """
    today = now.astimezone(UTC).date()
    for grant in _without_successor(head, base):
        if not _is_past(grant, today):
            yield _deleted_grant(grant)
    yield from abandoned(head, base, emptied)


def _without_successor(head: Catalog, base: Catalog) -> Iterator[Grant]:
    """Grants of the base that are neither kept nor edited: nothing took their place."""
    kept, before = set(head.grants), set(base.grants)
    successors = Counter(_whose(g) for g in head.grants if g not in before)
    for grant in base.grants:
        if grant in kept:
            continue
        if successors[_whose(grant)] > 0:
            successors[_whose(grant)] -= 1
        else:
            yield grant


def _whose(grant: Grant) -> tuple[str, str, str]:
    return (grant.tool, grant.entitlement, login_key(grant.subject))


def _is_past(grant: Grant, today: date) -> bool:
    """Whether it ended long enough ago for its record to go."""
    ends = [day for day in (grant.expires, grant.validity.revoked_on) if day is not None]
    return bool(ends) and min(ends) + timedelta(days=KEPT_DAYS) < today


def _deleted_grant(grant: Grant) -> Finding:
    at = place(grant)
    return Finding(
        code="grant-deleted",
        origin=at.origin,
        summary=f"the grant of {quoted(grant.tool)} to {quoted(grant.subject)} is deleted",
        hint="keep the file and end it with `revoked: {at, by, reason}`; "
        f"it may go {KEPT_DAYS} days after it ended",
    )


def _moved(head: Catalog, base: Catalog) -> Iterator[Finding]:
    """A binding that names another group says which one it leaves."""
    before = {b.name: b for b in base.bindings}
    for binding in head.bindings:
        was = before.get(binding.name)
        if was is None or was.group == binding.group:
            continue
        if not isinstance(was.group, BindGroup):
            if binding.group.name != was.group.name and isinstance(binding.group, BindGroup):
                yield _perhaps_another(binding, was.group.name)
            continue
        same = isinstance(binding.group, BindGroup) and binding.group.id == was.group.id
        if not same and binding.replaces != was.group.id:
            at = place(binding, "group")
            yield Finding(
                code="binding-moved",
                origin=at.origin,
                path=at.path,
                summary=f"{quoted(binding.name)} leaves {quoted(was.group.name)} "
                f"({was.group.id}) without a word",
                hint=f"say `replaces: {was.group.id}`, so that the plan shows both sides",
            )


def _perhaps_another(binding: Binding, made: str) -> Finding:
    """Only Okta can tell whether it is the group that was made, under the name it has now."""
    at = place(binding, "group")
    return Finding(
        code="binding-moved",
        origin=at.origin,
        path=at.path,
        summary=f"{quoted(binding.name)} was to make {quoted(made)}, and binds "
        f"{quoted(binding.group.name)}: if that is another group, whoever is in the one that was "
        "made stays there unseen",
        hint="bind the one that was made by its id first; a change of its own then moves it, "
        "with `replaces`",
        severity=Severity.WARNING,
    )


def _relying(
    head: Catalog, base: Catalog, brought: tuple[Grant, ...], now: datetime
) -> Iterator[Finding]:
    """Grants that hold only because of what the same change does to the rules."""
    tools = {**head.tools, **base.tools}
    as_before = replace(head, tools=tools, identities=base.identities, grants=brought)
    as_after = replace(head, grants=brought)
    told = {(f.code, f.origin, f.path) for f in _judged(as_after, now)}
    for finding in _judged(as_before, now):
        if (finding.code, finding.origin, finding.path) not in told:
            yield _rule(finding.place, finding.summary)
    was_high = {entitled for entitled, risk in risks(base).items() if risk is Risk.HIGH}
    lowered = was_high - {each for each, risk in risks(head).items() if risk is Risk.HIGH}
    for grant in brought:
        if (grant.tool, grant.entitlement) in lowered:
            named = f"{quoted(grant.tool)}/{quoted(grant.entitlement)}"
            yield _rule(place(grant), f"{named} is of high risk at the base")
        for why in _reasons(grant, head, base):
            yield _rule(place(grant), why)


def _judged(catalog: Catalog, now: datetime) -> Iterator[Finding]:
    yield from approvals.approvers(catalog, now)
    yield from grant_windows.windows(catalog, now)


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
    meant = set(_meanings(grant.subject, head)) == set(_meanings(grant.subject, base))
    if not meant and not is_renewed(grant, base):
        yield f"the base says otherwise who {quoted(grant.subject)} is"
    yield from _of_settings(head, base)
    for connector in sorted(_connectors(grant, head)):
        if head.connectors.get(connector) != base.connectors.get(connector):
            yield f"the connector {quoted(connector)} is not the base's"


def _of_settings(head: Catalog, base: Catalog) -> Iterator[str]:
    if head.settings.match != base.settings.match:
        yield "the base matches people by other rules (`identity.match`)"
    if base.settings.reviews not in {None, head.settings.reviews}:
        yield "the base has approvals verified elsewhere (`reviews`)"


def _meanings(subject: str, catalog: Catalog) -> Iterator[tuple[str | None, str | None]]:
    """Who the subject is by its mappings; one with login and id answers its own login, too."""
    for mapping in catalog.identities:
        own = (mapping.login,) if mapping.login is not None and mapping.id is not None else ()
        if any(is_same_login(key, subject) for key in (*mapping.keys, *own)):
            yield (mapping.login, mapping.id)


def _connectors(grant: Grant, catalog: Catalog) -> set[ConnectorId]:
    entitlement = (grant.tool, grant.entitlement)
    return {b.connector for b in catalog.bindings if (b.tool, b.entitlement) == entitlement}


def _rule(at: Place, why: str) -> Finding:
    return Finding(
        code="policy-changed-with-grant",
        origin=at.origin,
        path=at.path,
        summary=f"the grant rests on what the same change alters: {why}",
        hint="have the change of the rules merged first, and the grant in a change of its own",
    )


def _subjects(brought: Iterable[Grant], base: Catalog) -> Iterator[Finding]:
    known = names(base)
    named = {known.shortest(g.subject) for g in base.grants}
    new: dict[str, Grant] = {}
    for grant in brought:
        subject = known.shortest(grant.subject)
        if subject not in named:
            new.setdefault(subject, grant)
    if len(new) > MOST_NEW_SUBJECTS:
        at = place(list(new.values())[MOST_NEW_SUBJECTS], "subject")
        yield Finding(
            code="subjects-too-many",
            origin=at.origin,
            path=at.path,
            summary=f"the change names {len(new)} people whom the base does not",
            hint=f"at most {MOST_NEW_SUBJECTS} in one change: split it",
        )
