"""What a name in the catalog refers to is there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.catalog import Binding, Catalog, Grant
from reconciler.model.diagnostics import Rule, Span
from reconciler.model.ids import ConnectorId, EntitlementId, ToolId
from reconciler.model.validity import ApprovalSource
from reconciler.policy import sample
from reconciler.policy.finding import Finding, Place, place
from reconciler.policy.quoting import choice, guess, quoted

__all__ = [
    "RULES",
    "PartialReferences",
    "check_acknowledgements",
    "check_bindings",
    "check_grants",
    "check_partial",
]

REFERENCE_UNKNOWN = Rule(
    code="reference-unknown",
    summary="A tool, an entitlement or a connector is named that is not there",
    remedy="Correct the name, or add what it names",
    example=sample.edit(sample.GRANT_FILE, "entitlement: users", "entitlement: user"),
)
ENTITLEMENT_NEEDED = Rule(
    code="entitlement-needed",
    summary="A grant names no entitlement though its tool has several",
    remedy="Add `entitlement`",
    example=sample.edit(sample.GRANT_FILE, "entitlement: users\n", ""),
)
RULES = (REFERENCE_UNKNOWN, ENTITLEMENT_NEEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialReferences:
    """What an object of the wrong form still refers to, by name; empty where that is unreadable."""

    origin: Span
    tool: ToolId
    entitlement: EntitlementId
    connector: ConnectorId
    subject: str
    approvers: tuple[str, ...] = ()
    requester: str = ""
    source: ApprovalSource | None = None
    """Where the approval is to be read, if it says that."""


def check_grants(catalog: Catalog) -> Iterator[Finding]:
    """A grant names a tool that exists and one of its entitlements."""
    for grant in catalog.grants:
        tool = catalog.tools.get(grant.tool)
        if tool is None or grant.entitlement not in tool.entitlements:
            yield from _check_entitlement(catalog, grant)


def check_bindings(catalog: Catalog) -> Iterator[Finding]:
    """A binding names a tool, one of its entitlements, and a connector."""
    for binding in catalog.bindings:
        yield from _check_entitlement(catalog, binding)
        if binding.connector not in catalog.connectors:
            at = place(binding, "connector")
            yield _report_unknown("connector", binding.connector, at, catalog.connectors)


def check_acknowledgements(catalog: Catalog) -> Iterator[Finding]:
    """An acknowledgement names a connector that exists."""
    for each in catalog.acknowledgements:
        if each.connector not in catalog.connectors:
            at = place(each, "connector")
            yield _report_unknown("connector", each.connector, at, catalog.connectors)


def check_partial(catalog: Catalog, partial: Iterable[PartialReferences]) -> Iterator[Finding]:
    """What an object of the wrong form still names is there; what it leaves out is not asked."""
    for each in partial:
        if each.tool and (each.entitlement or each.tool not in catalog.tools):
            yield from _check_entitlement(catalog, each)
        if each.connector and each.connector not in catalog.connectors:
            at = place(each, "connector")
            yield _report_unknown("connector", each.connector, at, catalog.connectors)


def _check_entitlement(
    catalog: Catalog, noun: Grant | Binding | PartialReferences
) -> Iterator[Finding]:
    tool = catalog.tools.get(noun.tool)
    if tool is None:
        yield _report_unknown("tool", noun.tool, place(noun, "tool"), catalog.tools)
    elif not noun.entitlement:
        yield Finding.at(
            place(noun),
            ENTITLEMENT_NEEDED,
            f"{quoted(tool.id)} has several entitlements and the grant names none",
            f"add `entitlement`: {choice(tool.entitlements)}",
            related=(place(tool, "entitlements"),),
        )
    elif noun.entitlement not in tool.entitlements:
        at, listed = place(noun, "entitlement"), place(tool, "entitlements")
        yield _report_unknown("entitlement", noun.entitlement, at, tool.entitlements, (listed,))


def _report_unknown(
    kind: str,
    name: str,
    at: Place,
    known: Mapping[str, object] | Iterable[str],
    related: tuple[Place, ...] = (),
) -> Finding:
    hint = guess(name, known, "" if any(True for _ in known) else f"there is no {kind} at all")
    summary = f"there is no {kind} {quoted(name)}"
    return Finding.at(at, REFERENCE_UNKNOWN, summary, hint, related).wanting(f"{kind}:{name}")
