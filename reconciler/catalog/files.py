"""Which files are the catalog's, and their bytes: nothing followed, nothing overlooked.

A file that no kind reads is an error: a grant that is not read looks like one that was not given.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Protocol

from reconciler.catalog.file_rules import (
    CATALOG_MISSING,
    FILE_ATTRIBUTES,
    FILE_NOT_UTF8,
    FILE_SYMLINK,
    FILE_TOO_LARGE,
    FILE_UNKNOWN,
    FILE_UNREADABLE,
)
from reconciler.catalog.schema.kinds import BY_FOLDER, KINDS, SETTINGS, Kind
from reconciler.model.diagnostics import Diagnostic, Rule, Span
from reconciler.policy.quoting import guess, quoted

__all__ = [
    "MAX_BYTES",
    "EntryKind",
    "Folder",
    "Listing",
    "Source",
    "SourceFile",
    "check_content",
    "kind_of",
    "list_files",
    "read_file",
    "too_large_problem",
]

MAX_BYTES = 8 * 1024 * 1024
_ORDER = {kind.name: place for place, kind in enumerate(KINDS)}
_LEFT_ALONE = frozenset({"README.md"})
_LOCK = "identities.lock.yaml"
_SETTINGS_FILE = "settings.yaml"
_ATTRIBUTES = ".gitattributes"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that a kind reads. `shown` is its path in messages, with forward slashes."""

    path: str
    shown: str
    parts: tuple[str, ...]
    kind: Kind

    @property
    def folder(self) -> str:
        """The tool's folder that a grant is in; empty for every other kind."""
        return self.parts[1] if self.kind.nested else ""


class Source(Protocol):
    """Where a catalog's files are: a folder, or a commit."""

    @property
    def display(self) -> str:
        """How messages name the folder."""
        ...

    def list_files(self) -> "Listing":
        """Every file: those that a kind reads, and a diagnostic for each other one."""
        ...

    def read(self, file: SourceFile) -> bytes | Diagnostic:
        """The file's bytes, which are UTF-8 and within bounds; or why they are not."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A catalog on disk; `display` is how messages name it."""

    root: Path
    display: str

    def list_files(self) -> "Listing":
        """As `list_files`."""
        return list_files(self.root, self.display)

    def read(self, file: SourceFile) -> bytes | Diagnostic:
        """As `read`."""
        return read_file(file)


class EntryKind(Enum):
    """What is at a path."""

    FILE = "file"
    LINK = "link"
    OTHER = "other"


@dataclass(slots=True)
class Listing:
    """The catalog's files in order, and what is wrong with the ones beside them."""

    files: list[SourceFile] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def add(self, path: str, display: str, parts: tuple[str, ...], state: EntryKind) -> None:
        """Adds what is at `parts` to the files, or reports why not."""
        shown = "/".join((display, *parts))
        if not parts[-1].isprintable():
            _add_problem(
                self, FILE_UNKNOWN, shown, "the file's name cannot be printed", "rename it"
            )
        elif state is EntryKind.LINK:
            _add_problem(self, FILE_SYMLINK, shown, "the file is a symbolic link")
        elif isinstance(kind := _kind_or_hint(parts, is_file=state is EntryKind.FILE), Kind):
            self.files.append(SourceFile(path, shown, parts, kind))
        elif kind:
            _add_problem(self, FILE_UNKNOWN, shown, "no kind reads this file", kind)

    def add_hidden(self, display: str, parts: tuple[str, ...]) -> None:
        """Leaves a dot-file alone, unless it makes git change the files beside it."""
        # A file system that ignores case has git read it under any of its spellings.
        is_above = not any(part.startswith(".") for part in parts[:-1])
        if is_above and parts[-1].casefold() == _ATTRIBUTES:
            summary = "git would change files by it on their way into a checkout"
            _add_problem(self, FILE_ATTRIBUTES, "/".join((display, *parts)), summary)

    def sort(self) -> "Listing":
        """The files in the order of kinds."""
        self.files.sort(key=lambda file: (_ORDER[file.kind.name], file.parts))
        return self


def list_files(root: Path, display: str) -> Listing:
    """Every file below `root`: those that a kind reads, and a diagnostic for each other one."""
    found = Listing()
    if not root.is_dir() or root.is_symlink():
        found.diagnostics.append(_missing_folder(root, display))
        return found
    for path, parts, entry in _walk(str(root), display, found):
        found.add(path, display, parts, _entry_kind(entry))
    return found.sort()


def _entry_kind(entry: "os.DirEntry[str]") -> EntryKind:
    if entry.is_symlink():
        return EntryKind.LINK
    return EntryKind.FILE if entry.is_file(follow_symlinks=False) else EntryKind.OTHER


