"""What the file of a person is called: safe on any file system, and like no file that is there."""

import re
from collections.abc import Container

__all__ = ["free_path"]

_UNSAFE = re.compile(r"[^a-z0-9@._+-]+")
_MOST_LETTERS = 100
"""Of a file's name: a login may be longer than any file system allows."""


def free_path(folder: str, name: str, paths: Container[str]) -> str:
    """A file's path in the folder, after the person's name; `paths` are taken, in lower case."""
    plain = _UNSAFE.sub("-", name.lower())[:_MOST_LETTERS].strip(".-") or "person"
    number, free = 1, f"{folder}/{plain}.yaml"
    while free in paths:
        number += 1
        free = f"{folder}/{plain}-{number}.yaml"
    return free
