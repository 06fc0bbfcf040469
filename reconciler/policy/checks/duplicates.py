"""Nothing is said twice: a second saying is either forgotten or contradicts the first."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from reconciler.model.catalog import Binding, Catalog, CreateGroup, Grant, IdentityMapping
from reconciler.model.ids import login_key
from reconciler.policy.finding import Finding, Path, Place, place
from reconciler.policy.quoting import quoted

__all__ = [
    "check_bindings",
    "check_created_names",
    "check_grants",
    "check_identities",
    "path_of_key",
]

Noun = TypeVar("Noun", Binding, Grant)


def check_bindings(catalog: Catalog) -> Iterator[Finding]:
    """An entitlement has one binding on a connector."""
    for first, again in _repeated(catalog.bindings, lambda binding: binding.name):
        yield _finding(
            "binding-duplicate",
            place(again),
            place(first),
            f"there is already a binding {quoted(again.name)}",
            "keep one; `replaces` moves a binding to another group",
        )


def check_created_names(catalog: Catalog) -> Iterator[Finding]:
    """A name is created once on a connector: its marker is of one binding alone."""
    creating = [b for b in catalog.bindings if isinstance(b.group, CreateGroup)]
    for first, again in _repeated(creating, lambda b: (b.connector, b.group.name.casefold())):
        yield _finding(
            "group-name-shared",
            place(again, "group", "create", "name"),
            place(first, "group", "create", "name"),
            f"another binding creates {quoted(again.group.name)} already",
            "let one create it, and bind the other by its id once it is there",
        )


def check_grants(catalog: Catalog) -> Iterator[Finding]:
    """No two grants are the same in everything."""
    for first, again in _repeated(catalog.grants, lambda grant: grant):
        yield _finding(
            "grant-duplicate",
            place(again),
            place(first),
            f"the same grant for {quoted(again.subject)} is written twice",
            "keep one of the two",
        )


def check_identities(catalog: Catalog) -> Iterator[Finding]:
    """A key means one person: it is mapped once."""
    first_by_key: dict[str, Place] = {}
    for mapping in catalog.identities:
        for key in mapping.keys:
            at = place(mapping, *path_of_key(mapping, key))
            first = first_by_key.setdefault(login_key(key), at)
            if first is not at:
                yield _finding(
                    "identity-duplicate",
                    at,
                    first,
                    f"{quoted(key)} is already mapped",
                    "join the two mappings, or correct one",
                )


def path_of_key(mapping: IdentityMapping, key: str) -> Path:
    """Where the file says the key: `jira:5b10` under `jira`, an address under `email`."""
    kind, colon, _ = key.partition(":")
    if colon and kind in {"jira", "slack", "github"}:
        return (kind,)
    return ("okta", "login") if mapping.keys == (mapping.login,) else ("email",)


def _repeated(
    nouns: Iterable[Noun], key: Callable[[Noun], Hashable]
) -> Iterator[tuple[Noun, Noun]]:
    seen: dict[Hashable, Noun] = {}
    for noun in nouns:
        first = seen.setdefault(key(noun), noun)
        if first is not noun:
            yield first, noun


def _finding(code: str, at: Place, first: Place, summary: str, hint: str) -> Finding:
    return Finding(
        code=code, origin=at.origin, path=at.path, summary=summary, hint=hint, related=(first,)
    )
