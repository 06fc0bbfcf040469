"""Assembles the plan of one connector from what git says and what Okta holds.

The whole of planning is here, in order: scope, people, intent, standing, difference, guards.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.identity.resolve import Resolved
from reconciler.model.bindings import bindings_of
from reconciler.model.catalog import Authority, Binding, Catalog, Fulfilment, Grant, Risk, risks
from reconciler.model.directory import LiveState, Members
from reconciler.model.evidence import RecentWrites
from reconciler.model.ids import ConnectorId, EntitlementId, OktaUserId, ToolId
from reconciler.model.plan import (
    Action,
    Blocked,
    CatalogRevision,
    Change,
    Drift,
    GroupSummary,
    ManualLine,
    PersonRef,
    Plan,
    PlanWarning,
)
from reconciler.planning.approvals.accounts import warn_of_approvers
from reconciler.planning.approvals.effect import warn_of_unread_reviews
from reconciler.planning.approvals.grant_past import GrantHistory
from reconciler.planning.binding_moves import Access, Leaving, hold_moves, is_moved
from reconciler.planning.classify import MemberClasses, Protection, classify_members, find_protected
from reconciler.planning.context import Context
from reconciler.planning.desired import GroupIntent, desired, with_given
from reconciler.planning.guards.group_guards import GroupFacts, collect_facts
from reconciler.planning.guards.run_guards import judge
from reconciler.planning.lines.diff import GroupDiff, diff
from reconciler.planning.manual_removals import membership_history, warn_of_unread_log
from reconciler.planning.people import People, people, wanted_subjects
from reconciler.planning.refs import cite_grant
from reconciler.planning.scope import ManagedGroup, Scope, leave_to_others, scope
from reconciler.planning.selection.unconfirmed import warn_of_invisible_writes
from reconciler.planning.warnings import collect_warnings, find_endings

__all__ = ["PlanInputs", "blocked_order", "build", "change_order", "drift_order"]

Grants = Mapping[tuple[ToolId, EntitlementId], tuple[Grant, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInputs:
    """What stands beside the decision: when, from which files, and against which kind of org."""

    as_of: datetime
    created_at: datetime
    revision: CatalogRevision
    sandbox: bool = False
    tool_version: str = ""
    warnings: tuple[PlanWarning, ...] = ()
    recent: RecentWrites = field(default_factory=RecentWrites)
    """What earlier runs took away lately: it counts towards this run's limits."""
    record: GrantHistory = field(default_factory=GrantHistory)
    """What the files' past and their rules say of grants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One group with what git wants of it and where its members stand."""

    group: ManagedGroup
    intent: GroupIntent
    standing: MemberClasses

    @property
    def going(self) -> Members:
        """Members whom the plan does not keep."""
        unapproved = self.standing.unapproved
        is_authoritative = self.group.authority is Authority.AUTHORITATIVE
        return self.standing.ended_present | (unapproved if is_authoritative else frozenset())

    def holding(self, added: frozenset[Leaving]) -> Members:
        """Members whom the plan keeps, and those whom it adds."""
        wanted = self.standing.granted_absent
        key = self.group.ref.key
        return (self.group.members - self.going) | {u for u in wanted if (key, u) in added}


