"""Where the base has errors, a change mends them and does nothing else.

What lies in a file with an error was not read, so nobody can tell what the change does to it; all
else can be compared, and stays as it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Span
from reconciler.policy.finding import Finding, Place

__all__ = ["Broken", "find_changes_beyond_fixes"]


class _Noun(Protocol):
    """An object of the catalog, which knows where it was written."""

    @property
    def origin(self) -> Span | None:
        """Where it starts."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What of the base could not be read: files by path, and what references did not find."""

    files: frozenset[str]
    wanted: frozenset[str] = frozenset()


def find_changes_beyond_fixes(head: Catalog, base: Catalog, broken: Broken) -> Iterator[Finding]:
    """Every object that the change brings or alters outside of what it mends."""
    kept = {id_ for noun, id_ in _nouns(base)}
    for noun, id_ in _nouns(head):
        at = Place(noun.origin or Span("catalog"))
        is_mending = at.origin.path in broken.files or _name(noun) in broken.wanted
        if id_ not in kept and not is_mending:
            yield _finding(at)
    if head.settings != base.settings and not any(_is_settings(f) for f in broken.files):
        yield _finding(Place(_settings_span(head, base)))


def _nouns(catalog: Catalog) -> Iterator[tuple[_Noun, object]]:
    """Every object but the settings, with what tells it from others: its kind and its content."""
    listed: tuple[Iterable[_Noun], ...] = (
        catalog.connectors.values(),
        catalog.tools.values(),
        catalog.bindings,
        catalog.grants,
        catalog.identities,
        catalog.acknowledgements,
    )
    for nouns in listed:
        for noun in nouns:
            yield noun, (type(noun).__name__, repr(noun))


def _name(noun: _Noun) -> str:
    """What a reference to the object is called."""
    kind = type(noun).__name__.lower()
    if kind == "binding":
        return f"binding:{getattr(noun, 'tool', '')}/{getattr(noun, 'entitlement', '')}"
    return f"{kind}:{getattr(noun, 'id', '')}"


def _is_settings(path: str) -> bool:
    return path.rpartition("/")[2] == "settings.yaml"


def _settings_span(head: Catalog, base: Catalog) -> Span:
    """Where the settings lie, as far as anything in the catalog tells its folder."""
    for catalog in (head, base):
        for noun, _ in _nouns(catalog):
            if noun.origin is not None:
                folder, _, _ = noun.origin.path.rpartition("/")
                return Span(f"{folder.rpartition('/')[0]}/settings.yaml")
    return Span("settings.yaml")


def _finding(at: Place) -> Finding:
    return Finding(
        code="change-beyond-mending",
        origin=at.origin,
        path=at.path,
        summary="the base has errors, and the change does more than mend them",
        hint="mend the files that have errors first, in a change of its own",
    )
