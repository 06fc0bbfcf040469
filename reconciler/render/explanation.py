"""A rule explained with an example that breaks it, and the tables of everything that has a code."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.model.diagnostics import Files, JudgedExample, Rule, Severity, Span
from reconciler.planning.guards.reference import GuardEntry
from reconciler.render.formats.diagnostics import diagnostic_lines
from reconciler.render.formats.escape import escape
from reconciler.render.formats.text import Line

__all__ = [
    "Table",
    "explanation_json",
    "explanation_lines",
    "guard_json",
    "guard_lines",
    "reference_json",
    "reference_page",
    "rules_table",
]

_BEFORE, _AFTER = 3, 1
_WIDEST = 96


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of code: what its columns are called, and a row for each."""

    title: str
    key: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def explanation_lines(rule: Rule, shown: JudgedExample) -> Iterator[Line]:
    """What the rule means and what to do, and the example with the message that it earns."""
    style = "remove" if rule.severity is Severity.ERROR else "blocked"
    yield Line(f"{rule.code} ({rule.severity.value})", style)
    yield Line("")
    yield Line(f"  {rule.summary}.")
    yield Line(f"  What to do: {rule.hint}.")
    yield Line("")
    if rule.example.words:
        yield Line(f"For example: {rule.example.words}.")
    for first in shown.diagnostics[:1]:
        yield from _changes(shown)
        yield Line("")
        yield from _excerpt(shown.text(first.span.path), first.span)
        yield from diagnostic_lines((first,))


def _changes(shown: JudgedExample) -> Iterator[Line]:
    """What the change does to the files, where it is a change that breaks the rule."""
    if shown.base is None:
        yield Line("For example, with these lines in the catalog:")
        return
    yield Line("For example, by a change of the catalog:")
    for path in sorted(shown.files.keys() | shown.base.keys()):
        before, after = shown.base.get(path), shown.files.get(path)
        if before != after:
            verb = "adds" if before is None else "deletes" if after is None else "edits"
            yield Line(f"  {verb} {escape(path)}")


def _excerpt(text: str, span: Span) -> Iterator[Line]:
    """The line of the place, between those around it, under the file's name."""
    lines = text.split("\n")[:-1]
    if not lines:
        return
    yield Line(f"  {escape(span.path)}", "faint")
    start, end = max(span.line - 1 - _BEFORE, 0), min(span.line + _AFTER, len(lines))
    for number in range(start, end):
        mark = ">" if number == span.line - 1 else " "
        shown = escape(lines[number])
        cut = f"{shown[:_WIDEST]}…" if len(shown) > _WIDEST else shown
        yield Line(f"  {mark} {number + 1:>3} | {cut}".rstrip())
    yield Line("")


def explanation_json(rule: Rule, shown: JudgedExample) -> str:
    """The same, for programs: the files that the example writes over those of the sample."""
    example, base = rule.example, rule.example.base
    content = {
        "format": "reconciler.explanation/1",
        **_rule(rule),
        "example": {
            "words": example.words,
            "files": _plain(example.files),
            "base": None if base is None else _plain(base),
            "messages": [
                {"place": str(each.span), "summary": each.summary, "hint": each.hint}
                for each in shown.diagnostics
            ],
        },
    }
    return json.dumps(content, indent=1)


def _plain(files: Files) -> dict[str, str | None]:
    return {
        path: text.decode(errors="replace") if isinstance(text, bytes) else text
        for path, text in files.items()
    }


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "remedy": rule.remedy,
    }


def guard_lines(guard: GuardEntry) -> Iterator[Line]:
    """What a guard holds, when, and what lets it pass."""
    yield Line(f"{guard.name} (guard)", "blocked")
    yield Line("")
    yield Line(f"  Holds {guard.holds}, when: {guard.trips}.")
    yield Line(
        "  What to do: look at what it holds, and commit the acknowledgement that the plan "
        "prints for just these lines; or, where the settings have its limit, change that in a "
        "change of its own."
    )


def guard_json(guard: GuardEntry) -> str:
    """The same, for programs."""
    content = {"guard": guard.name, "holds": guard.holds, "when": guard.trips}
    return json.dumps({"format": "reconciler.explanation/1", **content}, indent=1)


def rules_table(rules: Iterable[Rule]) -> Table:
    """What the files of a catalog may be told."""
    rows = tuple((r.code, r.severity.value, r.summary, r.remedy) for r in rules)
    return Table("Diagnostics", "diagnostics", ("code", "severity", "summary", "remedy"), rows)


def reference_page(tables: Iterable[Table]) -> str:
    """The tables as one page of Markdown; what a row is found by is in code."""
    return "\n".join(["# Reference", "", *(line for table in tables for line in _table(table))])


def _table(table: Table) -> Iterator[str]:
    yield f"## {table.title}"
    yield ""
    yield f"| {' | '.join(table.columns)} |"
    yield f"|{'---|' * len(table.columns)}"
    for name, *cells in table.rows:
        yield f"| `{name}` | {' | '.join(cells)} |"
    yield ""


def reference_json(tables: Iterable[Table]) -> str:
    """The tables, for programs: a list of objects for each."""
    content: dict[str, object] = {"format": "reconciler.reference/1"}
    for table in tables:
        content[table.key] = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return json.dumps(content, indent=1)
