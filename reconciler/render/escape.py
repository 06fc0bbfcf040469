"""Untrusted text made harmless: it can neither move the cursor nor reorder what is read."""

import re

__all__ = ["harmless"]

_HOSTILE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: colours, cursor moves, line breaks
    "\u00ad\u061c\u180e\u200b-\u200f"  # invisible, and marks of direction
    "\u2028-\u202e\u2060-\u206f"  # separators, embeddings, overrides and isolates
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # format controls of shorthand and music
    "\ufeff\ufff9-\ufffb\ud800-\udfff"  # byte order mark, annotations, lone surrogates
    "\U000e0000-\U000e007f"  # tags
    "]"
)


def harmless(text: str) -> str:
    """The text in one line, with every character that is not seen as itself spelled out."""
    return _HOSTILE.sub(lambda found: f"\\u{{{ord(found.group()):x}}}", text)
