"""A document as lines of text, for a terminal of any width or for a file.

Marks and words carry the meaning; a style is only named, and the terminal paints it.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.render.document import Document, Mark, Row, Section
from reconciler.render.formats.escape import escape

__all__ = ["Line", "render"]

_STYLES = {
    Mark.REMOVE: "remove",
    Mark.ADD: "add",
    Mark.CREATE: "add",
    Mark.CHANGE: "",
    Mark.BLOCKED: "blocked",
    Mark.HELD: "blocked",
    Mark.NOTE: "",
    Mark.DONE: "add",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line and its style: `title`, `add`, `remove`, `blocked`, `faint` or none."""

    text: str
    style: str = ""


def render(document: Document, width: int | None = None) -> Iterator[Line]:
    """The document line by line; `width` is in columns, None leaves long lines whole."""
    yield from _wrap(document.title, "", width, "title")
    for fact in document.facts:
        yield from _wrap(str(fact), "  ", width, "faint")
    yield Line("")
    yield from _wrap(document.verdict, "", width, "title")
    yield from _wrap(document.totals, "", width, "")
    for section in document.sections:
        yield from _section(section, width)
    if document.closing:
        yield Line("")
    for text in document.closing:
        yield from _wrap(text, "", width, "faint")


def _section(section: Section, width: int | None) -> Iterator[Line]:
    yield Line("")
    note = f": {section.note}" if section.note else ""
    yield from _wrap(f"{section.title} ({len(section.rows)}){note}", "", width, "title")
    for row in section.rows:
        yield from _row(row, width)


def _row(row: Row, width: int | None) -> Iterator[Line]:
    yield from _wrap(f"{row.mark.value} {row.head}", "  ", width, _STYLES[row.mark], hang=2)
    for detail in row.details:
        yield from _wrap(detail, "      ", width, "faint" if row.mark is Mark.NOTE else "")
    for text in row.verbatim:
        yield Line(f"        {escape(text)}")


def _wrap(
    text: str, indent: str, width: int | None, style: str, *, hang: int = 0
) -> Iterator[Line]:
    safe = escape(text)
    if width is None:
        yield Line(indent + safe, style)
        return
    for piece in textwrap.wrap(
        safe,
        width=max(width, 40),
        initial_indent=indent,
        subsequent_indent=indent + " " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    ):
        yield Line(piece, style)
