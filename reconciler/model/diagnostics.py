"""Located statements about the user's files.

A `Diagnostic` is a value: rules return them, nobody raises them. Every problem of a run is reported
in one go, sorted by place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

__all__ = ["Diagnostic", "Severity", "Span", "ordered"]


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
