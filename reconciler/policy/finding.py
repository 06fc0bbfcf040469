"""A finding, and the shape of a check.

A check is a function from the whole catalog to findings. It speaks in routes: the object (by its
origin) and the path of the offending value inside it, as the file spells it. Only at the end is a
route turned into a line and a column.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Severity, Span

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
    """What is wrong, in which object and where inside it; a diagnostic without its line.

    `wants` names what a reference did not find (`tool:cursor`), so that it can be left unsaid when
    that very object is there but could not be read.
    """

    code: str
    origin: Span
    path: Path = ()
    summary: str
    hint: str = ""
    related: tuple[Place, ...] = ()
    severity: Severity = Severity.ERROR
    at: Literal["value", "key"] = "value"
    wants: str = field(default="", compare=False)

    @property
    def place(self) -> Place:
        """Where the finding points."""
        return Place(self.origin, self.path, self.at)


Check = Callable[[Catalog], Iterable[Finding]]


def place(noun: _HasOrigin, *path: str | int) -> Place:
    """The value at `path` inside the object; one made by hand lies nowhere in particular."""
    return Place(noun.origin or _NOWHERE, path)
