"""What a plan was compared with: the catalog as it stands without the change under review."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["Against", "Cause", "Withheld"]


class Cause(Enum):
    """Why a line is in a plan that was compared with a base. First match wins, in this order."""

    CHANGE = "change"
    """Only the change under review brings it."""
    PENDING = "pending"
    """It waited already when the base was committed."""
    TIME = "time"
    """It came since then: an end was reached, a start arrived, somebody's account changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A group that the base does not bind: a pull request is no window into it."""

    group: str
    additions: int
    removals: int
    blocked: int
    unapproved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """The base, and what the change does to it besides its lines.

    `problem` says why nothing could be compared: then no line has a cause.
    """

    commit: str
    digest: str = ""
    catalog_changes: tuple[str, ...] = ()
    """What changes of settings, connectors, tools and bindings, a sentence each."""
    withheld: tuple[Withheld, ...] = ()
    problem: str = ""
