"""A document as one pull-request comment or job summary: within a budget, and never cut silently.

Every line of a section stands in a fence, so that no name can be a mention, a link or a tag.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby
from operator import itemgetter

from reconciler.render.document import Document, Fact, Mark, Row, Section, count
from reconciler.render.formats.escape import escape

__all__ = ["Budget", "clip", "code", "fence", "prose", "prose_html", "render"]

_URGENT = {Mark.REMOVE, Mark.BLOCKED, Mark.HELD}
_LONGEST_HEAD = 1000
_LONGEST_FACT = 300
_SURE_SHARE = 20
_MARKER = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-")


class Budget(Enum):
    """The most bytes of UTF-8 that a place takes, below the limit where GitHub drops the text.

    A comment may have 65,536 characters; a job summary over 1 MiB is dropped whole.
    """

    COMMENT = 60_000
    SUMMARY = 900 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A section, and how many of its rows are shown: `whole` ones, then up to `heads` in brief."""

    section: Section
    rows: tuple[str, ...]
    briefs: tuple[str, ...]
    whole: int = 0
    heads: int = 0

    @property
    def shown(self) -> int:
        return max(self.whole, self.heads)

    @property
    def is_urgent(self) -> bool:
        if self.section.is_urgent is not None:
            return self.section.is_urgent
        return any(row.mark in _URGENT for row in self.section.rows)

    @property
    def is_copied_from(self) -> bool:
        return any(row.verbatim for row in self.section.rows)

    @property
    def is_remark(self) -> bool:
        """Whether it is about the run: few lines, without which the others cannot be judged."""
        has_urgent_line = any(row.mark in _URGENT for row in self.section.rows)
        return self.is_urgent and (self.is_copied_from or not has_urgent_line)

    @property
    def size(self) -> int:
        return _size(_section(self))


def render(document: Document, *, marker: str, budget: Budget = Budget.COMMENT) -> str:
    """The document in Markdown, of at most the budget's bytes.

    `marker` finds the comment again; it stands in the first line, unseen. What hurts is first and
    open, the rest is folded. Sections are cut from the last one on: what hurts gives way last, and
    keeps its lines when it loses their explanations.
    """
    parts = sorted(map(_part, document.sections), key=lambda p: (not p.is_urgent, p.is_copied_from))
    whole = [replace(part, whole=len(part.rows)) for part in parts]
    head, end = _head(document, marker), _closing(document)
    room = budget.value - _size(head) - _size(end)
    if sum(part.size for part in whole) <= room:
        return head + "".join(map(_section, whole)) + end
    longest = _notice([replace(part, heads=len(part.rows)) for part in parts], document)
    cut = _fit(parts, room - _size(longest))
    return head + _notice(cut, document) + "".join(map(_section, cut)) + end


def _part(section: Section) -> _Part:
    briefs = [f"{row.mark.value} {clip(row.head, _LONGEST_HEAD)}" for row in section.rows]
    rows = [_row(row, brief) for row, brief in zip(section.rows, briefs, strict=True)]
    return _Part(section=section, rows=tuple(rows), briefs=tuple(briefs))


def _row(row: Row, brief: str) -> str:
    details = (f"      {clip(detail, 100 * _LONGEST_HEAD)}" for detail in row.details)
    verbatim = (f"        {clip(text, 100 * _LONGEST_HEAD)}" for text in row.verbatim)
    return "\n".join((brief, *details, *verbatim))


def _fit(parts: list[_Part], room: int) -> list[_Part]:
    """The most that has room: urgent heads, then their explanations, then the other sections.

    Guards and warnings are sure of a little room: thousands of removals must not hide why they are
    held.
    """
    sure = room // _SURE_SHARE
    fitted = [_grow(p, p.size + sure, _with_heads) if p.is_remark else p for p in parts]
    urgent = [n for n, part in enumerate(parts) if part.is_urgent]
    others = [n for n, part in enumerate(parts) if not part.is_urgent]
    stages = [*((n, _with_heads) for n in urgent), *((n, _with_whole) for n in urgent + others)]
    left = room - sum(part.size for part in fitted)
    for n, more in stages:
        before = fitted[n].size
        fitted[n] = _grow(fitted[n], left + before, more)
        left += before - fitted[n].size
    return fitted


def _with_heads(part: _Part, number: int) -> _Part:
    return replace(part, heads=max(number, part.heads))


def _with_whole(part: _Part, number: int) -> _Part:
    return replace(part, whole=number)


