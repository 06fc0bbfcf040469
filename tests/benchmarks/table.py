"""The one table: what was measured, against what, and whether the aim is met."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

__all__ = ["Row", "lines"]

_HEADINGS = ("what", "measured", "against", "ratio", "aim", "met?")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `ratio` is measured over against; a row without an aim only tells."""

    what: str
    measured: str
    against: str
    ratio: str
    aim: str = "-"
    is_met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        *texts, is_met = astuple(self)
        return (*texts, {True: "yes", False: "NO", None: "-"}[is_met])


def lines(rows: Iterable[Row]) -> list[str]:
    """The table, in columns as wide as their widest cell."""
    table = [_HEADINGS, *(row.cells for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    table.insert(1, tuple("-" * width for width in widths))
    return [
        " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in table
    ]
