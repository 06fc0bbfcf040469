"""The entrance: a folder into a catalog, with every complaint about it at its line and column."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.catalog import locate, schema_check, text_checks
from reconciler.catalog.assemble import Assembly
from reconciler.catalog.digest import emptied
from reconciler.catalog.file_rules import CATALOG_EMPTY, CONNECTOR_MISSING
from reconciler.catalog.files import Folder, Listing, Source, SourceFile
from reconciler.catalog.yaml_errors import Complaint
from reconciler.catalog.yaml_reader import read
from reconciler.model.catalog import UNFILLED, Catalog
from reconciler.model.diagnostics import (
    Diagnostic,
    Severity,
    Span,
    limit_diagnostics,
    sort_diagnostics,
)
from reconciler.policy import registry
from reconciler.policy.changes import change
from reconciler.policy.changes.bindings import Emptied
from reconciler.policy.changes.broken_base import (
    Broken,
    find_changes_beyond_fixes,
    report_base_errors,
    report_lost_content,
)
from reconciler.policy.checks import placeholders
from reconciler.policy.checks.placeholders import PLACEHOLDER_UNFILLED
from reconciler.policy.finding import Finding, Place
from reconciler.policy.finding import Path as Route

__all__ = [
    "Loaded",
    "load",
    "load_and_judge",
    "load_and_judge_change",
    "load_and_judge_from",
    "load_as_read",
]

_UNFILLED_BYTES = tuple(word.encode() for word in UNFILLED)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The best that could be made of the files, all that is wrong with them, and how many.

    `commit` is the one whose objects were read; None where the files were read as they lie.
    """

    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]
    files: int
    commit: str | None = None


def load(root: Path, *, display: str | None = None) -> Loaded:
    """The catalog below `root`, with the complaints of reading, form and references."""
    loading = _Loading(Folder(root, _shown(root, display)))
    with _paused_collector():
        catalog = loading.run()
        loading.say(registry.judge_references(catalog))
        loading.say(registry.judge_partial_references(catalog, loading.assembly.mentions))
        return loading.loaded(catalog)


def load_and_judge(
    root: Path, *, display: str | None = None, now: datetime | None = None
) -> Loaded:
    """As `load`, with what policy says besides; without `now`, nothing is in the future or past."""
    return load_and_judge_from(Folder(root, _shown(root, display)), now)


def load_and_judge_from(source: Source, now: datetime | None = None) -> Loaded:
    """As `load_and_judge`, wherever the files lie."""
    loading = _Loading(source)
    with _paused_collector():
        catalog = loading.run()
        loading.say(registry.judge(catalog, now))
        loading.say(registry.judge_partial_objects(catalog, loading.assembly.mentions))
        return loading.loaded(catalog)


def load_as_read(source: Source) -> Loaded:
    """What the files say, judged by form alone: no policy, and no reference out of them."""
    loading = _Loading(source)
    with _paused_collector():
        return loading.loaded(loading.run())


def _shown(root: Path, display: str | None) -> str:
    return (display or root.as_posix()).rstrip("/") or "/"


def load_and_judge_change(
    source: Source, base: Source, now: datetime, emptied: Emptied = frozenset()
) -> Loaded:
    """As `load_and_judge_from`, with what the change from `base` to it may not do in one go.

    A base with errors is compared with as far as it can be read, and a change may only fix it; its
    own errors are not this change's. `emptied` are bindings whose groups a plan shows to be empty.
    """
    before, after = _Loading(base), _Loading(source)
    with _paused_collector():
        start, catalog = before.run(), after.run()
        before.say(registry.judge_references(start))
        broken = before.broken()
        after.say(change.enforce_on_brought_grants(registry.judge(catalog, now), catalog, start))
        after.say(registry.judge_partial_objects(catalog, after.assembly.mentions))
        lost = before.not_kept_in(after)
        excess = tuple(find_changes_beyond_fixes(catalog, start, broken)) if broken.files else ()
        refused = {finding.origin for finding in excess}
        after.say(excess)
        after.say(f for f in change.judge_brought(catalog, start, now) if f.origin not in refused)
        before.diagnostics.clear()
        before.findings.clear()
        before.findings.extend(change.judge_taken(catalog, start, now, emptied))
        before.diagnostics.extend(map(report_lost_content, lost))
        if broken.files and not excess and not lost:
            before.diagnostics.append(report_base_errors(base.display))
        result, gone = after.loaded(catalog), before.loaded(start)
        return replace(
            result, diagnostics=sort_diagnostics([*result.diagnostics, *gone.diagnostics])
        )


