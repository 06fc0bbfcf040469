"""Problems as GitHub's workflow commands: annotations at the lines of a pull request.

Escaping is that of actions/toolkit's `command.ts`: `%`, CR and LF in a message; `:` and `,` besides
in a property. Text from files is made harmless first, so no line of ours can begin another command.
"""

from collections.abc import Iterator
from itertools import starmap

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.render.document import count
from reconciler.render.escape import harmless

__all__ = ["annotations"]

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
    return _command(found.severity.value, where, "\n".join(map(harmless, lines)))


def _command(name: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(starmap(_property, properties.items()))
    return f"::{name}{' ' if listed else ''}{listed}::{_escaped(message)}"


def _property(key: str, value: str) -> str:
    return f"{key}={_escaped(harmless(value)).replace(':', '%3A').replace(',', '%2C')}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
