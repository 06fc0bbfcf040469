"""Located statements about the user's files.

A `Diagnostic` is a value: rules return them, nobody raises them. Every problem of a run is reported
in one go, sorted by place.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

__all__ = [
    "LEFT_OUT",
    "MOST",
    "MOST_PER_FILE",
    "Diagnostic",
    "Severity",
    "Span",
    "bounded",
    "ordered",
]

LEFT_OUT = "problems-left-out"
"""The code that says how many problems are not listed."""
MOST_PER_FILE = 100
"""Problems of one file that are listed: a file can earn one for every byte or two."""
MOST = 1000
"""Problems of one run that are listed."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file: 1-based line and column, as editors count."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Severity(Enum):
    """Errors stop plan and apply before the first request; warnings do not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """What is wrong, where, and what to do.

    `code` is kebab-case, states the fault and never changes its meaning; `summary` is one line
    without a full stop; `hint` says what to do next.
    """

    code: str
    summary: str
    span: Span
    hint: str = ""
    severity: Severity = Severity.ERROR
    related: tuple[Span, ...] = ()


def ordered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics by place, each once."""
    return tuple(sorted(set(diagnostics), key=lambda d: (d.span, d.code, d.summary)))


def bounded(
    diagnostics: Iterable[Diagnostic], unsaid: Mapping[str, int], root: str
) -> tuple[Diagnostic, ...]:
    """The diagnostics in order, at most so many, errors before warnings; and what was left out.

    `unsaid` is how many more there are at least of each file, for which nobody looked any further;
    `root` is where what is left out of the whole run is told.
    """
    wanted = sorted(ordered(diagnostics), key=lambda d: d.severity is not Severity.ERROR)
    found: Counter[str] = Counter(unsaid)
    kept: Counter[str] = Counter()
    listed: list[Diagnostic] = []
    for each in wanted:
        path = each.span.path
        found[path] += 1
        if kept[path] < MOST_PER_FILE and len(listed) < MOST:
            kept[path] += 1
            listed.append(each)
    left = found - kept
    told = [_left_out(path, "this file", {path: left[path]}, unsaid) for path in left if kept[path]]
    others = {path: number for path, number in left.items() if not kept[path]}
    if others:
        where = "1 more file" if len(others) == 1 else f"{len(others):,} more files"
        told.append(_left_out(root, where, others, unsaid))
    return ordered([*listed, *told])


def _left_out(
    path: str, where: str, left: Mapping[str, int], unsaid: Mapping[str, int]
) -> Diagnostic:
    """That so many problems of the files are not listed."""
    number = sum(left.values())
    at_least = "at least " if any(unsaid.get(each) for each in left) else ""
    verb = "problem is" if number == 1 else "problems are"
    return Diagnostic(
        code=LEFT_OUT,
        summary=f"{at_least}{number:,} more {verb} not listed, of {where}",
        span=Span(path),
        hint="mend what is listed, then look again",
        severity=Severity.WARNING,
    )
