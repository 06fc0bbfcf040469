"""A catalog as it stands in a commit: read from git's objects, without a checkout."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.catalog.file_rules import CATALOG_MISSING, CATALOG_UNFETCHED
from reconciler.catalog.files import (
    MAX_BYTES,
    EntryKind,
    Folder,
    Listing,
    SourceFile,
    check_content,
    kind_of,
    too_large_problem,
)
from reconciler.catalog.git.repository import Entry, Repository
from reconciler.model.diagnostics import Diagnostic, Span
from reconciler.model.ids import blob_name

__all__ = ["CommittedFolder", "find_differences", "submodule_problem"]


_BATCH_BYTES = 2 * MAX_BYTES
"""Contents that are in memory at once; no file is larger."""


@dataclass(slots=True)
class CommittedFolder:
    """The catalog folder of a commit or tree; `display` is how messages name it.

    Contents are read with one command for many files, in the order of the listing, and kept no
    longer than until the next; a file that is too large is never read at all.
    """

    repository: Repository
    tree: str
    display: str
    folders: frozenset[str] | None = None
    """Only what is in these is read; None for all."""
    _listing: Listing | None = field(default=None, repr=False)
    _entries: dict[str, Entry] = field(default_factory=dict, repr=False)
    _contents: dict[str, bytes] = field(default_factory=dict, repr=False)
    _order: list[str] = field(default_factory=list, repr=False)
    _places: dict[str, int] = field(default_factory=dict, repr=False)

    def list_files(self) -> Listing:
        """Every file of the folder: those that a kind reads, and a diagnostic for each other.

        What a commit holds stays as it is, so git is asked once. Each caller may add to its own.
        """
        if self._listing is None:
            self._listing = self._list_files()
        return Listing(list(self._listing.files), list(self._listing.diagnostics))

    def _list_files(self) -> Listing:
        found = Listing()
        entries = []
        for entry in self.repository.list_entries(self.tree):
            if _is_hidden(entry):
                found.add_hidden(self.display, entry.parts)
            elif self._is_wanted(entry):
                entries.append(entry)
        if not entries:
            is_elsewhere = self.repository.is_submodule(self.tree)
            found.diagnostics.append(
                submodule_problem(self.display) if is_elsewhere else self._missing()
            )
        for entry in entries:
            path = "/".join(entry.parts)
            self._entries[path] = entry
            found.add(path, self.display, entry.parts, _entry_kind(entry))
        found.sort()
        self._order = [file.path for file in found.files]
        self._places = {path: place for place, path in enumerate(self._order)}
        return found

    def read(self, file: SourceFile) -> bytes | Diagnostic:
        """The file's bytes, which are UTF-8 and within bounds; or why they are not."""
        entry = self._entries[file.path]
        if entry.size > MAX_BYTES:
            return too_large_problem(file)
        if entry.object_id not in self._contents:
            self._contents = {}
            self._contents = self.repository.read_contents(self._batch(file))
        return check_content(file, self._contents[entry.object_id])

    def _batch(self, file: SourceFile) -> Iterator[str]:
        """The objects of the file and of those after it, as far as they are few bytes together."""
        size = 0
        for path in self._order[self._places[file.path] :]:
            entry = self._entries[path]
            size += entry.size if entry.size <= MAX_BYTES else 0
            if size > _BATCH_BYTES:
                return
            if entry.size <= MAX_BYTES:
                yield entry.object_id

    def _is_wanted(self, entry: Entry) -> bool:
        return self.folders is None or entry.parts[0] in self.folders

    def _missing(self) -> Diagnostic:
        return Diagnostic.at(
            Span(self.display),
            CATALOG_MISSING,
            f"there is no catalog folder at {self.tree[:12]}",
            "name another commit, or another folder with --catalog",
        )


def submodule_problem(display: str) -> Diagnostic:
    """The catalog is in a submodule of which only the name is here."""
    return Diagnostic.at(
        Span(display),
        CATALOG_UNFETCHED,
        "the catalog is in a submodule that is not checked out",
        "run `git submodule update --init`; in CI, check out with `submodules: true`",
    )


def find_differences(folder: Folder, repository: Repository, commit: str) -> Iterator[str]:
    """The paths of files that are not what the commit holds, whatever `git status` says.

    Filters, encodings and ignore rules make git call a file clean whose bytes are others. Line ends
    alone make no difference to what a file says.
    """
    entries = {e.parts: e.object_id for e in repository.list_entries(commit) if e.is_file}
    wanted = {parts: blob for parts, blob in entries.items() if kind_of(parts) is not None}
    here = {file.parts: file for file in folder.list_files().files}
    for parts in sorted(wanted.keys() | here.keys()):
        content = folder.read(here[parts]) if parts in here else None
        if not isinstance(content, bytes) or not _has_content(content, wanted.get(parts, "")):
            yield "/".join(parts)


def _has_content(content: bytes, object_id: str) -> bool:
    """Whether the object holds this content, with whichever line ends."""
    return object_id in {blob_name(text, object_id) for text in (content, _unix(content))}


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _is_hidden(entry: Entry) -> bool:
    """Dot-files, and what is in dot-folders, are not the catalog's."""
    return any(part.startswith(".") for part in entry.parts)


def _entry_kind(entry: Entry) -> EntryKind:
    if entry.is_link:
        return EntryKind.LINK
    return EntryKind.FILE if entry.is_file else EntryKind.OTHER
