"""What a name in the catalog refers to is there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.catalog import Binding, Catalog, Grant
from reconciler.model.diagnostics import Span
from reconciler.model.ids import ConnectorId, EntitlementId, ToolId
from reconciler.policy.finding import Finding, Place, place
from reconciler.policy.quoting import choice, guess, quoted

__all__ = [
    "PartialReferences",
    "check_acknowledgements",
    "check_bindings",
    "check_grants",
    "check_partial",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialReferences:
    """What an object of the wrong form still refers to, by name; empty where that is unreadable."""

    origin: Span
    tool: ToolId
    entitlement: EntitlementId
    connector: ConnectorId
    subject: str
    approvers: tuple[str, ...]


def check_grants(catalog: Catalog) -> Iterator[Finding]:
    """A grant names a tool that exists and one of its entitlements."""
    for grant in catalog.grants:
        tool = catalog.tools.get(grant.tool)
        if tool is None or grant.entitlement not in tool.entitlements:
            yield from _entitlement(catalog, grant)


def check_bindings(catalog: Catalog) -> Iterator[Finding]:
    """A binding names a tool, one of its entitlements, and a connector."""
    for binding in catalog.bindings:
        yield from _entitlement(catalog, binding)
        if binding.connector not in catalog.connectors:
            yield _unknown(
                "connector", binding.connector, place(binding, "connector"), catalog.connectors
            )


def check_acknowledgements(catalog: Catalog) -> Iterator[Finding]:
    """An acknowledgement names a connector that exists."""
    for each in catalog.acknowledgements:
        if each.connector not in catalog.connectors:
            yield _unknown(
                "connector", each.connector, place(each, "connector"), catalog.connectors
            )


def check_partial(catalog: Catalog, mentioned: Iterable[PartialReferences]) -> Iterator[Finding]:
    """What an object of the wrong form still names is there; what it leaves out is not asked."""
    for each in mentioned:
        if each.tool and (each.entitlement or each.tool not in catalog.tools):
            yield from _entitlement(catalog, each)
        if each.connector and each.connector not in catalog.connectors:
            yield _unknown(
                "connector", each.connector, place(each, "connector"), catalog.connectors
            )


def _entitlement(catalog: Catalog, noun: Grant | Binding | PartialReferences) -> Iterator[Finding]:
    tool = catalog.tools.get(noun.tool)
    if tool is None:
        yield _unknown("tool", noun.tool, place(noun, "tool"), catalog.tools)
    elif not noun.entitlement:
        at = place(noun)
        yield Finding(
            code="entitlement-needed",
            origin=at.origin,
            summary=f"{quoted(tool.id)} has several entitlements and the grant names none",
            hint=f"add `entitlement`: {choice(tool.entitlements)}",
            related=(place(tool, "entitlements"),),
        )
    elif noun.entitlement not in tool.entitlements:
        yield _unknown(
            "entitlement",
            noun.entitlement,
            place(noun, "entitlement"),
            tool.entitlements,
            (place(tool, "entitlements"),),
        )


def _unknown(
    kind: str,
    name: str,
    at: Place,
    known: Mapping[str, object] | Iterable[str],
    related: tuple[Place, ...] = (),
) -> Finding:
    return Finding(
        code="reference-unknown",
        origin=at.origin,
        path=at.path,
        summary=f"there is no {kind} {quoted(name)}",
        hint=guess(name, known, "" if any(True for _ in known) else f"there is no {kind} at all"),
        related=related,
        wants=f"{kind}:{name}",
    )
