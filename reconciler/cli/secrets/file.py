"""A secret in a file: below the folder for secrets, outside the repository, and its owner's alone.

The file is opened once, after its links are resolved, and judged by the handle that it is read
through: nothing can be put in its place between the check and the read. Nor can any user but
its owner and root put another there before: none of the folders above it may be changed by others.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from reconciler.model.errors import ConnectorError, GuardRefused

__all__ = ["LARGEST", "read_secret_file"]

LARGEST = 64 * 1024
"""Bytes of a secret: a private key has a few thousand."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_secret_file(name: str, folder: str, repository: Path) -> bytes:
    """The file's bytes. `name` is taken from `folder`, which RECONCILER_SECRET_DIR names.

    Raises `GuardRefused` for a place that the catalog must not choose, and `ConnectorError` for a
    file that cannot be had.
    """
    path = _resolve_path(name, folder, repository)
    try:
        handle = os.open(path, _OPEN)
    except OSError as error:
        raise ConnectorError(
            "secret-missing",
            f"the secret file {name} cannot be opened: {error.strerror}",
            "put it below RECONCILER_SECRET_DIR, readable by this user",
        ) from error
    try:
        _check_file(name, os.fstat(handle))
        _check_folders(name, {*path.parents, *(Path(folder) / name).parents})
        return os.read(handle, LARGEST)
    finally:
        os.close(handle)


def _resolve_path(name: str, folder: str, repository: Path) -> Path:
    """Where the file really is; a link or `..` may lead nowhere but below the folder."""
    if not Path(folder).is_absolute():
        raise GuardRefused(
            "secret-not-allowed",
            f"the secret file {name} is named, and RECONCILER_SECRET_DIR names no folder for it",
            "set RECONCILER_SECRET_DIR to an absolute path outside the repository",
        )
    try:
        root = Path(folder).resolve()
        path = (root / name).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise ConnectorError(
            "secret-missing", f"the secret file {name} cannot be found", "check its path"
        ) from error
    if not path.is_relative_to(root) or path == root:
        raise GuardRefused(
            "secret-not-allowed",
            f"the secret file {name} is not below RECONCILER_SECRET_DIR",
            "move it there, or correct the path in the connector",
        )
    if path.is_relative_to(repository):
        raise GuardRefused(
            "secret-not-allowed",
            f"the secret file {name} is inside the repository",
            "keep secrets outside it: every author of a change may write there",
        )
    return path


def _check_file(name: str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ConnectorError(
            "secret-file-invalid", f"the secret file {name} is no regular file", "name a file"
        )
    if found.st_mode & _OTHERS:
        raise GuardRefused(
            "secret-file-exposed",
            f"the secret file {name} has mode {stat.S_IMODE(found.st_mode):04o}: its group or "
            "others may read or change it",
            f"chmod 600 {name}, and replace the secret if others had access",
        )
    if not _is_trusted(found.st_uid):
        raise GuardRefused(
            "secret-file-exposed",
            f"the secret file {name} belongs to another user",
            "let this user or root own it, and replace the secret if others had access",
        )
    if found.st_size > LARGEST:
        raise ConnectorError(
            "secret-file-invalid",
            f"the secret file {name} is larger than {LARGEST // 1024} KiB",
            "name the file that holds the secret alone",
        )


def _check_folders(name: str, folders: Iterable[Path]) -> None:
    """A user who may change a folder may put another file in the place of the secret.

    In a sticky one, such as /tmp, only what is one's own can be replaced.
    """
    for folder in sorted(folders):
        found = folder.stat()
        is_shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not (
            found.st_mode & stat.S_ISVTX
        )
        if is_shared or not _is_trusted(found.st_uid):
            raise GuardRefused(
                "secret-file-exposed",
                f"the secret file {name} is below {folder}, which others may change",
                f"chmod go-w {folder}, or keep secrets in a folder that only this user may change",
            )


def _is_trusted(owner: int) -> bool:
    """Ourselves, and root, who may read everything anyway."""
    return owner in {0, os.geteuid()}