def _grow(part: _Part, room: int, more: Callable[[_Part, int], _Part]) -> _Part:
    """The part with as many rows as have room. All of them are tried first: nothing to own up."""
    total = len(part.rows)
    if more(part, total).size <= room:
        return more(part, total)
    fitting = bisect_right(range(total), room, key=lambda number: more(part, number).size)
    return more(part, max(fitting - 1, 0))


def _head(document: Document, marker: str) -> str:
    name = "".join(letter if letter in _MARKER else "_" for letter in marker[:_LONGEST_FACT])
    verdict = prose(clip(document.verdict, _LONGEST_HEAD))
    return _blocks(
        f"<!-- reconciler:{name} -->",
        f"## {prose(clip(document.title, _LONGEST_FACT))}",
        f"**{verdict}**" if verdict else "",
        prose(clip(document.totals, _LONGEST_HEAD)),
        "\n".join(_fact(fact) for fact in document.facts),
    )


def _fact(fact: Fact) -> str:
    name = prose(clip(fact.name, _LONGEST_FACT))
    if not fact.value:
        return f"- {name}"
    return f"- {name}: {code(clip(fact.value, max(0, _LONGEST_FACT - len(f'{fact.name}: '))))}"


def _closing(document: Document) -> str:
    return _blocks(*(code(clip(text, _LONGEST_FACT)) for text in document.closing))


def _notice(parts: list[_Part], document: Document) -> str:
    total = sum(len(part.rows) for part in parts)
    shown = sum(part.shown for part in parts)
    which = " ".join(f"({code(clip(text, _LONGEST_FACT))})" for text in document.closing)
    brief = sum(part.shown - part.whole for part in parts)
    whole = "It is whole" + (f" {which}" if which else "")
    return _blocks(
        f"> **CUT TO FIT: {shown:,} of {count(total, 'line')} shown{_in_brief(brief)}.**\n"
        f"> The totals above count every line. {whole} in the saved file: "
        "`reconciler show FILE` prints it."
    )


def _in_brief(number: int) -> str:
    return f", {number:,} of them without the explanation" if number else ""


def _section(part: _Part) -> str:
    title, total = clip(part.section.title, 80), f"({len(part.rows):,})"
    note = prose(clip(part.section.note, 200))
    rows = (*part.rows[: part.whole], *part.briefs[part.whole : part.shown])
    lines = [line for row in rows for line in row.split("\n")]
    inside = (_remark(part), note, fence(lines, "diff") if rows else "")
    if part.is_urgent or not rows:
        return _blocks(f"### {prose(title)} {total}", *inside)
    shown = f", {part.shown:,} shown" if part.shown < len(part.rows) else ""
    summary = f"<summary>{prose_html(title)} {total}{shown}</summary>"
    return _blocks(f"<details>\n{summary}", *inside, "</details>")


def _remark(part: _Part) -> str:
    brief = part.shown - part.whole
    if part.shown == len(part.rows) and not brief:
        return ""
    total = count(len(part.rows), "line")
    return f"**{part.shown:,} of {total} shown{_in_brief(brief)}.**"


def _blocks(*texts: str) -> str:
    return "".join(f"{text}\n\n" for text in texts if text)


def _size(texts: str | Iterable[str]) -> int:
    return len("".join(texts).encode())


_PLAIN = re.compile(
    r"(?![0-9a-f]{7})"  # no commit
    r"(?:[^\W\d_]+(?:['-][^\W\d_]+)*[,.;:]?"  # a word of letters
    r"|(?:\d{1,6}|\d{1,3}(?:,\d{3})+)[,.;:]?"  # a number
    r"|·)"
)
_TICKS = re.compile("`+")


def _escape(text: str) -> str:
    """Harmless, and without what begins a comment: hidden markers are how comments are found."""
    return escape(text).replace("<!--", r"<\u{21}--")


def clip(text: str, limit: int) -> str:
    """The harmless text, and where it is longer than `limit` how much is missing."""
    safe = _escape(text)
    if len(safe) <= limit:
        return safe
    return f"{safe[:limit]}… ({len(safe) - limit:,} more characters)"


def code(text: str) -> str:
    """The text as a code span, whatever backticks it holds."""
    safe = _escape(text).strip() or " "
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
    body = "\n".join(map(_escape, lines))
    ticks = "`" * max(3, _longest_run(body) + 1)
    return f"{ticks}{language}\n{body}\n{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    words = _escape(text).split()
    odd = [_PLAIN.fullmatch(word) is None for word in words]
    if words and re.match(r"\d.*\.$", words[0]):
        odd[0] = True  # it would begin a list
    for is_odd, group in groupby(zip(odd, words, strict=True), key=itemgetter(0)):
        yield is_odd, " ".join(word for _, word in group)
