"""Plan: observe, then compute the difference."""

from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.live import reviews
from reconciler.live.detail import detail, is_needed
from reconciler.live.ports import ApprovalReader, DirectoryReader
from reconciler.live.snapshot import observe
from reconciler.model.catalog import Catalog
from reconciler.model.directory import LiveState
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import Plan
from reconciler.model.review import Approvals
from reconciler.planning.build import Circumstances, build
from reconciler.planning.scope import bindings_of
from reconciler.workflows.caution import cautioned

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
    approvals: ApprovalReader | None = None,
    *,
    is_read_only: bool = False,
) -> Planned:
    """One connector's plan at the circumstances' as-of, from one complete observation.

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
    beside: Circumstances,
    as_of: datetime,
) -> Plan:
    """The plan for another instant, from an observation already made: no request is sent."""
    return build(catalog, connector, live, replace(beside, as_of=as_of))
