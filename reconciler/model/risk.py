"""How much harm access can do: that of all a group gives, for whoever is in it has all of it."""

from collections import defaultdict
from collections.abc import Mapping

from reconciler.model.catalog import BindGroup, Catalog, Risk
from reconciler.model.ids import EntitlementId, ToolId

__all__ = ["Entitled", "highest", "risks"]

Entitled = tuple[ToolId, EntitlementId]

_ORDER = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)


def highest(first: Risk, *others: Risk) -> Risk:
    """The highest of them."""
    return max((first, *others), key=_ORDER.index)


def risks(catalog: Catalog) -> Mapping[Entitled, Risk]:
    """The risk of each entitlement: the highest of all that the groups it is bound to give."""
    own = {
        (tool.id, entitlement.id): entitlement.risk
        for tool in catalog.tools.values()
        for entitlement in tool.entitlements.values()
    }
    together: defaultdict[tuple[str, str], set[Entitled]] = defaultdict(set)
    for binding in catalog.bindings:
        entitled = (binding.tool, binding.entitlement)
        if isinstance(binding.group, BindGroup) and entitled in own:
            together[binding.connector, binding.group.id].add(entitled)
    found = dict(own)
    for entitlements in together.values():
        risk = highest(*(own[each] for each in entitlements))
        for each in entitlements:
            found[each] = highest(found[each], risk)
    return found
