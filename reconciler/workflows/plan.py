"""Plan: observe, then compute the difference."""

from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.live.detail import detail, is_needed
from reconciler.live.identity import roles_of
from reconciler.live.ports import DirectoryReader
from reconciler.live.snapshot import observe
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.directory import LiveState
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import Plan, PlanWarning
from reconciler.planning.build import Circumstances, build
from reconciler.planning.probe import judge_sharing
from reconciler.planning.rights import holder_of, judge_reading
from reconciler.planning.scope import bindings_of

__all__ = ["Planned", "plan", "plan_at"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and the observation it was made from."""

    plan: Plan
    live: LiveState


async def plan(
    catalog: Catalog,
    connector: ConnectorId,
    reader: DirectoryReader,
    beside: Circumstances,
    *,
    is_read_only: bool = False,
) -> Planned:
    """One connector's plan at the circumstances' as-of, from one complete observation.

    Read only, it also warns where the credential that it was made with could write.
    """
    described = catalog.connectors[connector]
    live = await observe(reader, catalog, bindings_of(catalog, connector), described.canary)
    if is_read_only:
        told = await _overpowered(described, reader, live, beside)
        beside = replace(beside, warnings=(*beside.warnings, *told))
    made = build(catalog, connector, live, beside)
    if is_needed(made):
        live = await detail(reader, live, made)
        made = build(catalog, connector, live, beside)
    return Planned(plan=made, live=live)


async def _overpowered(
    connector: Connector, reader: DirectoryReader, live: LiveState, beside: Circumstances
) -> tuple[PlanWarning, ...]:
    """Roles are read only where scopes do not tell; a sandbox's own credential is nobody's."""
    checks = () if beside.sandbox else tuple(judge_sharing(connector))
    if connector.plan_auth != connector.apply_auth:
        owner = live.users.get(live.caller) if live.caller else None
        has_scopes = live.credential is not None and live.credential.granted is not None
        roles = () if has_scopes else await roles_of(reader, live.credential, live.caller)
        reading = judge_reading(holder_of(live.credential, owner), roles, live)
        checks = (*checks, *(check for check in reading if check.code == "plan-can-write"))
    return tuple(PlanWarning(code=c.code, summary=c.summary, hint=c.hint) for c in checks)


def plan_at(
    catalog: Catalog,
    connector: ConnectorId,
    live: LiveState,
    beside: Circumstances,
    as_of: datetime,
) -> Plan:
    """The plan for another instant, from an observation already made: no request is sent."""
    return build(catalog, connector, live, replace(beside, as_of=as_of))
