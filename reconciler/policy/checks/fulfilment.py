"""Access that Okta gives has a binding; access that a person gives by hand has none."""

from collections.abc import Iterator
from datetime import datetime

from reconciler.model.catalog import Binding, Catalog, Fulfilment, Tool
from reconciler.model.diagnostics import Rule
from reconciler.policy import sample
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = ["RULES", "check_manual_bindings", "check_unbound_grants"]

FULFILMENT_MANUAL_BOUND = Rule(
    code="fulfilment-manual-bound",
    summary="A tool that a person fulfils by hand has a binding",
    remedy="Remove the binding, or write `fulfilment: okta` in the tool",
    example=sample.edit(sample.TOOL_FILE, "risk: medium", "risk: medium\nfulfilment: manual"),
)
GRANT_UNBOUND = Rule(
    code="grant-unbound",
    summary="No group gives what a grant grants",
    remedy="Add a binding for it in bindings/, or write `fulfilment: manual` in the tool",
    example=sample.edit(sample.GRANT_FILE, "entitlement: users", "entitlement: admins"),
)
RULES = (FULFILMENT_MANUAL_BOUND, GRANT_UNBOUND)


def check_manual_bindings(catalog: Catalog) -> Iterator[Finding]:
    """A tool that a person fulfils by hand has no binding."""
    for binding in catalog.bindings:
        tool = catalog.tools.get(binding.tool)
        if tool is not None and tool.fulfilment is Fulfilment.MANUAL:
            yield _report_manual(binding, tool)


def _report_manual(binding: Binding, tool: Tool) -> Finding:
    return Finding.at(
        place(binding, "tool"),
        FULFILMENT_MANUAL_BOUND,
        f"{quoted(tool.id)} is fulfilled by hand, yet has a binding",
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
            yield Finding.at(
                place(grant, "entitlement"),
                GRANT_UNBOUND,
                f"no group gives {quoted(f'{grant.tool}/{grant.entitlement}')}",
                related=(place(tool, "entitlements", grant.entitlement),),
            ).wanting(f"binding:{grant.tool}/{grant.entitlement}")
