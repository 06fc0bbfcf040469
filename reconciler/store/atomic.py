"""A file is written whole or not at all, and survives a power cut once written."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from reconciler.model.errors import StoreError

__all__ = [
    "Rewrite",
    "make_private_folder",
    "read",
    "rewrite_all",
    "sync_folder",
    "write",
    "write_new",
]

_USUAL_MODE = 0o666


def make_private_folder(path: Path) -> Path:
    """The folder exists, and whatever of its path was missing only its owner may look into.

    A folder that was there already keeps its mode: it may belong to others.
    """
    try:
        for missing in reversed([p for p in (path, *path.parents) if not p.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise StoreError("folder-not-writable", f"{path}: {error.strerror}") from error
    return path


def write(path: Path, data: bytes) -> None:
    """The file holds exactly `data`; a reader never sees half of it.

    A device, a pipe or a folder stays what it is: a file would be put in its place.
    """
    try:
        if path.exists() and not path.is_file():
            raise StoreError("file-not-writable", f"{path} is no file", "name a file")
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
            sync_folder(path.parent)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError("file-not-writable", f"{path}: {error.strerror}") from error


def sync_folder(folder: Path) -> None:
    """A new or replaced file's name is on disk only once its folder is synced."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path, limit: int = 256 * 1024 * 1024) -> bytes:
    """The file's bytes; raises `StoreError` when it is missing, unreadable or over the limit."""
    try:
        if path.stat().st_size > limit:
            raise StoreError("file-too-large", f"{path} is larger than {limit} bytes")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise StoreError("file-missing", f"there is no file {path}", "check the path") from error
    except OSError as error:
        raise StoreError("file-unreadable", f"{path}: {error.strerror}") from error


def write_new(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Every file is in the folder; nothing is, and `StoreError` is raised, when any was there.

    They are a person's files from now on, so they get the usual modes.
    """
    there = [name for name in files if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise StoreError(
            "file-exists",
            f"{folder / there[0]}{more} is already there, and nothing is ever overwritten",
            "name a new folder, and copy from there what is missing here",
        )
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise StoreError("file-not-writable", f"{folder}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A file's content as it was read, None where it was not there, and as it is to be."""

    path: Path
    before: bytes | None
    after: bytes


def rewrite_all(changes: Sequence[Rewrite]) -> None:
    """Every file holds its new content; or `StoreError` is raised, and each is as it was.

    A file that is no longer as it was read stops it. They are a person's files, and keep their
    modes.
    """
    try:
        with _staged(changes) as staged:
            done: list[Rewrite] = []
            try:
                for change, name in zip(changes, staged, strict=True):
                    _require_unchanged(change)
                    name.replace(change.path)
                    done.append(change)
            except BaseException:
                _put_back(done)
                raise
        for folder in {change.path.parent for change in changes}:
            sync_folder(folder)
    except OSError as error:
        where = error.filename or "a file"
        raise StoreError(
            "file-not-writable", f"{where}: {error.strerror}", "nothing was written"
        ) from error


@contextmanager
def _staged(changes: Sequence[Rewrite]) -> Iterator[list[Path]]:
    """The new contents in files beside those that they replace; none of them is left behind."""
    names: list[Path] = []
    made = [p for c in changes for p in (c.path.parent, c.path.parent.parent) if not p.exists()]
    try:
        for change in changes:
            _require_unchanged(change)
            change.path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=change.path.parent, prefix=f".{change.path.name}.")
            names.append(Path(name))
            with os.fdopen(handle, "wb") as file:
                file.write(change.after)
                file.flush()
                os.fchmod(handle, _mode(change))
                os.fsync(handle)
        yield names
    finally:
        for path in names:
            path.unlink(missing_ok=True)
        for folder in made:
            with suppress(OSError):  # it holds a new file, as it should
                folder.rmdir()


def _mode(change: Rewrite) -> int:
    """The mode that the file has, or that a new one would have."""
    if change.before is not None:
        return change.path.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return _USUAL_MODE & ~mask


def _require_unchanged(change: Rewrite) -> None:
    found = None if not os.path.lexists(change.path) else b""
    if found is not None and change.path.is_file() and not change.path.is_symlink():
        found = change.path.read_bytes()
    if found != change.before or change.path.is_symlink():
        raise StoreError(
            "file-changed",
            f"{change.path} was changed meanwhile, and nothing was written",
            "run it again",
        )


def _put_back(done: Sequence[Rewrite]) -> None:
    """What was replaced already is as it was."""
    for change in done:
        if change.before is None:
            change.path.unlink(missing_ok=True)
        else:
            change.path.write_bytes(change.before)
