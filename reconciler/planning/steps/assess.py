"""What a plan rests on before anything is asked about its lines: scope, people, intent, classes.

Nothing here depends on what a follow-up read tells, and only the last step depends on the instant.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler.identity.resolve import Resolved
from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import Binding, Catalog, Grant, accounts_of, bindings_of, risks
from reconciler.model.directory import LiveState
from reconciler.model.evidence import RecentWrites
from reconciler.model.ids import ConnectorId, EntitlementId, ToolId
from reconciler.model.plan import CatalogRevision, PlanWarning
from reconciler.planning.approvals.accounts import warn_of_approvers
from reconciler.planning.approvals.grant_past import GrantHistory
from reconciler.planning.classify import find_protected
from reconciler.planning.context import PlanContext
from reconciler.planning.desired import GroupIntent, add_given_access, find_intent
from reconciler.planning.lines.account_lines import build_shield
from reconciler.planning.lines.diff import GroupCase, assess_group
from reconciler.planning.people import resolve_people, wanted_subjects
from reconciler.planning.scope import ManagedGroup, Scope, leave_to_others, scope

__all__ = ["Assessment", "PlanInputs", "assess", "assess_at"]

_Grants = Mapping[tuple[ToolId, EntitlementId], tuple[Grant, ...]]


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
    merged_at: Mapping[str, datetime] = field(default_factory=dict)
    """When each request for an account was merged, by its hash, as far as git tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One observation held against the catalog at one instant; no line is settled yet."""

    connector: ConnectorId
    live: LiveState
    inputs: PlanInputs
    scope: Scope
    context: PlanContext
    warnings: tuple[PlanWarning, ...]
    cases: tuple[GroupCase, ...] = ()

    @property
    def accounts(self) -> tuple[AccountDeclaration, ...]:
        """The people's files that the connector carries out."""
        return accounts_of(self.context.catalog, self.connector)


def assess(
    catalog: Catalog, connector: ConnectorId, live: LiveState, inputs: PlanInputs
) -> Assessment:
    """Where the connector's groups and their people stand, by the files and by what was read."""
    catalog = inputs.record.bound_approvals(catalog)
    bindings = bindings_of(catalog, connector)
    area = leave_to_others(scope(bindings, live), live, catalog, connector)
    accounts = accounts_of(catalog, connector)
    known = resolve_people(catalog, live, wanted_subjects(catalog, bindings, accounts))
    protection = find_protected(catalog.settings.protected, known.directory, live.unread_subjects)
    gone = warn_of_approvers(catalog, bindings, known)
    context = PlanContext(
        catalog=catalog,
        known=known,
        protected=protection.ids,
        holds_all=protection.holds_all,
        now=inputs.as_of,
        recent=inputs.recent,
        record=inputs.record,
        risks=risks(catalog),
        shield=build_shield(protection, catalog.connectors.values(), live.caller),
        merged_at=inputs.merged_at,
        is_one_of_several=_count_lifecycles(catalog) > 1,
    )
    timeless = Assessment(
        connector=connector,
        live=live,
        inputs=inputs,
        scope=area,
        context=context,
        warnings=(*inputs.warnings, *area.warnings, *protection.warnings, *gone),
    )
    return assess_at(timeless, inputs.as_of)


def _count_lifecycles(catalog: Catalog) -> int:
    return sum(1 for each in catalog.connectors.values() if each.lifecycle and not each.disabled)


def assess_at(assessment: Assessment, as_of: datetime) -> Assessment:
    """The same observation and files, at that instant."""
    inputs = replace(assessment.inputs, as_of=as_of)
    known, catalog = assessment.context.known, assessment.context.catalog
    grants = _by_entitlement(catalog, inputs)
    names = _live_subjects(grants, bindings_of(catalog, assessment.connector), as_of)
    context = replace(
        assessment.context,
        now=as_of,
        names=names,
        unresolved=frozenset(n for n in names if not isinstance(known.of(n), Resolved)),
    )
    intents = _intents(assessment.scope.groups, grants, context)
    cases = tuple(assess_group(group, intent, context) for group, intent in intents)
    return replace(assessment, inputs=inputs, context=context, cases=cases)


def _by_entitlement(catalog: Catalog, inputs: PlanInputs) -> _Grants:
    return _group(g for g in catalog.grants if inputs.record.is_said(g, inputs.as_of))


def _group(grants: Iterable[Grant]) -> _Grants:
    found: dict[tuple[ToolId, EntitlementId], list[Grant]] = defaultdict(list)
    for grant in grants:
        found[grant.tool, grant.entitlement].append(grant)
    return {key: tuple(several) for key, several in found.items()}


def _live_subjects(grants: _Grants, bindings: Iterable[Binding], now: datetime) -> frozenset[str]:
    return frozenset(
        grant.subject
        for binding in bindings
        for grant in grants.get((binding.tool, binding.entitlement), ())
        if grant.validity.is_live(now)
    )


def _intents(
    groups: Iterable[ManagedGroup], grants: _Grants, context: PlanContext
) -> Iterable[tuple[ManagedGroup, GroupIntent]]:
    """What git wants of each group, and what evidence adds of access that ended."""
    record, given, now = context.record, context.recent.given, context.now
    is_shown = bool(given) and bool(record.stillborn or record.unbound)
    every = _group(context.catalog.grants) if is_shown else {}
    for group in groups:
        intent = find_intent(group, grants, context.known, now, record.unbound)
        if is_shown:
            by_word = find_intent(group, every, context.known, now)
            intent = add_given_access(intent, by_word, group, given)
        yield group, intent
