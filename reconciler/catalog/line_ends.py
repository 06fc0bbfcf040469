"""Characters by which a diff shows something else than what YAML reads.

After a hidden line end a comment is over, and what looks like its second half is read as content.
A mark of direction puts what follows it elsewhere in the line, a comment's words before its `#`.
"""

import re
from itertools import islice

from reconciler.catalog.complaint import Complaint

__all__ = ["hidden"]

_MOST = 20
# Bytes, so that a sound file need not be decoded to be cleared.
_HIDDEN = re.compile(rb"\xe2\x80[\xa8\xa9]|\xc2\x85|\r(?!\n)")
_NAMES = {
    b"\xe2\x80\xa8": "a line separator (U+2028)",
    b"\xe2\x80\xa9": "a paragraph separator (U+2029)",
    b"\xc2\x85": "a next-line character (U+0085)",
    b"\r": "a carriage return without a line feed",
}
_REORDERING = re.compile(rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
"""Embeddings, overrides and isolates: U+202A to U+202E, U+2066 to U+2069."""
_ORDER_HINT = "delete it; in a value, write it as an escape"
_HINT = "delete it, or end the line as everywhere else; in a value, write it as an escape"


def hidden(content: bytes) -> list[Complaint]:
    """A complaint for each of the first of them, at the line that an editor counts."""
    ends = islice(_HIDDEN.finditer(content), _MOST)
    orders = islice(_REORDERING.finditer(content), _MOST)
    return [*(_line_end(content, match) for match in ends), *(_order(content, m) for m in orders)]


def _line_end(content: bytes, found: re.Match[bytes]) -> Complaint:
    summary = f"{_NAMES[found.group()]} ends the line for YAML, and no diff shows it"
    return Complaint("line-end-hidden", *_place(content, found.start()), summary, _HINT)


def _order(content: bytes, found: re.Match[bytes]) -> Complaint:
    name = f"U+{ord(found.group().decode()):04X}"
    summary = f"a mark of direction ({name}) shows the line's words in another order"
    return Complaint("text-reordered", *_place(content, found.start()), summary, _ORDER_HINT)


def _place(content: bytes, offset: int) -> tuple[int, int]:
    before = content[:offset]
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig")) + 1
    return before.count(b"\n") + 1, column
