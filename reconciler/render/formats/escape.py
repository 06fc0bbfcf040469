"""Untrusted text made harmless: it can neither move the cursor nor reorder what is read.

Nor can it command the runner of a workflow, which takes `##[command]` anywhere in a line for one of
its own, and `::command::` where a line begins (actions/runner 258d6c8: ActionCommand.TryParse and
TryParseV2, which trims the line's start).
"""

import re

__all__ = ["COMMAND", "escape"]

_HOSTILE = (
    *("\x00-\x1f", "\x7f-\x9f"),  # C0, DEL and C1: colours, cursor moves, line breaks
    *("\u00ad", "\u061c", "\u180e", "\u200b-\u200f"),  # invisible, and marks of direction
    *("\u2028-\u202e", "\u2060-\u206f"),  # separators, embeddings, overrides and isolates
    *("\U0001bca0-\U0001bca3", "\U0001d173-\U0001d17a"),  # format controls of shorthand, music
    *("\ufeff", "\ufff9-\ufffb", "\ud800-\udfff"),  # byte order mark, annotations, lone surrogates
    "\U000e0000-\U000e007f",  # tags
)
_SPELLED = {
    number: f"\\u{{{number:x}}}"
    for span in _HOSTILE
    for number in range(ord(span[0]), ord(span[-1]) + 1)
}
"""As a table, since a text may have thousands of them."""

COMMAND = "##["
"""How a command of the runner begins, wherever it stands."""
_BEGINS_COMMAND = re.compile(r"(\s*):(?=:)")


def escape(text: str) -> str:
    """The text in one line, with every character that is not seen as itself spelled out."""
    spelled = text.translate(_SPELLED).replace(COMMAND, r"#\u{23}[")
    begin = _BEGINS_COMMAND.match(spelled)
    return f"{begin[1]}\\u{{3a}}{spelled[begin.end() :]}" if begin else spelled
