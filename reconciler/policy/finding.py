"""A finding, and the shape of a check.

A check is a function from the whole catalog to findings. It speaks in routes: the object (by its
origin) and the path of the offending value inside it, as the file spells it. Only at the end is a
route turned into a line and a column.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Rule, Severity, Span

__all__ = ["Check", "Finding", "Path", "Place", "place"]

Path = tuple[str | int, ...]

_NOWHERE = Span("catalog")


class _HasOrigin(Protocol):
    """A noun that may know where it was written."""

    @property
    def origin(self) -> Span | None:
        """Where the object starts."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value inside an object, or the key that leads to it."""

    origin: Span
    path: Path = ()
    at: Literal["value", "key"] = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule has against a place in an object; a diagnostic without its line.

    `wants` names what a reference did not find (`tool:cursor`), so that it can be left unsaid when
    that very object is there but could not be read.
    """

    rule: Rule
    place: Place
    summary: str
    hint: str
    severity: Severity
    related: tuple[Place, ...] = ()
    wants: str = field(default="", compare=False)

    @classmethod
    def at(
        cls,
        place: Place,
        rule: Rule,
        summary: str,
        hint: str | None = None,
        related: tuple[Place, ...] = (),
    ) -> "Finding":
        """What the rule has against the place; without a hint of its own, the rule's remedy."""
        return cls(
            rule=rule,
            place=place,
            summary=summary,
            hint=rule.hint if hint is None else hint,
            severity=rule.severity,
            related=related,
        )

    @property
    def code(self) -> str:
        """The rule's name."""
        return self.rule.code

    @property
    def origin(self) -> Span:
        """Where the object starts."""
        return self.place.origin

    @property
    def path(self) -> Path:
        """The value's way inside the object."""
        return self.place.path

    def as_warning(self) -> "Finding":
        """The same where it stops neither plan nor apply."""
        return replace(self, severity=Severity.WARNING)

    def wanting(self, name: str) -> "Finding":
        """The same, with what a reference did not find."""
        return replace(self, wants=name)


Check = Callable[[Catalog], Iterable[Finding]]


def place(noun: _HasOrigin, *path: str | int) -> Place:
    """The value at `path` inside the object; one made by hand has no file, and is the catalog's."""
    return Place(noun.origin or _NOWHERE, path)
