"""Located statements about the user's files, and the rules that they come from.

A `Diagnostic` is a value: rules return them, nobody raises them. Every problem of a run is reported
in one go, sorted by place.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

__all__ = [
    "MOST",
    "MOST_PER_FILE",
    "PROBLEMS_LEFT_OUT",
    "Diagnostic",
    "Example",
    "Files",
    "JudgedExample",
    "Rule",
    "Severity",
    "Span",
    "limit_diagnostics",
    "sort_diagnostics",
]

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


Files = Mapping[str, str | bytes | None]


@dataclass(frozen=True, slots=True)
class Example:
    """What earns a code: files written over those of the sample catalog, None for one taken away.

    With `base`, it is the change from there that earns it. Where no file's text can, `words` say
    what does.
    """

    files: Files = field(default_factory=dict)
    base: Files | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a code means: a sentence each, without a full stop; Markdown's backticks alone.

    `code` is kebab-case, states the fault and never changes its meaning, nor is it used again for
    another.
    """

    code: str
    summary: str
    remedy: str
    severity: Severity = Severity.ERROR
    example: Example = field(compare=False, repr=False)

    @property
    def hint(self) -> str:
        """The remedy as it stands in a message."""
        return self.remedy[:1].lower() + self.remedy[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """What is wrong, where, and what to do.

    `summary` is one line without a full stop; `hint` says what to do next.
    """

    code: str
    summary: str
    span: Span
    hint: str = ""
    severity: Severity = Severity.ERROR
    related: tuple[Span, ...] = ()

    @classmethod
    def at(cls, span: Span, rule: Rule, summary: str, hint: str | None = None) -> "Diagnostic":
        """What the rule has against the place; without a hint of its own, the rule's remedy."""
        return cls(
            code=rule.code,
            summary=summary,
            span=span,
            hint=rule.hint if hint is None else hint,
            severity=rule.severity,
        )


@dataclass(frozen=True, slots=True)
class JudgedExample:
    """An example with what is said of it: all its files by their path in messages, and the base's.

    Where no file's text can earn the code, nothing is said and there are no files.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    base: Mapping[str, str] | None = None

    def text(self, path: str) -> str:
        """The file that a diagnostic names; one that a change takes away is the base's."""
        return self.files.get(path) or (self.base or {}).get(path, "")


PROBLEMS_LEFT_OUT = Rule(
    code="problems-left-out",
    summary="A file has more than 100 problems, or the run more than 1,000, and not all are listed",
    remedy="Fix what is listed, then look again",
    severity=Severity.WARNING,
    example=Example({"grants/claude/joe.yaml": "grants: [" + "1, " * 150 + "]\n"}),
)


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics by place, each once."""
    return tuple(sorted(set(diagnostics), key=lambda d: (d.span, d.code, d.summary)))


def limit_diagnostics(
    diagnostics: Iterable[Diagnostic], unsaid: Mapping[str, int], root: str
) -> tuple[Diagnostic, ...]:
    """The diagnostics in order, at most so many, errors before warnings; and what was left out.

    `unsaid` is how many more there are at least of each file, for which nobody looked any further;
    `root` is where the rest of the whole run is reported.
    """
    wanted = sorted(sort_diagnostics(diagnostics), key=lambda d: d.severity is not Severity.ERROR)
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
    notices = [
        _left_out(path, "this file", {path: left[path]}, unsaid) for path in left if kept[path]
    ]
    others = {path: number for path, number in left.items() if not kept[path]}
    if others:
        where = "1 more file" if len(others) == 1 else f"{len(others):,} more files"
        notices.append(_left_out(root, where, others, unsaid))
    return sort_diagnostics([*listed, *notices])


def _left_out(
    path: str, where: str, left: Mapping[str, int], unsaid: Mapping[str, int]
) -> Diagnostic:
    """That so many problems of the files are not listed."""
    number = sum(left.values())
    at_least = "at least " if any(unsaid.get(each) for each in left) else ""
    verb = "problem is" if number == 1 else "problems are"
    summary = f"{at_least}{number:,} more {verb} not listed, of {where}"
    return Diagnostic.at(Span(path), PROBLEMS_LEFT_OUT, summary)
