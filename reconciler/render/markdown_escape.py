"""Untrusted text inside GitHub-flavoured Markdown, where it can be nothing but text.

GitHub looks for mentions, issue numbers, commits and addresses in the finished HTML, so a backslash
does not stop them; inside code it does not look. Hence whatever is not a plain word becomes code.
"""

import html
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from reconciler.render.escape import harmless

__all__ = ["clip", "code", "fence", "prose", "prose_html"]

_PLAIN = re.compile(
    r"(?![0-9a-f]{7})"  # no commit
    r"(?:[^\W\d_]+(?:['-][^\W\d_]+)*[,.;:]?"  # a word of letters
    r"|(?:\d{1,6}|\d{1,3}(?:,\d{3})+)[,.;:]?"  # a number
    r"|·)"
)
_TICKS = re.compile("`+")


def _safe(text: str) -> str:
    """Harmless, and without what begins a comment: hidden markers are how comments are found."""
    return harmless(text).replace("<!--", r"<\u{21}--")


def clip(text: str, limit: int) -> str:
    """The harmless text, and where it is longer than `limit` how much is missing."""
    safe = _safe(text)
    if len(safe) <= limit:
        return safe
    return f"{safe[:limit]}… ({len(safe) - limit:,} more characters)"


def code(text: str) -> str:
    """The text as a code span, whatever backticks it holds."""
    safe = _safe(text).strip() or " "
    ticks = "`" * (_longest_run(safe) + 1)
    pad = " " if "`" in (safe[0], safe[-1]) else ""
    return f"{ticks}{pad}{safe}{pad}{ticks}"


def prose(text: str) -> str:
    """The text as a paragraph's words, where words of any other shape are code."""
    return " ".join(
        code(words) if is_odd else html.escape(words, quote=False)
        for is_odd, words in _pieces(text)
    )


def prose_html(text: str) -> str:
    """The same inside an HTML element."""
    return " ".join(
        f"<code>{html.escape(words)}</code>" if is_odd else html.escape(words)
        for is_odd, words in _pieces(text)
    )


def fence(lines: Iterable[str], language: str) -> str:
    """The lines as a block of code that none of them can end."""
    body = "\n".join(map(_safe, lines))
    ticks = "`" * max(3, _longest_run(body) + 1)
    return f"{ticks}{language}\n{body}\n{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    words = _safe(text).split()
    odd = [_PLAIN.fullmatch(word) is None for word in words]
    if words and re.match(r"\d.*\.$", words[0]):
        odd[0] = True  # it would begin a list
    for is_odd, group in groupby(zip(odd, words, strict=True), key=itemgetter(0)):
        yield is_odd, " ".join(word for _, word in group)
