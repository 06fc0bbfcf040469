"""Problems of the user's files: code, place, what is wrong and what to do."""

import json
from collections.abc import Iterator
from itertools import starmap

from reconciler.model.diagnostics import PROBLEMS_LEFT_OUT, Diagnostic, Severity
from reconciler.render.document import count
from reconciler.render.formats.escape import escape
from reconciler.render.formats.text import Line

__all__ = ["annotations", "diagnostic_lines", "diagnostics_json", "summary"]

DIAGNOSTICS_FORMAT = "reconciler.diagnostics/1"


def diagnostic_lines(diagnostics: tuple[Diagnostic, ...]) -> Iterator[Line]:
    """Each problem in four lines, readable without colour."""
    for found in diagnostics:
        style = "remove" if found.severity is Severity.ERROR else "blocked"
        yield Line(f"{found.severity.value}: {found.code}", style)
        yield Line(f"  {escape(str(found.span))}", "faint")
        yield Line(f"  {escape(found.summary)}")
        for place in found.related:
            yield Line(f"  see also {escape(str(place))}", "faint")
        if found.hint:
            yield Line(f"  hint: {escape(found.hint)}")
        yield Line("")


def summary(diagnostics: tuple[Diagnostic, ...], files: int, grants: int) -> str:
    """How the catalog stands, in a sentence."""
    errors = sum(1 for d in diagnostics if d.severity is Severity.ERROR)
    left_out = sum(1 for d in diagnostics if d.code == PROBLEMS_LEFT_OUT.code)
    warnings = len(diagnostics) - errors - left_out
    least = "at least " if left_out else ""
    read = f"{count(files, 'file')}, {count(grants, 'grant')}"
    if errors:
        both = f"{count(errors, 'error')} and {count(warnings, 'warning')}"
        return f"The catalog has {least}{both} ({read})."
    if warnings:
        return f"The catalog is valid, with {least}{count(warnings, 'warning')} ({read})."
    if not files:
        return "The catalog is empty: there is no file to judge."
    return f"The catalog is valid ({read})."


def diagnostics_json(diagnostics: tuple[Diagnostic, ...], files: int) -> str:
    """The problems as JSON, for programs."""
    return json.dumps(
        {
            "format": DIAGNOSTICS_FORMAT,
            "files": files,
            "diagnostics": [
                {
                    "code": d.code,
                    "severity": d.severity.value,
                    "summary": d.summary,
                    "hint": d.hint,
                    "path": d.span.path,
                    "line": d.span.line,
                    "column": d.span.column,
                    "related": [
                        {"path": s.path, "line": s.line, "column": s.column} for s in d.related
                    ],
                }
                for d in diagnostics
            ],
        },
        indent=1,
    )


_SHOWN_PER_STEP = 10
"""GitHub shows this many errors and as many warnings of a step, and keeps the rest in the log."""


def annotations(diagnostics: tuple[Diagnostic, ...]) -> Iterator[str]:
    """A command for each problem, errors first; then a notice, where GitHub will not show all."""
    for severity in (Severity.ERROR, Severity.WARNING):
        yield from (_annotation(d) for d in diagnostics if d.severity is severity)
    hidden = sum(
        max(0, sum(1 for d in diagnostics if d.severity is severity) - _SHOWN_PER_STEP)
        for severity in Severity
    )
    if hidden:
        most = f"GitHub shows {_SHOWN_PER_STEP} errors and {_SHOWN_PER_STEP} warnings of a step"
        yield _command("notice", {}, f"{most}; {count(hidden, 'more problem')} in the log only")


def _annotation(found: Diagnostic) -> str:
    where = {
        "file": found.span.path,
        "line": str(found.span.line),
        "col": str(found.span.column),
        "title": found.code,
    }
    lines = [found.summary, *(f"see also {place}" for place in found.related)]
    if found.hint:
        lines.append(f"hint: {found.hint}")
    return _command(found.severity.value, where, "\n".join(map(escape, lines)))


def _command(name: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(starmap(_property, properties.items()))
    return f"::{name}{' ' if listed else ''}{listed}::{_escape_text(message)}"


def _property(key: str, value: str) -> str:
    return f"{key}={_escape_text(escape(value)).replace(':', '%3A').replace(',', '%2C')}"


def _escape_text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
