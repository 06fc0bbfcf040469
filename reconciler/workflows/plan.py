"""Plan: observe, then compute the difference."""

from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.live.detail import detail, is_needed
from reconciler.live.ports import DirectoryReader
from reconciler.live.snapshot import observe
from reconciler.model.catalog import Catalog
from reconciler.model.directory import LiveState
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import Plan
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
    *,
    is_read_only: bool = False,
) -> Planned:
    """One connector's plan at the circumstances' as-of, from one complete observation.

    Read only, it also warns where the credential that it was made with could write.
    """
    described = catalog.connectors[connector]
    live = await observe(reader, catalog, bindings_of(catalog, connector), described.canary)
    if is_read_only:
        beside = await cautioned(beside, described, reader, live)
    made = build(catalog, connector, live, beside)
    if is_needed(made):
        live = await detail(reader, live, made)
        made = build(catalog, connector, live, beside)
    return Planned(plan=made, live=live)


def plan_at(
    catalog: Catalog,
    connector: ConnectorId,
    live: LiveState,
    beside: Circumstances,
    as_of: datetime,
) -> Plan:
    """The plan for another instant, from an observation already made: no request is sent."""
    return build(catalog, connector, live, replace(beside, as_of=as_of))
