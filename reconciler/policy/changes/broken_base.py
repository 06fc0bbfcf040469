"""Where the base has errors, a change fixes them and does nothing else.

What a file with an error says was not read, so nobody can tell what the change does to it; all else
can be compared, and stays as it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Diagnostic, Example, Rule, Severity, Span
from reconciler.policy import sample
from reconciler.policy.finding import Finding, Place, place

__all__ = [
    "RULES",
    "Broken",
    "find_changes_beyond_fixes",
    "report_base_errors",
    "report_lost_content",
]

_WRONG_TOOL = {sample.TOOL_FILE: sample.TOOL + "more: 1\n"}

BASE_INVALID = Rule(
    code="base-invalid",
    summary="The base has errors itself, so what those files say was not compared",
    remedy="Fix the base first, if this change does not; it may do nothing else",
    severity=Severity.WARNING,
    example=Example({}, base=_WRONG_TOOL),
)
CHANGE_BEYOND_MENDING = Rule(
    code="change-beyond-mending",
    summary="The base has errors, and a change does more than fix the files that have them",
    remedy="Fix the files that have errors first, in a change of its own",
    example=Example({sample.OTHER_GRANT_FILE: sample.OTHER_GRANT}, base=_WRONG_TOOL),
)
RULES = (BASE_INVALID, CHANGE_BEYOND_MENDING)


class _Noun(Protocol):
    """An object of the catalog, which knows where it was written."""

    @property
    def origin(self) -> Span | None:
        """Where it starts."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What of the base could not be read: files by path, and what references did not find."""

    files: frozenset[str]
    wanted: frozenset[str] = frozenset()


def find_changes_beyond_fixes(head: Catalog, base: Catalog, broken: Broken) -> Iterator[Finding]:
    """Every object that the change brings or alters outside of what it fixes."""
    kept = {id_ for noun, id_ in _nouns(base)}
    for noun, id_ in _nouns(head):
        at = Place(noun.origin or Span("catalog"))
        is_fix = at.origin.path in broken.files or _name(noun) in broken.wanted
        if id_ not in kept and not is_fix:
            yield _report_beyond(at)
    for before, after in (
        (base.doors.github, head.doors.github),
        (base.doors.jira, head.doors.jira),
    ):
        if before is not None and after is None:
            yield _report_beyond(place(before))
    if head.settings != base.settings and not any(_is_settings(f) for f in broken.files):
        yield _report_beyond(Place(_settings_span(head, base)))


def report_base_errors(base: str) -> Diagnostic:
    """That the base, of this name, could only be compared in part."""
    summary = "the base has errors itself, so what those files say was not compared"
    return Diagnostic.at(Span(base), BASE_INVALID, summary)


def report_lost_content(path: str) -> Diagnostic:
    """That what a file with an error says at the base is gone, and not only the error."""
    return Diagnostic.at(
        Span(path),
        CHANGE_BEYOND_MENDING,
        "the file has errors at the base, and what it said there goes away with them",
        "fix it in its place, with as many objects as it has; delete what may go later",
    )


def _nouns(catalog: Catalog) -> Iterator[tuple[_Noun, object]]:
    """Every object but the settings, with what tells it from others: its kind and its content."""
    listed: tuple[Iterable[_Noun], ...] = (
        catalog.connectors.values(),
        catalog.tools.values(),
        catalog.bindings,
        catalog.grants,
        catalog.identities,
        catalog.acknowledgements,
        catalog.accounts,
        (door for door in (catalog.doors.github, catalog.doors.jira) if door is not None),
    )
    for nouns in listed:
        for noun in nouns:
            yield noun, (type(noun).__name__, repr(noun))


def _name(noun: _Noun) -> str:
    """What a reference to the object is called."""
    kind = type(noun).__name__.lower()
    if kind.endswith("door"):
        return f"door:{kind.removesuffix('door')}"
    if kind == "binding":
        return f"binding:{getattr(noun, 'tool', '')}/{getattr(noun, 'entitlement', '')}"
    return f"{kind}:{getattr(noun, 'id', '')}"


def _is_settings(path: str) -> bool:
    return path.rpartition("/")[2] == "settings.yaml"


def _settings_span(head: Catalog, base: Catalog) -> Span:
    """Where the settings are, as far as anything in the catalog tells its folder."""
    for catalog in (head, base):
        for noun, _ in _nouns(catalog):
            if noun.origin is not None:
                folder, _, _ = noun.origin.path.rpartition("/")
                return Span(f"{folder.rpartition('/')[0]}/settings.yaml")
    return Span("settings.yaml")


def _report_beyond(at: Place) -> Finding:
    summary = "the base has errors, and the change does more than fix them"
    return Finding.at(at, CHANGE_BEYOND_MENDING, summary)
