"""Access that Okta gives has a binding; access that a person gives by hand has none."""

from collections.abc import Iterator
from datetime import datetime

from reconciler.model.catalog import Binding, Catalog, Fulfilment, Tool
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = ["check_manual_bindings", "check_unbound_grants"]


def check_manual_bindings(catalog: Catalog) -> Iterator[Finding]:
    """A tool that a person fulfils by hand has no binding."""
    for binding in catalog.bindings:
        tool = catalog.tools.get(binding.tool)
        if tool is not None and tool.fulfilment is Fulfilment.MANUAL:
            yield _manual(binding, tool)


def _manual(binding: Binding, tool: Tool) -> Finding:
    at = place(binding, "tool")
    return Finding(
        code="fulfilment-manual-bound",
        origin=at.origin,
        path=at.path,
        summary=f"{quoted(tool.id)} is fulfilled by hand, yet has a binding",
        hint="remove the binding, or write `fulfilment: okta` in the tool",
        related=(place(tool, "fulfilment"),),
    )


def check_unbound_grants(catalog: Catalog, now: datetime | None = None) -> Iterator[Finding]:
    """What a grant gives is bound to a group somewhere; a retired binding still says where."""
    bound = {(binding.tool, binding.entitlement) for binding in catalog.bindings}
    for grant in catalog.grants:
        if grant.has_ended(now) or (grant.tool, grant.entitlement) in bound:
            continue
        tool = catalog.tools.get(grant.tool)
        if tool is None or tool.fulfilment is not Fulfilment.OKTA:
            continue
        if grant.entitlement in tool.entitlements:
            at = place(grant, "entitlement")
            yield Finding(
                code="grant-unbound",
                origin=at.origin,
                path=at.path,
                summary=f"no group gives {quoted(f'{grant.tool}/{grant.entitlement}')}",
                hint="add a binding for it in bindings/, or write `fulfilment: manual` in the tool",
                related=(place(tool, "entitlements", grant.entitlement),),
                wants=f"binding:{grant.tool}/{grant.entitlement}",
            )