def _missing_folder(root: Path, display: str) -> Diagnostic:
    if root.is_symlink():
        summary, hint = "the catalog is a symbolic link", "name the folder itself"
        return Diagnostic.at(Span(display), FILE_SYMLINK, summary, hint)
    return Diagnostic.at(
        Span(display),
        CATALOG_MISSING,
        f"there is no catalog folder {quoted(display)}",
        "name it with --catalog, or make one with `reconciler init`",
    )


def _walk(
    root: str, display: str, found: Listing
) -> Iterator[tuple[str, tuple[str, ...], "os.DirEntry[str]"]]:
    folders: list[tuple[str, tuple[str, ...]]] = [(root, ())]
    while folders:
        folder, parts = folders.pop()
        try:
            with os.scandir(folder) as scan:
                entries = list(scan)
        except OSError as error:
            shown = "/".join((display, *parts))
            _add_problem(found, FILE_UNREADABLE, shown, _describe_error("the folder", error))
            continue
        for entry in entries:
            here = (*parts, entry.name)
            if entry.name.startswith("."):
                found.add_hidden(display, here)
                continue
            if entry.is_dir(follow_symlinks=False) and entry.name.isprintable():
                folders.append((entry.path, here))
            else:
                yield entry.path, here, entry


def _kind_or_hint(  # noqa: PLR0911 - one return per rule, in order
    parts: tuple[str, ...], *, is_file: bool
) -> Kind | str:
    """The kind that reads the file; else what to do about it, or nothing where it is left alone."""
    name = parts[-1]
    if name in _LEFT_ALONE or (name == _LOCK and parts[:-1] in {(), ("identities",)}):
        return ""
    if not is_file:
        return "remove it; only regular files are read"
    if parts == (_SETTINGS_FILE,):
        return SETTINGS
    kind = BY_FOLDER.get(parts[0]) if len(parts) > 1 else None
    if kind is None:
        return _wrong_folder(parts)
    if not name.endswith(".yaml"):
        return _wrong_name(name)
    if kind.nested == (len(parts) > 2):  # noqa: PLR2004 - folder and file
        return kind
    return f"put it directly in {kind.plural}/" if not kind.nested else "put it in grants/<tool>/"


def kind_of(parts: tuple[str, ...]) -> Kind | None:
    """The kind that reads a regular file at this path below the catalog; None where none does."""
    if any(part.startswith(".") or not part.isprintable() for part in parts):
        return None
    found = _kind_or_hint(parts, is_file=True)
    return found if isinstance(found, Kind) else None


def _wrong_folder(parts: tuple[str, ...]) -> str:
    if len(parts) > 1:
        return guess(parts[0], BY_FOLDER)
    if parts[0] == "settings.yml":
        return f"rename it to {_SETTINGS_FILE}"
    return f"put it in one of {', '.join(f'{folder}/' for folder in BY_FOLDER)}; or remove it"


def _wrong_name(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    if dot and suffix.lower() in {"yml", "yaml", "json"}:
        return f"rename it to {quoted(stem + '.yaml')}"
    return "name it .yaml, or remove it"


def _escape(text: str) -> str:
    """The path with its unprintable characters escaped; so are undecodable bytes."""
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _add_problem(
    found: Listing, rule: Rule, shown: str, summary: str, hint: str | None = None
) -> None:
    found.diagnostics.append(Diagnostic.at(Span(_escape(shown)), rule, summary, hint))


def _describe_error(what: str, error: OSError) -> str:
    return f"{what} cannot be read: {(error.strerror or 'unknown reason').lower()}"


def read_file(file: SourceFile) -> bytes | Diagnostic:
    """The file's bytes, which are UTF-8 and within bounds; or why they are not."""
    try:
        descriptor = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor, not a path
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return _file_problem(FILE_UNREADABLE, file, "it is not a regular file")
            content = _read_bounded(stream, status.st_size)
    except OSError as error:
        return _file_problem(FILE_UNREADABLE, file, _describe_error("the file", error))
    return check_content(file, content)


def _read_bounded(stream: BinaryIO, size: int) -> bytes:
    """All of it, and one byte more than may be; no larger a buffer than the file needs."""
    content = stream.read(min(size, MAX_BYTES) + 1)
    return content if len(content) <= size else content + stream.read(MAX_BYTES)


def check_content(file: SourceFile, content: bytes) -> bytes | Diagnostic:
    """The content, where it is within bounds and UTF-8; or why it is not."""
    if len(content) > MAX_BYTES:
        return too_large_problem(file)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
        span = Span(file.shown, before.count(b"\n") + 1, column)
        return Diagnostic.at(span, FILE_NOT_UTF8, "the file is not UTF-8")
    return content


def too_large_problem(file: SourceFile) -> Diagnostic:
    """The file is beyond the bound, and was not read."""
    return _file_problem(FILE_TOO_LARGE, file, "the file is larger than 8 MiB")


def _file_problem(rule: Rule, file: SourceFile, summary: str) -> Diagnostic:
    return Diagnostic.at(Span(file.shown), rule, summary)
