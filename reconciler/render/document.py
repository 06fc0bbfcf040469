"""What is said of a plan or a result, in which order: decided once, for every encoder."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["Document", "Fact", "Mark", "Row", "Section", "count"]


class Mark(Enum):
    """What kind of line it is; the value is what is printed, so no meaning depends on colour."""

    REMOVE = "-"
    ADD = "+"
    CREATE = "*"
    CHANGE = "~"
    BLOCKED = "!"
    HELD = "#"
    NOTE = "·"
    DONE = "="


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line, its explanation below it, and text to be copied as it is."""

    mark: Mark
    head: str
    details: tuple[str, ...] = ()
    verbatim: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines of one kind under a title."""

    title: str
    rows: tuple[Row, ...]
    note: str = ""
    is_urgent: bool | None = None
    """Whether it is read first and never folded; None where its lines decide that."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What a document is about: a name and its value, or a name that says it all."""

    name: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.value}" if self.value else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Everything a reader gets: what it is about, the verdict in a sentence, and the lines."""

    title: str
    facts: tuple[Fact, ...]
    verdict: str
    totals: str
    sections: tuple[Section, ...]
    closing: tuple[str, ...] = ()


def count(number: int, singular: str, plural: str | None = None) -> str:
    """`1 group`, `2 groups`, `1,000 groups`."""
    word = singular if number == 1 else plural or f"{singular}s"
    return f"{number:,} {word}"
