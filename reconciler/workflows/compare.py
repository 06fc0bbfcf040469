"""Compare: one observation, and the plan of a change split by what brings each line."""

from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.live.detail import detail, is_needed
from reconciler.live.history import additions
from reconciler.live.ports import DirectoryReader
from reconciler.live.snapshot import observe
from reconciler.model.against import Against
from reconciler.model.catalog import Catalog, Revocation
from reconciler.model.directory import LiveState
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import Plan
from reconciler.model.review import Approvals
from reconciler.planning.approvals import unmerged
from reconciler.planning.build import Circumstances, build
from reconciler.planning.catalog_difference import catalog_changes
from reconciler.planning.causes import attribute, judged_at_base, lost_grants, united, withhold
from reconciler.planning.scope import bindings_of
from reconciler.workflows.caution import cautioned
from reconciler.workflows.plan import plan

__all__ = ["Base", "plan_against", "plan_uncompared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The catalog without the change, and when it was committed."""

    catalog: Catalog
    commit: str
    digest: str
    committed_at: datetime


async def plan_against(
    head: Catalog,
    base: Base,
    connector: ConnectorId,
    reader: DirectoryReader,
    beside: Circumstances,
) -> Plan:
    """The plan of `head` in three parts; what lies in neither catalog is never read.

    The guards' limits and the acknowledgements are the base's, and the canary is too.
    """
    both = united(head, base.catalog)
    known = base.catalog.connectors.get(connector)
    canary = known.canary if known else None
    live = await observe(reader, both, bindings_of(both, connector), canary, now=base.committed_at)
    if known is not None:
        beside = await cautioned(beside, known, reader, live)
    if both.settings.reviews is not None or base.catalog.settings.reviews is not None:
        live = replace(live, approvals=unmerged(both, base.catalog))
    gone = Revocation(at=beside.as_of.date(), by="this change", reason="its file is deleted")
    lost = lost_grants(head, base.catalog, gone)
    judged = judged_at_base(replace(head, grants=(*head.grants, *lost)), base.catalog)
    made = build(judged, connector, live, beside)
    now = build(base.catalog, connector, live, beside)
    if is_needed(made) or additions(now):
        live = await detail(reader, live, made, now)
        made = build(judged, connector, live, beside)
        now = build(base.catalog, connector, live, beside)
    then = build(base.catalog, connector, live, replace(beside, as_of=base.committed_at))
    against = Against(commit=base.commit, digest=base.digest)
    split = attribute(made, now, then, against)
    words = catalog_changes(base.catalog, head, split)
    split = replace(split, against=replace(against, catalog_changes=words))
    return withhold(split, bindings_of(base.catalog, connector))


class _Unmerged:
    """Stands where a forge is asked: of what is not merged there is nothing to ask."""

    async def fetch_approvals(self, catalog: Catalog, plan: Plan, live: LiveState) -> Approvals:
        """Every approval is a claim, and none is needed yet."""
        del plan, live
        return unmerged(catalog, None)


async def plan_uncompared(
    head: Catalog,
    base_commit: str,
    connector: ConnectorId,
    reader: DirectoryReader,
    beside: Circumstances,
) -> Plan:
    """The plan of `head` alone, which says that the base could not be compared with."""
    made = (await plan(head, connector, reader, beside, _Unmerged(), is_read_only=True)).plan
    problem = "the base has errors: what waited before this change cannot be told apart"
    return replace(made, against=Against(commit=base_commit, problem=problem))
