"""Which commit made a grant say what it says now, from git's objects alone.

One log and a batch of contents for each step back, whatever the number of grants and commits. The
steps of all grants are taken together.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler.catalog import decode
from reconciler.catalog.files import MAX_BYTES, Source, kind_of
from reconciler.catalog.git.log import Edit
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.tree import CommittedFolder
from reconciler.catalog.load import Loaded, load_and_judge_from, load_as_read
from reconciler.catalog.schema.check import check_form
from reconciler.catalog.schema.kinds import BY_FOLDER
from reconciler.catalog.yaml.reader import read_yaml
from reconciler.model.approvals.review import Introduction
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.diagnostics import Severity
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ReconcilerError
from reconciler.model.ids import EntitlementId, fold
from reconciler.planning.refs import grant_hash

__all__ = ["GrantHistory", "without_end"]

_WINDOW = 32
"""Versions of a file that are read at once."""
_BATCH = 500
"""Contents that are in memory at once."""
_RULES = frozenset({"tools", "identities", "doors"})
_WORDS = frozenset({"settings.yaml", "identities", "bindings"})
_PAST_GRANTS = frozenset({"tools", "grants"})
_GRANTS = BY_FOLDER["grants"]

_Trace = Generator[frozenset[str], None, Introduction | None]


@dataclass(slots=True)
class GrantHistory:
    """The catalog's past in the repository around it; `display` is how messages name its folder.

    `head` is the commit that is checked out. Where ends are ignored, a grant keeps its words
    however its end is written: it is the grant `without_end` that is looked for.
    """

    repository: Repository
    head: str
    display: str
    only: Mapping[str, EntitlementId]
    """The entitlement that a grant means which names none, by tool."""
    ignores_ends: bool = False
    _hashes: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _edits: list[Edit] = field(default_factory=list, repr=False)
    _places_of: dict[str, list[int]] = field(default_factory=dict, repr=False)
    """The edits of each file, newest first, as their places in the log."""
    _rules: dict[str, Catalog | ReadFailure] = field(default_factory=dict, repr=False)
    _meanings: dict[str, Catalog | ReadFailure] = field(default_factory=dict, repr=False)

    def find_introductions(
        self, grants: Iterable[Grant]
    ) -> Mapping[str, Introduction | None] | ReadFailure:
        """By the hash of each grant: its commit, or None where it is not committed as it is."""
        try:
            if self.repository.is_shallow():
                return ReadFailure(
                    code="missing", detail="the clone is shallow: check out with fetch-depth: 0"
                )
            if not self._edits:
                self._read_log()
            return self._walk({grant_hash(g): self._path(g) for g in grants})
        except ReconcilerError as error:
            return ReadFailure(code="missing", detail=f"{error.message}; {error.hint}")

    def _read_log(self) -> None:
        self._edits = list(self.repository.read_edits(self.head, _GRANTS.plural))
        self._places_of = {}
        for place, edit in enumerate(self._edits):
            for path in [p for p in edit.files if not _is_grants_file(p)]:
                del edit.files[path]  # a file that was not read as grants gave no access
            for path in edit.files:
                self._places_of.setdefault(path, []).append(place)

    def rules_at(self, commit: str) -> Catalog | ReadFailure:
        """The tools, identities and doors as the commit has them."""
        if commit not in self._rules:
            what = "the tools, identities or doors"
            self._rules[commit] = self._load_at(commit, _RULES, load_and_judge_from, what)
        return self._rules[commit]

    def meanings_at(self, commit: str) -> Catalog | ReadFailure:
        """The settings, identities and bindings as the commit has them, for what words mean.

        Whether they were well made by the rules of today is not asked.
        """
        if commit not in self._meanings:
            what = "the settings, identities or bindings"
            self._meanings[commit] = self._load_at(commit, _WORDS, load_as_read, what)
        return self._meanings[commit]

    def grants_at(self, commit: str) -> tuple[Grant, ...] | ReadFailure:
        """The grants as the commit has them, judged by their form alone."""
        found = self._load_at(commit, _PAST_GRANTS, load_as_read, "the grants")
        return found if isinstance(found, ReadFailure) else found.grants

    def find_replaced(
        self, tickets: Collection[str]
    ) -> tuple[tuple[datetime, Grant], ...] | ReadFailure:
        """The grants of these tickets in every file that was edited or deleted since, and when."""
        try:
            if not self._edits:
                self._read_log()
            return tuple(self._find_replaced(frozenset(map(fold, tickets))))
        except ReconcilerError as error:
            return ReadFailure(code="missing", detail=f"{error.message}; {error.hint}")

    def _find_replaced(self, tickets: frozenset[str]) -> Iterator[tuple[datetime, Grant]]:
        replaced: defaultdict[str, list[datetime]] = defaultdict(list)
        for edit in self._edits:
            for old, _ in edit.files.values():
                if old:
                    replaced[old].append(edit.at)
        blobs = sorted(replaced)
        for start in range(0, len(blobs), _BATCH):
            contents = self.repository.read_contents(blobs[start : start + _BATCH])
            for blob, content in contents.items():
                # Most files name other tickets: to look for one is quick, to read YAML is not.
                text = fold(content.decode("utf-8", "replace"))
                if any(ticket in text for ticket in tickets):
                    named = (g for g in self._grants(content) if fold(g.approval.ticket) in tickets)
                    yield from ((at, grant) for grant in named for at in replaced[blob])

    def declares(self, content: bytes, grant: str) -> bool:
        """Whether a grants file of this content holds the grant with this hash."""
        return grant in self._grant_hashes(content)

    def had_grant(self, commit: str, path: str, grant: str) -> bool | ReadFailure:
        """Whether the file held the grant with this hash; the path is the repository's."""
        try:
            entries = self.repository.list_entries(self.repository.commit(commit))
            blobs = {e.object_id for e in entries if self._full_path("/".join(e.parts)) == path}
            self._load_hashes(blobs)
        except ReconcilerError as error:
            return ReadFailure(code="missing", detail=f"commit {commit[:12]}: {error.message}")
        return any(grant in self._hashes[blob] for blob in blobs)

    def _load_at(
        self, commit: str, folders: frozenset[str], read: Callable[[Source], Loaded], what: str
    ) -> Catalog | ReadFailure:
        try:
            tree = self.repository.commit(commit)
            loaded = read(CommittedFolder(self.repository, tree, self.display, folders=folders))
        except ReconcilerError as error:
            return ReadFailure(
                code="missing", detail=f"commit {commit[:12]} is not in this clone: {error.message}"
            )
        if any(d.severity is Severity.ERROR for d in loaded.diagnostics):
            return ReadFailure(code="malformed", detail=f"{what} at {commit[:12]} have errors")
        return loaded.catalog

    def _path(self, grant: Grant) -> str:
        """The grant's file below the catalog folder."""
        shown = grant.origin.path if grant.origin else ""
        return shown.removeprefix(f"{self.display}/")

    def _walk(self, paths: Mapping[str, str]) -> dict[str, Introduction | None]:
        found: dict[str, Introduction | None] = {}
        open_ = {wanted: self._trace(wanted, path) for wanted, path in paths.items()}
        while open_:
            needed: set[str] = set()
            for wanted, trace in list(open_.items()):
                try:
                    needed |= next(trace)
                except StopIteration as end:
                    found[wanted] = end.value
                    del open_[wanted]
            self._load_hashes(needed)
        return found

    def _trace(self, wanted: str, path: str) -> _Trace:
        """Back from the present version to the first that holds the grant in these words.

        Yields the objects it has to look into next.
        """
        files: set[tuple[str, str]] = set()
        places = self._places(path, 0)
        current = self._blob_after(places[0], path) if places else None
        if current is None:
            return None
        yield frozenset({current}) | self._blobs_before(places[:_WINDOW], path)
        if wanted not in self._hashes[current]:
            return None
        step = 0
        while step < len(places):
            at = places[step]
            edit = self._edits[at]
            old, new = edit.files[path]
            files |= {(self._full_path(path), new)} if new else set()
            if step % _WINDOW == 0 and step:
                yield self._blobs_before(places[step : step + _WINDOW], path)
            if old and wanted in self._hashes[old]:
                step += 1
                continue
            source = yield from self._source(wanted, edit)
            if source is None:
                return Introduction(
                    commit=edit.commit, parent=edit.parent, at=edit.at, files=frozenset(files)
                )
            path, step = source, 0
            files.add((self._full_path(path), edit.files[path][0] or ""))
            places = self._places(path, at + 1)
            yield self._blobs_before(places[:_WINDOW], path)
        return None

    def _source(self, wanted: str, edit: Edit) -> Generator[frozenset[str], None, str | None]:
        """The file of the same commit that held the grant before and holds it no more."""
        before = {path: old for path, (old, _) in edit.files.items() if old}
        after = {new for path in before if (new := edit.files[path][1])}
        yield frozenset(before.values()) | after
        for path, old in before.items():
            new = edit.files[path][1]
            if wanted in self._hashes[old] and not (new and wanted in self._hashes[new]):
                return path
        return None

    def _full_path(self, path: str) -> str:
        """The file's path in the repository."""
        prefix = self.repository.prefix
        return path if prefix == "." else f"{prefix}/{path}"

    def _places(self, path: str, start: int) -> list[int]:
        """The edits of a file from a place in the log on."""
        known = self._places_of.get(path, [])
        return known[bisect_left(known, start) :]

    def _blob_after(self, place: int, path: str) -> str | None:
        return self._edits[place].files[path][1]

    def _blobs_before(self, places: list[int], path: str) -> frozenset[str]:
        return frozenset(old for n in places if (old := self._edits[n].files[path][0]))

    def _load_hashes(self, blobs: set[str]) -> None:
        wanted = sorted(blobs - self._hashes.keys())
        for start in range(0, len(wanted), _BATCH):
            contents = self.repository.read_contents(wanted[start : start + _BATCH])
            for blob, content in contents.items():
                self._hashes[blob] = self._grant_hashes(content)

    def _grant_hashes(self, content: bytes) -> frozenset[str]:
        grants: Iterable[Grant] = self._grants(content)
        if self.ignores_ends:
            grants = map(without_end, grants)
        return frozenset(grant_hash(grant) for grant in grants)

    def _grants(self, content: bytes) -> tuple[Grant, ...]:
        """The grants in a file; none where it cannot be read whole."""
        if len(content) > MAX_BYTES:
            return ()
        document = read_yaml(content, _GRANTS.plural)
        judged = check_form(_GRANTS, document, "")
        if not document.is_whole or judged.is_lossy:
            return ()
        items = judged.items
        return tuple(decode.decode_grant(each.data, each.origin, self.only) for each in items)


def without_end(grant: Grant) -> Grant:
    """What was agreed to, however its end is written since."""
    return replace(grant, expires=None, revoked=None)


def _is_grants_file(path: str) -> bool:
    """Whether a file at this path is read as grants."""
    return kind_of(tuple(path.split("/"))) is _GRANTS
