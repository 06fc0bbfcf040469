"""A file is written whole or not at all, and survives a power cut once written."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reconciler.model.errors import StoreError

__all__ = ["make_private_folder", "read", "sync_folder", "write", "write_new"]


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
            "name a new folder",
        )
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise StoreError("file-not-writable", f"{folder}: {error.strerror}") from error
