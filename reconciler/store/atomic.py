"""A file is written whole or not at all, and survives a power cut once written."""

import os
import tempfile
from pathlib import Path

from reconciler.model.errors import StoreError

__all__ = ["private_folder", "read", "write"]


def private_folder(path: Path) -> Path:
    """The folder exists and only its owner may look into it."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("folder-not-writable", f"{path}: {error.strerror}") from error
    return path


def write(path: Path, data: bytes) -> None:
    """The file holds exactly `data`; a reader never sees half of it."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError("file-not-writable", f"{path}: {error.strerror}") from error


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
