"""Git's name for a content: contents are equal when their names are."""

import hashlib

__all__ = ["blob_name"]

_SHA1_LENGTH = 40


def blob_name(content: bytes, like: str) -> str:
    """The content's name, by the hash that made the name `like`."""
    kind = "sha1" if len(like) == _SHA1_LENGTH else "sha256"
    hashed = hashlib.new(kind, b"blob %d\0" % len(content), usedforsecurity=False)
    hashed.update(content)
    return hashed.hexdigest()