@contextmanager
def _paused_collector() -> Iterator[None]:
    """Without the cyclic collector: it would walk a million new values again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(slots=True)
class _Loading:
    """One load under way."""

    source: Source
    assembly: Assembly = field(default_factory=Assembly)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    files_by_path: dict[str, SourceFile] = field(default_factory=dict)
    unsaid: dict[str, int] = field(default_factory=dict)
    """How many more problems each file has at least."""
    objects: dict[str, int] = field(default_factory=dict)
    """How many objects each file has; at least one, where that cannot be read."""
    unread: set[str] = field(default_factory=set)
    """Files of which not every object could be read."""

    def run(self) -> Catalog:
        """Reads every file, in the order of kinds."""
        listing = self.source.listing()
        self.diagnostics.extend(listing.diagnostics)
        if not listing.diagnostics:
            self.diagnostics.extend(_absent(self.source, listing))
        self.files_by_path = {file.shown: file for file in listing.files}
        for file in listing.files:
            self._take(file)
        self.say(self.assembly.findings)
        return self.assembly.catalog()

    def say(self, findings: Iterable[Finding]) -> None:
        """Keeps the findings, but for references to what is there and could not be read."""
        self.findings += [
            each for each in findings if not (each.wants and self.assembly.is_unread(each.wants))
        ]

    def not_kept_in(self, after: "_Loading") -> list[str]:
        """Files that could not be read whole, and of which `after` has less."""
        return sorted(p for p in self.unread if after.objects.get(p, 0) < self.objects.get(p, 1))

    def broken(self) -> Broken:
        """The files with errors, and what references in them did not find."""
        wrong = [f for f in self.findings if f.severity is Severity.ERROR]
        places = [p for f in wrong for p in (f.place, *f.related)]
        errors = (d for d in self.diagnostics if d.severity is Severity.ERROR)
        # An unfilled value keeps nobody from reading the rest of what the base says.
        spans = [d.span for d in errors if d.code != PLACEHOLDER_UNFILLED.code]
        return Broken(
            files=frozenset({p.origin.path for p in places} | {span.path for span in spans}),
            wanted=frozenset(f.wants for f in wrong if f.wants),
        )

    def loaded(self, catalog: Catalog) -> Loaded:
        """The result, each finding at its place."""
        located = locate.located(self.findings, self._content)
        told = limit_diagnostics(
            _settled(self.diagnostics, located), self.unsaid, self.source.display
        )
        return Loaded(catalog, told, len(self.files_by_path))

    def _take(self, file: SourceFile) -> None:
        content = self.source.read(file)
        if isinstance(content, Diagnostic):
            self.diagnostics.append(content)
            self._reject(file)
            return
        document = read(content, file.kind.plural)
        if document.unsaid:
            self.unsaid[file.shown] = document.unsaid
        literals = [*text_checks.named(file.shown), *text_checks.literals(content, document.data)]
        self._complain(file, [*document.complaints, *text_checks.hidden(content), *literals])
        self._complain(file, _unfilled(content, document.data))
        if not document.is_whole:
            self._reject(file)
            return
        judged = schema_check.judge(file.kind, document, file.shown)
        self.findings += judged.findings
        if judged.unsaid:
            self.unsaid[file.shown] = document.unsaid + judged.unsaid
        read_whole = len(judged.items) + len(judged.rejected)
        self.objects[file.shown] = max(read_whole, len(document.starts), int(judged.is_lossy))
        if judged.is_lossy:
            self._reject(file)
        if judged.rejected:
            self.unread.add(file.shown)
        for item in judged.rejected:
            self.assembly.reject(file.kind, item.data)
            self.assembly.overhear(file, item)
        where = _where(content, Span(file.shown, *document.start))
        self.assembly.add(file, judged.items, where)

    def _reject(self, file: SourceFile) -> None:
        self.assembly.reject(file.kind)
        self.unread.add(file.shown)

    def _complain(self, file: SourceFile, complaints: list[Complaint]) -> None:
        self.diagnostics += [
            Diagnostic.at(
                Span(file.shown, each.line, each.column), each.rule, each.summary, each.hint
            )
            for each in complaints
        ]

    def _content(self, shown: str) -> bytes | None:
        file = self.files_by_path.get(shown)
        content = None if file is None else self.source.read(file)
        return content if isinstance(content, bytes) else None


def _absent(source: Source, listing: Listing) -> Iterator[Diagnostic]:
    """What makes a catalog look like one that asks for nothing, though nobody may have meant it."""
    span = Span(source.display)
    if listing.files:
        if not any(file.kind.plural == "connectors" for file in listing.files):
            summary = "there is no connector, so no org is ever asked"
            yield Diagnostic.at(span, CONNECTOR_MISSING, summary)
    elif isinstance(source, Folder) and (gone := emptied(source.root, source.display)):
        yield gone
    else:
        hint = "name the right folder with --catalog, or write the first file into it"
        yield Diagnostic.at(span, CATALOG_EMPTY, "the catalog has no file at all", hint)


def _unfilled(content: bytes, data: Any) -> list[Complaint]:  # noqa: ANN401 - any YAML value
    """A complaint for each value that still waits to be replaced."""
    if not any(word in content for word in _UNFILLED_BYTES):
        return []
    values = locate.locate(content).values
    return [
        Complaint(
            PLACEHOLDER_UNFILLED,
            *values.get(path, (1, 1)),
            f"`{path[-1] if path else 'value'}` is still to be replaced",
        )
        for path in placeholders.find_unfilled(data)
    ]


def _where(content: bytes, start: Span) -> Callable[[Route], Span]:
    """What tells where a value stands; the file is walked once, and only when somebody asks."""
    walked: list[locate.Positions] = []

    def where(path: Route) -> Span:
        if not walked:
            walked.append(locate.locate(content))
        return Span(start.path, *walked[0].point(Place(start, path)))

    return where


def _settled(read: list[Diagnostic], located: list[Diagnostic]) -> list[Diagnostic]:
    """All of them, but what is said of form where the reader already spoke of the same place."""
    spoken = {each.span for each in read}
    return read + [each for each in located if each.span not in spoken]
