"""A catalog as it stands in a commit: read from git's objects, without a checkout."""

from dataclasses import dataclass, field

from reconciler.catalog.files import MAX_BYTES, Listing, SourceFile, State, checked, too_large
from reconciler.catalog.git import Entry, Repository
from reconciler.model.diagnostics import Diagnostic, Span

__all__ = ["Committed"]


@dataclass(slots=True)
class Committed:
    """The catalog folder of a commit or tree; `display` is how messages name it.

    All contents are read with one command when the first is asked for; a file that is too large is
    never read at all.
    """

    repository: Repository
    tree: str
    display: str
    folders: frozenset[str] | None = None
    """Only what lies in these is read; None for all."""
    _entries: dict[str, Entry] = field(default_factory=dict, repr=False)
    _contents: dict[str, bytes] = field(default_factory=dict, repr=False)

    def listing(self) -> Listing:
        """Every file of the folder: those that a kind reads, and a diagnostic for each other."""
        found = Listing()
        entries = [e for e in self.repository.entries(self.tree) if self._is_wanted(e)]
        if not entries:
            found.diagnostics.append(self._missing())
        for entry in entries:
            path = "/".join(entry.parts)
            self._entries[path] = entry
            found.take(path, self.display, entry.parts, _state(entry))
        return found.in_order()

    def read(self, file: SourceFile) -> bytes | Diagnostic:
        """The file's bytes, which are UTF-8 and within bounds; or why they are not."""
        entry = self._entries[file.path]
        if entry.size > MAX_BYTES:
            return too_large(file)
        if not self._contents:
            small = (e for e in self._entries.values() if e.is_file and e.size <= MAX_BYTES)
            self._contents = self.repository.contents(e.object_id for e in small)
        return checked(file, self._contents[entry.object_id])

    def _is_wanted(self, entry: Entry) -> bool:
        return not _is_hidden(entry) and (self.folders is None or entry.parts[0] in self.folders)

    def _missing(self) -> Diagnostic:
        return Diagnostic(
            code="catalog-missing",
            summary=f"there is no catalog folder at {self.tree[:12]}",
            span=Span(self.display),
            hint="name another commit, or another folder with --catalog",
        )


def _is_hidden(entry: Entry) -> bool:
    """Dot-files and whatever lies in dot-folders are nobody's."""
    return any(part.startswith(".") for part in entry.parts)


def _state(entry: Entry) -> State:
    if entry.is_link:
        return State.LINK
    return State.FILE if entry.is_file else State.OTHER
