"""Characters that end a line for YAML and not for whoever reads a diff.

After one of them a comment is over, and what looks like its second half is read as content.
"""

import re

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
_HINT = "delete it, or end the line as everywhere else; in a value, write it as an escape"


def hidden(content: bytes) -> list[Complaint]:
    """A complaint for each of the first of them, at the line that an editor counts."""
    found = list(_HIDDEN.finditer(content))[:_MOST]
    return [_complaint(content, match.start(), match.group()) for match in found]


def _complaint(content: bytes, offset: int, mark: bytes) -> Complaint:
    before = content[:offset]
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig")) + 1
    summary = f"{_NAMES[mark]} ends the line for YAML, and no diff shows it"
    return Complaint("line-end-hidden", before.count(b"\n") + 1, column, summary, _HINT)
