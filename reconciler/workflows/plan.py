"""Plan: observe, then compute the difference."""

from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.connector_checks.org_checks import judge_sharing
from reconciler.connector_checks.roles import holder_of, judge_reading
from reconciler.live import approvals as reviews
from reconciler.live.credential import roles_of
from reconciler.live.follow_up import detail, is_needed
from reconciler.live.ports import ApprovalReader, DirectoryReader
from reconciler.live.snapshot import observe
from reconciler.model.bindings import bindings_of
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.directory import LiveState
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import Plan, PlanWarning
from reconciler.model.review import Approvals
from reconciler.planning.build import PlanInputs, build
from reconciler.planning.refs import cite_person

__all__ = ["Planned", "cautioned", "plan", "plan_at"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and the observation it was made from."""

    plan: Plan
    live: LiveState


async def plan(
    catalog: Catalog,
    connector: ConnectorId,
    reader: DirectoryReader,
    beside: PlanInputs,
    approvals: ApprovalReader | None = None,
    *,
    is_read_only: bool = False,
) -> Planned:
    """One connector's plan at the inputs' as-of, from one complete observation.

    Read only, it also warns where the credential that it was made with could write. `approvals` is
    asked where the catalog's settings name a forge, about what would be added.
    """
    described = catalog.connectors[connector]
    bindings = bindings_of(catalog, connector)
    live = await observe(reader, catalog, bindings, described.canary, now=beside.as_of)
    if is_read_only:
        beside = await cautioned(beside, described, reader, live)
    made = build(catalog, connector, live, beside)
    if is_needed(made):
        live = await detail(reader, live, made)
        made = build(catalog, connector, live, beside)
    if catalog.settings.reviews is not None and reviews.is_needed(made):
        live = replace(live, approvals=await _ask(approvals, catalog, made, live))
        made = build(catalog, connector, live, beside)
    return Planned(plan=made, live=live)


async def _ask(
    approvals: ApprovalReader | None, catalog: Catalog, made: Plan, live: LiveState
) -> Approvals:
    """With nobody to ask, nothing is known: high risk waits."""
    if approvals is None:
        return Approvals(problem="nobody was asked")
    return await approvals.fetch_approvals(catalog, made, live)


def plan_at(
    catalog: Catalog,
    connector: ConnectorId,
    live: LiveState,
    beside: PlanInputs,
    as_of: datetime,
) -> Plan:
    """The plan for another instant, from an observation already made: no request is sent."""
    return build(catalog, connector, live, replace(beside, as_of=as_of))


async def cautioned(
    beside: PlanInputs, connector: Connector, reader: DirectoryReader, live: LiveState
) -> PlanInputs:
    """The inputs, with a warning where the plan's credential could write.

    Roles are read only where `auth` is split and no scopes tell. That everything signs in with one
    credential is no news in a sandbox, whose own credential is nobody's.
    """
    owner = live.users.get(live.caller) if live.caller else None
    checks = () if beside.sandbox else tuple(judge_sharing(connector))
    if connector.plan_auth != connector.apply_auth:
        has_scopes = live.credential is not None and live.credential.granted is not None
        roles = () if has_scopes else await roles_of(reader, live.credential, live.caller)
        reading = judge_reading(holder_of(live.credential, owner), roles, live)
        checks = (*checks, *(check for check in reading if check.code == "plan-can-write"))
    people = (cite_person(owner),) if owner is not None else ()
    told = tuple(
        PlanWarning(code=c.code, summary=c.summary, hint=c.hint, people=people) for c in checks
    )
    return replace(beside, warnings=(*beside.warnings, *told))
