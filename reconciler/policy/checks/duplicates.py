"""Nothing is said twice: a second saying is either forgotten or contradicts the first."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from reconciler.model.catalog import (
    Binding,
    Catalog,
    Connector,
    CreateGroup,
    Grant,
    IdentityMapping,
    Tool,
)
from reconciler.model.diagnostics import Example, Rule
from reconciler.model.ids import login_key
from reconciler.policy import sample
from reconciler.policy.finding import Finding, Path, Place, place
from reconciler.policy.quoting import quoted

__all__ = [
    "RULES",
    "check_bindings",
    "check_created_names",
    "check_grants",
    "check_identities",
    "path_of_key",
    "report_second_connector",
    "report_second_tool",
]

_CREATING = sample.BINDING.partition("  bind:")[0] + "  create: {name: AI - a - b}\n"

BINDING_DUPLICATE = Rule(
    code="binding-duplicate",
    summary="An entitlement has two bindings on one connector",
    remedy="Keep one; `replaces` moves a binding to another group",
    example=Example({"bindings/z.yaml": sample.BINDING}),
)
GROUP_NAME_SHARED = Rule(
    code="group-name-shared",
    summary="Two bindings would create a group of one name",
    remedy="Let one create it, and bind the other by its id once it is there",
    example=Example(
        {
            sample.BINDING_FILE: _CREATING,
            "bindings/admins.yaml": _CREATING.replace("users", "admins"),
        }
    ),
)
GRANT_DUPLICATE = Rule(
    code="grant-duplicate",
    summary="Two grants are the same in everything",
    remedy="Keep one of the two",
    example=Example({"grants/claude/z.yaml": sample.GRANT}),
)
IDENTITY_DUPLICATE = Rule(
    code="identity-duplicate",
    summary="An account or an address is mapped twice",
    remedy="Join the two mappings, or correct one",
    example=Example({"identities/z.yaml": sample.IDENTITY.replace("jane@", "joe@")}),
)
CONNECTOR_DUPLICATE = Rule(
    code="connector-duplicate",
    summary="Two connectors have one id",
    remedy="Give it another id, or keep one of the two",
    example=Example({"connectors/z.yaml": sample.CONNECTOR}),
)
TOOL_DUPLICATE = Rule(
    code="tool-duplicate",
    summary="Two tools have one id",
    remedy="Give it another id, or keep one of the two",
    example=Example({"tools/z.yaml": sample.TOOL}),
)
RULES = (
    BINDING_DUPLICATE,
    GROUP_NAME_SHARED,
    GRANT_DUPLICATE,
    IDENTITY_DUPLICATE,
    CONNECTOR_DUPLICATE,
    TOOL_DUPLICATE,
)

Noun = TypeVar("Noun", Binding, Grant)


def check_bindings(catalog: Catalog) -> Iterator[Finding]:
    """An entitlement has one binding on a connector."""
    for first, again in _find_repeated(catalog.bindings, lambda binding: binding.name):
        summary = f"there is already a binding {quoted(again.name)}"
        yield Finding.at(place(again), BINDING_DUPLICATE, summary, related=(place(first),))


def check_created_names(catalog: Catalog) -> Iterator[Finding]:
    """A name is created once on a connector: its marker is of one binding alone."""
    creating = [b for b in catalog.bindings if isinstance(b.group, CreateGroup)]
    path = ("group", "create", "name")
    for first, again in _find_repeated(creating, lambda b: (b.connector, b.group.name.casefold())):
        summary = f"another binding creates {quoted(again.group.name)} already"
        related = (place(first, *path),)
        yield Finding.at(place(again, *path), GROUP_NAME_SHARED, summary, related=related)


def check_grants(catalog: Catalog) -> Iterator[Finding]:
    """No two grants are the same in everything."""
    for first, again in _find_repeated(catalog.grants, lambda grant: grant):
        summary = f"the same grant for {quoted(again.subject)} is written twice"
        yield Finding.at(place(again), GRANT_DUPLICATE, summary, related=(place(first),))


def check_identities(catalog: Catalog) -> Iterator[Finding]:
    """A key means one person: it is mapped once."""
    first_by_key: dict[str, Place] = {}
    for mapping in catalog.identities:
        for key in mapping.keys:
            at = place(mapping, *path_of_key(mapping, key))
            first = first_by_key.setdefault(login_key(key), at)
            if first is not at:
                summary = f"{quoted(key)} is already mapped"
                yield Finding.at(at, IDENTITY_DUPLICATE, summary, related=(first,))


def report_second_connector(again: Connector, first: Connector) -> Finding:
    """That a connector has the id of one before; a catalog has room for one of them."""
    summary = f"there is already a connector {quoted(again.id)}"
    related = (place(first, "id"),)
    return Finding.at(place(again, "id"), CONNECTOR_DUPLICATE, summary, related=related)


def report_second_tool(again: Tool, first: Tool) -> Finding:
    """That a tool has the id of one before; a catalog has room for one of them."""
    summary = f"there is already a tool {quoted(again.id)}"
    return Finding.at(place(again, "id"), TOOL_DUPLICATE, summary, related=(place(first, "id"),))


def path_of_key(mapping: IdentityMapping, key: str) -> Path:
    """Where the file says the key: `jira:5b10` under `jira`, an address under `email`."""
    kind, colon, _ = key.partition(":")
    if colon and kind in {"jira", "slack", "github"}:
        return (kind,)
    return ("okta", "login") if mapping.keys == (mapping.login,) else ("email",)


def _find_repeated(
    nouns: Iterable[Noun], key: Callable[[Noun], Hashable]
) -> Iterator[tuple[Noun, Noun]]:
    seen: dict[Hashable, Noun] = {}
    for noun in nouns:
        first = seen.setdefault(key(noun), noun)
        if first is not noun:
            yield first, noun
