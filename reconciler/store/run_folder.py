"""The folder of run files beside the catalog: ours alone, out of git, and never behind a link.

It is part of a checkout, so a commit may bring anything of that name along. What is written there
names people, and what is read there is believed.
"""

import os
import stat
from pathlib import Path

from reconciler.model.errors import StoreError
from reconciler.store.atomic import make_private_folder

__all__ = ["make_run_folder", "read_run_file", "require_own_folder"]

_LARGEST_BYTES = 64 * 1024 * 1024
_IGNORE = ".gitignore"
_NOFOLLOW = os.O_NOFOLLOW | os.O_CLOEXEC


def make_run_folder(root: Path, name: str = "") -> Path:
    """The run folder, or the folder of that name in it: made where missing, and checked.

    It is its owner's alone afterwards, and git ignores it.
    """
    for folder in (root, root / name):
        if not require_own_folder(folder):
            make_private_folder(folder)
        _make_private(folder)
    _ignore(root / _IGNORE)
    return root / name


def require_own_folder(path: Path) -> bool:
    """Whether the folder is there; raises `StoreError` for one that is not plainly ours."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError("folder-not-writable", f"{path}: {error.strerror}") from error
    if stat.S_ISLNK(found.st_mode):
        raise _refusal_error(path, "is a symbolic link")
    if not stat.S_ISDIR(found.st_mode):
        raise StoreError("folder-not-writable", f"{path} is no folder")
    if found.st_uid != os.geteuid():
        raise _refusal_error(path, "belongs to another user")
    return True


def read_run_file(path: Path) -> str:
    """A run file's text; raises `StoreError` for a link, or what is no file of a sane size."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | _NOFOLLOW)
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST_BYTES:
                raise _refusal_error(path, "is no regular file, or too large for one of ours")
            return file.read(_LARGEST_BYTES).decode("utf-8", errors="replace")
    except OSError as error:
        raise StoreError("journal-unreadable", f"{path}: {error.strerror}") from error


def _make_private(folder: Path) -> None:
    """By a handle that was not reached through a link."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _NOFOLLOW)
        try:
            os.fchmod(handle, 0o700)
        finally:
            os.close(handle)
    except OSError as error:
        raise StoreError("folder-not-writable", f"{folder}: {error.strerror}") from error


def _ignore(path: Path) -> None:
    """Run files name people, so no `git add` takes them along."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError("file-not-writable", f"{path}: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("*\n")


def _refusal_error(path: Path, why: str) -> StoreError:
    return StoreError(
        "run-folder-refused",
        f"{path} {why}: a commit may have brought it along",
        "remove it; run files belong in a folder of our own beside the catalog",
    )
