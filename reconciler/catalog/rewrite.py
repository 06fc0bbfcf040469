"""What a proposed change makes of the catalog's files, before any of them is written.

The new contents can be read and judged as a catalog of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.catalog.files import EntryKind, Folder, Listing, Source, SourceFile
from reconciler.catalog.yaml.edit import Refused, edit_text
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.stanzas import KeyEdit

__all__ = ["FileChange", "Proposed", "propose_files"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file: as it was read, None where it is not there, and as the change would have it."""

    file: SourceFile
    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True)
class Proposed:
    """A catalog as a change would leave it; nothing of it is written yet."""

    source: Source
    changes: tuple[FileChange, ...] = ()
    refused: tuple[Refused, ...] = ()
    """Edits that a person has to make; with one of them, there is no change at all."""
    _contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    _listing: Listing = field(default_factory=Listing, repr=False)

    @property
    def display(self) -> str:
        """How messages name the folder."""
        return self.source.display

    def list_files(self) -> Listing:
        """Every file that would be there."""
        return self._listing

    def read(self, file: SourceFile) -> bytes | Diagnostic:
        """What would be in the file."""
        found = self._contents.get(file.shown)
        return self.source.read(file) if found is None else found


def propose_files(
    source: Source, edits: Iterable[KeyEdit], new_files: Iterable[tuple[str, str]] = ()
) -> Proposed:
    """The source with every edit made, and more files; of each new one its path and its text."""
    listing = source.list_files()
    by_shown = {file.shown: file for file in listing.files}
    by_file: defaultdict[str, list[KeyEdit]] = defaultdict(list)
    for edit in edits:
        by_file[edit.at.path].append(edit)
    changes: list[FileChange] = []
    refused: list[Refused] = []
    for shown, wanted in sorted(by_file.items()):
        made = _edit_file(source, by_shown[shown], wanted)
        if isinstance(made, Refused):
            refused.append(made)
        else:
            changes.append(made)
    changes += [_add_file(source, listing, path, text) for path, text in new_files]
    real = tuple(change for change in changes if change.before != change.after)
    contents = {change.file.shown: change.after for change in real}
    return Proposed(source, () if refused else real, tuple(refused), contents, listing)


def _edit_file(source: Source, file: SourceFile, edits: list[KeyEdit]) -> FileChange | Refused:
    content = source.read(file)
    if isinstance(content, Diagnostic):
        return Refused(edits[0], content.summary)
    made = edit_text(content.decode(), edits)
    return made if isinstance(made, Refused) else FileChange(file, content, made.encode())


def _add_file(source: Source, listing: Listing, path: str, text: str) -> FileChange:
    parts = tuple(path.split("/"))
    place = str(source.root / path) if isinstance(source, Folder) else path
    listing.add(place, source.display, parts, EntryKind.FILE)
    listing.sort()
    added = next(file for file in listing.files if file.parts == parts)
    return FileChange(added, None, text.encode())
