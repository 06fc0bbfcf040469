"""New files in a folder, of which none was there before."""

from collections.abc import Mapping
from pathlib import Path

from reconciler.model.errors import StoreError

__all__ = ["write_new"]


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
