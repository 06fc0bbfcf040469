"""The file that a rehearsal's private key is put into."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from reconciler.model.errors import StoreError

__all__ = ["new_key_file"]


@contextmanager
def new_key_file(path: Path) -> Iterator[TextIO]:
    """A file that was not there, for its owner alone; gone again when nothing came of it."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise StoreError(
            "key-file-exists", f"{path} is there already", "name a file that is not"
        ) from error
    except OSError as error:
        raise StoreError(
            "key-file-unwritable",
            f"{path} cannot be written: {error.strerror}",
            "name a file in a folder that is there",
        ) from error
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
