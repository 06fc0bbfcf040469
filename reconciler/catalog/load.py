"""The entrance: a folder into a catalog, with every problem at its line and column."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from reconciler.catalog.assemble import Assembly
from reconciler.catalog.file_form import FileForm, KnownForms, read_form
from reconciler.catalog.file_rules import CATALOG_EMPTY, CONNECTOR_MISSING
from reconciler.catalog.files import Folder, Listing, Source, SourceFile
from reconciler.catalog.git.checkout import explain_empty_folder
from reconciler.catalog.schema.check import Form
from reconciler.catalog.yaml import positions
from reconciler.catalog.yaml.errors import TextProblem
from reconciler.model.catalog import Catalog
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
from reconciler.policy.checks.placeholders import PLACEHOLDER_UNFILLED
from reconciler.policy.finding import Finding, Place
from reconciler.policy.finding import Path as Route

__all__ = [
    "ChangeJudge",
    "Loaded",
    "load",
    "load_and_judge",
    "load_and_judge_change",
    "load_and_judge_from",
    "load_as_read",
]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The best that could be made of the files, all that is wrong with them, and how many.

    `commit` is the one whose objects were read; None where the files of a folder were read.
    """

    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]
    files: int
    commit: str | None = None


def load(root: Path, *, display: str | None = None) -> Loaded:
    """The catalog below `root`, with the problems of reading, form and references."""
    loading = _Load(Folder(root, _display_of(root, display)))
    with _paused_collector():
        catalog = loading.run()
        loading.add_findings(registry.judge_references(catalog))
        loading.add_findings(
            registry.judge_partial_references(catalog, loading.assembly.partial_references)
        )
        return loading.finish(catalog)


def load_and_judge(
    root: Path, *, display: str | None = None, now: datetime | None = None
) -> Loaded:
    """As `load`, with what policy says besides; without `now`, nothing is in the future or past."""
    return load_and_judge_from(Folder(root, _display_of(root, display)), now)


def load_and_judge_from(source: Source, now: datetime | None = None) -> Loaded:
    """As `load_and_judge`, wherever the files are."""
    loading = _Load(source)
    with _paused_collector():
        catalog = loading.run()
        loading.add_findings(registry.judge(catalog, now))
        loading.add_findings(
            registry.judge_partial_objects(catalog, loading.assembly.partial_references)
        )
        return loading.finish(catalog)


def load_as_read(source: Source) -> Loaded:
    """What the files say, judged by form alone: no policy, and no reference out of them."""
    loading = _Load(source)
    with _paused_collector():
        return loading.finish(loading.run())


def _display_of(root: Path, display: str | None) -> str:
    return (display or root.as_posix()).rstrip("/") or "/"


def load_and_judge_change(
    source: Source, base: Source, now: datetime, emptied: Emptied = frozenset()
) -> Loaded:
    """As `load_and_judge_from`, with what the change from `base` to it may not do in one go.

    A base with errors is compared with as far as it can be read, and a change may only fix it; its
    own errors are not this change's. `emptied` are bindings whose groups a plan shows to be empty.
    """
    return ChangeJudge(base, now).judge(source, emptied)