def build(catalog: Catalog, connector: ConnectorId, live: LiveState, inputs: PlanInputs) -> Plan:
    """The plan that would make the connector's groups what git wants."""
    bindings = bindings_of(catalog, connector)
    area = leave_to_others(scope(bindings, live), live, catalog, connector)
    known = people(catalog, live, wanted_subjects(catalog, bindings))
    protection = find_protected(catalog.settings.protected, known.directory, live.unread_subjects)
    grants = _by_entitlement(catalog, inputs)
    cases = _cases(area, grants, known, protection, inputs, catalog)
    context = Context(
        catalog=catalog,
        known=known,
        protected=protection.ids,
        names_of=_kept_names(cases),
        apps=live.apps,
        past=membership_history(live, catalog.connectors.get(connector)),
        approvals=live.approvals,
        holds_all=protection.holds_all,
        names=(names := _live_subjects(grants, bindings, inputs.as_of)),
        unresolved=frozenset(n for n in names if not isinstance(known.of(n), Resolved)),
        now=inputs.as_of,
        recent=inputs.recent,
        record=inputs.record,
        risks=risks(catalog),
    )
    diffs = [diff(case.group, case.intent, case.standing, context) for case in cases]
    group_facts = [collect_facts(case.group, case.intent, context) for case in cases]
    gone = warn_of_approvers(catalog, bindings, known)
    warnings = (*inputs.warnings, *area.warnings, *protection.warnings, *gone)
    return _assemble(
        _Parts(
            connector=connector,
            live=live,
            inputs=inputs,
            context=context,
            cases=cases,
            diffs=diffs,
            facts=group_facts,
            area=area,
            warnings=warnings,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Everything a plan is put together from."""

    connector: ConnectorId
    live: LiveState
    inputs: PlanInputs
    context: Context
    cases: list[_Case]
    diffs: list[GroupDiff]
    facts: list[GroupFacts]
    area: Scope
    warnings: tuple[PlanWarning, ...]


def _assemble(parts: _Parts) -> Plan:
    context, live, beside = parts.context, parts.live, parts.inputs
    catalog = context.catalog
    settled, waiting = _moves(parts)
    changes = sorted(settled, key=change_order)
    judged = judge(changes, parts.facts, context, parts.connector, live.caller)
    blocked = (*parts.area.blocked, *(b for d in parts.diffs for b in d.blocked), *waiting)
    endings = (e for case in parts.cases for e in find_endings(case.group, case.intent, context))
    told = collect_warnings(
        catalog,
        catalog.connectors.get(parts.connector),
        live.canary,
        parts.facts,
        judged.changes,
        beside.as_of,
    )
    return Plan(
        connector=parts.connector,
        org=live.org,
        sandbox=beside.sandbox,
        as_of=beside.as_of,
        created_at=beside.created_at,
        catalog=beside.revision,
        reads=live.reads,
        groups=tuple(_summary(case) for case in parts.cases),
        changes=judged.changes,
        blocked=tuple(sorted(blocked, key=blocked_order)),
        missing=tuple(sorted((m for d in parts.diffs for m in d.missing), key=drift_order)),
        unapproved=tuple(sorted((u for d in parts.diffs for u in d.unapproved), key=drift_order)),
        guards=judged.verdicts,
        manual=_manual(catalog, beside.as_of),
        ending=tuple(sorted(endings, key=lambda e: (e.ends_at, e.tool, e.person.login))),
        warnings=(
            *parts.warnings,
            *(w for d in parts.diffs for w in d.warnings),
            *told,
            *warn_of_unread_log(live.membership_log, judged.changes),
            *warn_of_unread_reviews(live.approvals, judged.changes, blocked),
            *warn_of_invisible_writes(context.recent.unseen, live.members, judged.changes),
        ),
        tool_version=beside.tool_version,
    )


def _moves(parts: _Parts) -> tuple[tuple[Change, ...], tuple[Blocked, ...]]:
    """Every change, but for removals that wait for their person to arrive in the new group."""
    changes = tuple(change for d in parts.diffs for change in d.changes)
    moving: dict[Leaving, frozenset[Access]] = {}
    for case in parts.cases:
        moving |= _moving(case, parts.inputs.as_of)
    if not moving:
        return changes, ()
    wanted = {(tool, entitlement) for have in moving.values() for tool, entitlement, _ in have}
    added = frozenset(
        (c.group.key, c.person.id)
        for c in changes
        if c.action is Action.ADD and c.person and c.person.id
    )
    there = frozenset(
        (b.tool, b.entitlement, user)
        for case in parts.cases
        for b in case.group.bindings
        if not b.retired and (b.tool, b.entitlement) in wanted
        for user in case.holding(added)
    )
    return hold_moves(changes, moving, there)


def _moving(case: _Case, now: datetime) -> dict[Leaving, frozenset[Access]]:
    """What the group's members have there by a binding that moved on, and are to keep."""
    moved = {(b.tool, b.entitlement) for b in case.group.bindings if is_moved(b)}
    if not moved:
        return {}
    return {
        (case.group.ref.key, user): frozenset(
            (g.tool, g.entitlement, user)
            for g in grants
            if (g.tool, g.entitlement) in moved and not g.validity.has_ended(now)
        )
        for user, grants in case.intent.ended.items()
    }


def _by_entitlement(catalog: Catalog, beside: PlanInputs) -> Grants:
    return _grouped(g for g in catalog.grants if beside.record.is_said(g, beside.as_of))


def _grouped(grants: Iterable[Grant]) -> Grants:
    found: dict[tuple[ToolId, EntitlementId], list[Grant]] = defaultdict(list)
    for grant in grants:
        found[grant.tool, grant.entitlement].append(grant)
    return {key: tuple(several) for key, several in found.items()}


def _cases(
    area: Scope,
    grants: Grants,
    known: People,
    protection: Protection,
    beside: PlanInputs,
    catalog: Catalog,
) -> list[_Case]:
    cases = []
    record, given = beside.record, beside.recent.given
    is_shown = bool(given) and bool(record.stillborn or record.unbound)
    every = _grouped(catalog.grants) if is_shown else {}
    for group in area.groups:
        intent = desired(group, grants, known, beside.as_of, record.unbound)
        if is_shown:
            by_word = desired(group, every, known, beside.as_of)
            intent = with_given(intent, by_word, group, given)
        standing = classify_members(group, intent, protection.ids)
        cases.append(_Case(group=group, intent=intent, standing=standing))
    return cases


def _kept_names(cases: list[_Case]) -> Mapping[OktaUserId, tuple[str, ...]]:
    """For everyone who loses a group: the managed groups they stay in."""
    losers = frozenset().union(*(case.going for case in cases))
    kept: dict[OktaUserId, list[str]] = defaultdict(list)
    for case in cases:
        for user in (case.group.members & losers) - case.going:
            kept[user].append(case.group.ref.name)
    return {user: tuple(sorted(names)) for user, names in kept.items()}


def _live_subjects(grants: Grants, bindings: Iterable[Binding], now: datetime) -> frozenset[str]:
    return frozenset(
        grant.subject
        for binding in bindings
        for grant in grants.get((binding.tool, binding.entitlement), ())
        if grant.validity.is_live(now)
    )


def _summary(case: _Case) -> GroupSummary:
    group = case.group
    return GroupSummary(
        group=group.ref,
        bindings=tuple(b.name for b in group.bindings),
        authority=group.authority,
        members=None if group.is_new else len(group.members),
        granted=len(case.intent.live),
        protected=len(case.standing.protected),
        rule_fed=len(case.standing.rule_fed),
    )


def _manual(catalog: Catalog, now: datetime) -> tuple[ManualLine, ...]:
    """Live grants of tools that a person provisions by hand."""
    lines = [
        ManualLine(
            tool=grant.tool,
            entitlement=grant.entitlement,
            subject=grant.subject,
            grant=cite_grant(grant),
        )
        for grant in catalog.grants
        if catalog.tools[grant.tool].fulfilment is Fulfilment.MANUAL and grant.validity.is_live(now)
    ]
    return tuple(sorted(lines, key=lambda m: (m.tool, m.entitlement, m.subject, m.grant.hash)))


_ACTIONS = {Action.REMOVE: 0, Action.CREATE_GROUP: 1, Action.ADD: 2}


def change_order(change: Change) -> tuple[object, ...]:
    """Where a change stands in the plan."""
    return (
        change.action is not Action.REMOVE,
        change.risk is not Risk.HIGH,
        change.tool,
        change.entitlement,
        change.group.name,
        change.group.key,
        _ACTIONS[change.action],
        *_person(change.person),
    )


def blocked_order(line: Blocked) -> tuple[object, ...]:
    """Where a blocked line stands in the plan."""
    return (
        line.tool,
        line.entitlement,
        line.group.name,
        line.group.key,
        line.person is not None,
        line.code,
        *_person(line.person),
        tuple(g.hash for g in line.grants),
        line.summary,
    )


def drift_order(line: Drift) -> tuple[object, ...]:
    """Where a drift line stands in the plan."""
    return (line.tool, line.entitlement, line.group.name, line.group.key, *_person(line.person))


def _person(person: PersonRef | None) -> tuple[str, str]:
    return (person.login.casefold(), person.id or "") if person else ("", "")
