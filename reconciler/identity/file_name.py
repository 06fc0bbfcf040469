"""What the file of a person is called: safe on any file system, and like no file that is there."""

import re
from collections.abc import Collection

__all__ = ["free_path"]

_UNSAFE = re.compile(r"[^a-z0-9@._+-]+")
_MOST_LETTERS = 100
"""Of a file's name: a login may be longer than any file system allows."""


def free_path(folder: str, name: str, paths: Collection[str]) -> str:
    """A file's path in the folder that no file has yet, after the person's name."""
    taken = {path.lower() for path in paths}
    plain = _UNSAFE.sub("-", name.lower())[:_MOST_LETTERS].strip(".-") or "person"
    number, free = 1, f"{folder}/{plain}.yaml"
    while free in taken:
        number += 1
        free = f"{folder}/{plain}-{number}.yaml"
    return free
