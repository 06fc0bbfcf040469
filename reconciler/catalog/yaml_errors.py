"""What the reader refuses, where, and in which words."""

import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.reader import ReaderError
from yaml.scanner import ScannerError

from reconciler.policy.quoting import quoted

__all__ = ["Complaint", "about", "conflict", "syntax"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something about a file as YAML, at a 1-based line and column."""

    code: str
    line: int
    column: int
    summary: str
    hint: str = ""


_WORDS = {
    "duplicate-key": ("the key is written twice", "keep one of the two"),
    "file-empty": ("the file is empty", "write an object into it, or delete the file"),
    "key-not-text": ("a key must be text", "put the key in quotes, or remove it"),
    "second-document": (
        "a second document begins here",
        "remove the `---`; several objects go into a list",
    ),
    "too-deep": ("the file is nested deeper than 32 levels", "write it flatter"),
    "yaml-alias": ("aliases are not read", "write the value out"),
    "yaml-anchor": ("anchors are not read", "remove the `&name`"),
    "yaml-tag": ("tags are not read", "remove the `!tag`; put text in quotes"),
}


def about(code: str) -> tuple[str, str]:
    """Summary and hint of a code."""
    return _WORDS[code]


def conflict(content: bytes) -> Complaint | None:
    """The first marker of a merge that was not finished; some of them are YAML."""
    found = _CONFLICT.search(content)
    if found is None:
        return None
    line = content.count(b"\n", 0, found.start()) + 1
    hint = "keep one side, and remove the lines <<<<<<<, ======= and >>>>>>>"
    return Complaint("yaml-syntax", line, 1, "git left a merge conflict here", hint)


def syntax(error: yaml.YAMLError, content: bytes) -> Complaint:
    """The first error of YAML's grammar in the file; nothing after it can be read.

    What people do wrong is told by what stands at the place; YAML's own words are of its grammar.
    """
    if isinstance(error, ReaderError):
        line, column = _line_and_column(content, error.position)
        return Complaint("yaml-syntax", line, column, "a character is not allowed in YAML", _FIRST)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return Complaint("yaml-syntax", 1, 1, "not YAML: it cannot be parsed", _FIRST)
    lines = _BREAK.split(content.decode("utf-8-sig", "replace"))
    opened = getattr(error, "context_mark", None)
    return (
        _unclosed(lines, opened, "[{")
        or _at(lines, mark.line, mark.column)
        or _unclosed(lines, opened, "\"'")
        or _without_colon(lines, opened, error)
        or Complaint(
            "yaml-syntax",
            mark.line + 1,
            mark.column + 1,
            f"not YAML: {quoted(getattr(error, 'problem', None) or 'it cannot be parsed')[1:-1]}",
            _FIRST,
        )
    )


_FIRST = "correct this first; the rest of the file is not read until then"
_CONFLICT = re.compile(rb"^(?:<{7}|>{7})(?: |\r?$)", re.MULTILINE)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where YAML counts a new line."""
_KEY = re.compile(r"\s*(?:- )*[^\s#:'\"\[{][^:]*:(?:\s|$)")


def _at(lines: list[str], number: int, column: int) -> Complaint | None:
    """What is wrong at the place, where that can be told from the line itself."""
    line = lines[number] if number < len(lines) else ""
    before, here = line[:column], line[column:]
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        return _told(number, indent.index("\t"), "a tab indents this line", _SPACES)
    if here[:1] == ":" and _KEY.match(before):
        hint = "put the whole text in quotes: a colon and a blank make a key"
        return _told(number, column, "a second colon stands in this line", hint)
    if here[:1] in {"@", "`", "%"}:
        hint = f"put it in quotes: text cannot begin with {here[:1]}"
        return _told(number, column, f"{here[:1]} begins this text", hint)
    if here[:1] == ":" and before.strip():
        hint = "indent it as far as the keys beside it, or end the line before with a colon"
        return _told(number, len(indent), "this key is indented further than the one before", hint)
    is_entry = _KEY.match(line) is not None or here.startswith("- ")
    if column and not before.strip() and is_entry:
        hint = "indent it as far as the lines that it belongs with"
        return _told(number, column, "this line is indented less than those before it", hint)
    return None


def _without_colon(lines: list[str], mark: Any, error: yaml.YAMLError) -> Complaint | None:  # noqa: ANN401 - PyYAML's mark
    """A line that the scanner took for a key and that has no colon."""
    if not isinstance(error, ScannerError) or mark is None or mark.line >= len(lines):
        return None
    if _KEY.match(lines[mark.line]):
        return None
    hint = "write it as `key: value`"
    return _told(mark.line, mark.column, "this line has no colon", hint)


def _unclosed(lines: list[str], mark: Any, kinds: str) -> Complaint | None:  # noqa: ANN401 - PyYAML's mark
    """A quote or bracket of these kinds that nothing closes, told where it opens."""
    if mark is None or mark.line >= len(lines):
        return None
    opened = lines[mark.line][mark.column : mark.column + 1]
    if not opened or opened not in kinds:
        return None
    hint = f"close it with {_CLOSING[opened]}"
    return _told(mark.line, mark.column, f"what begins with {opened} here is not closed", hint)


_CLOSING = {
    '"': 'the same "',
    "'": "the same '",
    "[": "a ], and put what holds a comma or a colon in quotes",
    "{": "a }, and put what holds a comma or a colon in quotes",
}
_SPACES = "indent with blanks; YAML does not allow tabs there"


def _told(line: int, column: int, summary: str, hint: str) -> Complaint:
    return Complaint("yaml-syntax", line + 1, column + 1, summary, hint)


def _line_and_column(content: bytes, offset: int) -> tuple[int, int]:
    before = content[:offset]
    line_start = before.rfind(b"\n") + 1
    text = before[line_start:].decode("utf-8", "replace")
    return before.count(b"\n") + 1, len(text) + 1