class ChangeJudge:
    """Judges changes of one base, which is read once: its files stay as they are meanwhile.

    A file that no change touched is not read again either; everything is judged for each.
    """

    def __init__(self, base: Source, now: datetime) -> None:
        self._now, self._forms = now, KnownForms()
        self._before = _Load(base, self._forms)
        with _paused_collector():
            self._start = self._before.run()
            self._before.add_findings(registry.judge_references(self._start))
        self._broken = self._before.broken()

    def judge(self, source: Source, emptied: Emptied = frozenset()) -> Loaded:
        """As `load_and_judge_change`, for this base and this instant."""
        after = _Load(source, self._forms)
        with _paused_collector():
            catalog = after.run()
            findings = registry.judge(catalog, self._now)
            after.add_findings(change.enforce_on_brought(findings, catalog, self._start))
            after.add_findings(
                registry.judge_partial_objects(catalog, after.assembly.partial_references)
            )
            reported = self._compare(after, catalog)
            taken = change.judge_taken(catalog, self._start, self._now, emptied)
            before = replace(self._before, diagnostics=reported, findings=list(taken))
            result, gone = after.finish(catalog), before.finish(self._start)
            return replace(
                result, diagnostics=sort_diagnostics([*result.diagnostics, *gone.diagnostics])
            )

    def _compare(self, after: "_Load", catalog: Catalog) -> list[Diagnostic]:
        """Holds what the change brings against the base; what there is to say of the base's files.

        Of a base with errors, whatever is no fix is refused, and by that alone.
        """
        start, broken = self._start, self._broken
        lost = self._before.find_unfixed_files(after)
        excess = tuple(find_changes_beyond_fixes(catalog, start, broken)) if broken.files else ()
        refused = {finding.origin for finding in excess}
        after.add_findings(excess)
        brought = change.judge_brought(catalog, start, self._now)
        after.add_findings(f for f in brought if f.origin not in refused)
        reported = list(map(report_lost_content, lost))
        if broken.files and not excess and not lost:
            reported.append(report_base_errors(self._before.source.display))
        return reported


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
class _Load:
    """One load under way."""

    source: Source
    forms: KnownForms | None = None
    """What is known already of files; None where each is read once and forgotten."""
    assembly: Assembly = field(default_factory=Assembly)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    files_by_path: dict[str, SourceFile] = field(default_factory=dict)
    unreported: dict[str, int] = field(default_factory=dict)
    """How many more problems each file has at least."""
    objects: dict[str, int] = field(default_factory=dict)
    """How many objects each file has; at least one, where that cannot be read."""
    unreadable: set[str] = field(default_factory=set)
    """Files of which not every object could be read."""

    def run(self) -> Catalog:
        """Reads every file, in the order of kinds."""
        list_files = self.source.list_files()
        self.diagnostics.extend(list_files.diagnostics)
        if not list_files.diagnostics:
            self.diagnostics.extend(_missing_files(self.source, list_files))
        self.files_by_path = {file.shown: file for file in list_files.files}
        for file in list_files.files:
            self._load_file(file)
        self.add_findings(self.assembly.findings)
        return self.assembly.catalog()

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Keeps the findings, but for references to what is there and could not be read."""
        self.findings += [
            each
            for each in findings
            if not (each.wants and self.assembly.is_unreadable(each.wants))
        ]

    def find_unfixed_files(self, after: "_Load") -> list[str]:
        """Files that could not be read whole, and of which `after` has less."""
        return sorted(
            p for p in self.unreadable if after.objects.get(p, 0) < self.objects.get(p, 1)
        )

    def broken(self) -> Broken:
        """The files with errors, and what references in them did not find."""
        wrong = [f for f in self.findings if f.severity is Severity.ERROR]
        places = [p for f in wrong for p in (f.place, *f.related)]
        errors = (d for d in self.diagnostics if d.severity is Severity.ERROR)
        # An unfilled value does not keep one from reading the rest of what the base says.
        spans = [d.span for d in errors if d.code != PLACEHOLDER_UNFILLED.code]
        return Broken(
            files=frozenset({p.origin.path for p in places} | {span.path for span in spans}),
            wanted=frozenset(f.wants for f in wrong if f.wants),
        )

    def finish(self, catalog: Catalog) -> Loaded:
        """The result, each finding at its place."""
        located = positions.locate_findings(self.findings, self._content)
        diagnostics = limit_diagnostics(
            _merge(self.diagnostics, located), self.unreported, self.source.display
        )
        return Loaded(catalog, diagnostics, len(self.files_by_path))

    def _load_file(self, file: SourceFile) -> None:
        content = self.source.read(file)
        if isinstance(content, Diagnostic):
            self.diagnostics.append(content)
            self._reject(file)
            return
        read = read_form(file, content) if self.forms is None else self.forms.read(file, content)
        if read.unreported:
            self.unreported[file.shown] = read.unreported
        self._add_problems(file, read.problems)
        if read.form is None:
            self._reject(file)
            return
        self.findings += read.form.findings
        self.objects[file.shown] = read.number_of_objects
        self._take_in(file, read, read.form)

    def _take_in(self, file: SourceFile, read: FileForm, form: Form) -> None:
        if form.is_lossy:
            self._reject(file)
        if form.rejected:
            self.unreadable.add(file.shown)
        for item in form.rejected:
            self.assembly.reject(file.kind, item.data)
            self.assembly.add_partial_reference(file, item)
        where = _span_finder(read.content, Span(file.shown, *read.document.start))
        self.assembly.add(file, form.items, where)

    def _reject(self, file: SourceFile) -> None:
        self.assembly.reject(file.kind)
        self.unreadable.add(file.shown)

    def _add_problems(self, file: SourceFile, problems: Iterable[TextProblem]) -> None:
        self.diagnostics += [
            Diagnostic.at(
                Span(file.shown, each.line, each.column), each.rule, each.summary, each.hint
            )
            for each in problems
        ]

    def _content(self, shown: str) -> bytes | None:
        file = self.files_by_path.get(shown)
        content = None if file is None else self.source.read(file)
        return content if isinstance(content, bytes) else None


def _missing_files(source: Source, list_files: Listing) -> Iterator[Diagnostic]:
    """What makes a catalog look like one that asks for nothing, though that may be a mistake."""
    span = Span(source.display)
    if list_files.files:
        if not any(file.kind.plural == "connectors" for file in list_files.files):
            summary = "there is no connector, so no org is ever asked"
            yield Diagnostic.at(span, CONNECTOR_MISSING, summary)
    elif isinstance(source, Folder) and (gone := explain_empty_folder(source.root, source.display)):
        yield gone
    else:
        hint = "name the right folder with --catalog, or write the first file into it"
        yield Diagnostic.at(span, CATALOG_EMPTY, "the catalog has no file at all", hint)


def _span_finder(content: bytes, start: Span) -> Callable[[Route], Span]:
    """Finds where a value is; the file is walked once, and only when it is asked."""
    walked: list[positions.Positions] = []

    def where(path: Route) -> Span:
        if not walked:
            walked.append(positions.locate_values(content))
        return Span(start.path, *walked[0].point(Place(start, path)))

    return where


def _merge(read: list[Diagnostic], located: list[Diagnostic]) -> list[Diagnostic]:
    """All of them, but no problem of form where the reader already reported the same place."""
    spoken = {each.span for each in read}
    return read + [each for each in located if each.span not in spoken]
