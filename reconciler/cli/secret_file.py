"""A secret in a file: below the folder for secrets, outside the repository, and its owner's alone.

The file is opened once, after its links are resolved, and judged by the handle that it is read
through: nothing can be put in its place between the look and the read.
"""

import os
import stat
from pathlib import Path

from reconciler.model.errors import ConnectorError, GuardRefused

__all__ = ["LARGEST", "read_secret_file"]

LARGEST = 64 * 1024
"""Bytes of a secret: a private key has a few thousand."""
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_secret_file(name: str, folder: str, repository: Path) -> bytes:
    """The file's bytes. `name` is taken from `folder`, which RECONCILER_SECRET_DIR names.

    Raises `GuardRefused` for a place that the catalog must not choose, and `ConnectorError` for a
    file that cannot be had.
    """
    path = _placed(name, folder, repository)
    try:
        handle = os.open(path, _OPEN)
    except OSError as error:
        raise ConnectorError(
            "secret-missing",
            f"the secret file {name} cannot be opened: {error.strerror}",
            "put it below RECONCILER_SECRET_DIR, readable by this user",
        ) from error
    try:
        _judge(name, os.fstat(handle))
        return os.read(handle, LARGEST)
    finally:
        os.close(handle)


def _placed(name: str, folder: str, repository: Path) -> Path:
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
            f"the secret file {name} does not lie below RECONCILER_SECRET_DIR",
            "move it there, or correct the path in the connector",
        )
    if path.is_relative_to(repository):
        raise GuardRefused(
            "secret-not-allowed",
            f"the secret file {name} lies inside the repository",
            "keep secrets outside it: whoever may propose a change may write there",
        )
    return path


def _judge(name: str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ConnectorError(
            "secret-file-invalid", f"the secret file {name} is no regular file", "name a file"
        )
    if found.st_mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
        raise GuardRefused(
            "secret-file-exposed",
            f"the secret file {name} has mode {stat.S_IMODE(found.st_mode):04o}: others may read "
            "or change it",
            f"chmod 600 {name}, and replace the secret if others had access",
        )
    if found.st_size > LARGEST:
        raise ConnectorError(
            "secret-file-invalid",
            f"the secret file {name} is larger than {LARGEST // 1024} KiB",
            "name the file that holds the secret alone",
        )
