"""What the reader refuses, where, and in which words."""

from dataclasses import dataclass

import yaml
from yaml.reader import ReaderError

from reconciler.policy.wording import quoted

__all__ = ["Complaint", "about", "syntax"]


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


def syntax(error: yaml.YAMLError, content: bytes) -> Complaint:
    """The first error of YAML's grammar in the file; nothing after it can be read."""
    hint = "correct this first; the rest of the file is not read until then"
    if isinstance(error, ReaderError):
        line, column = _line_and_column(content, error.position)
        return Complaint("yaml-syntax", line, column, "a character is not allowed in YAML", hint)
    if "cannot start any token" in str(getattr(error, "problem", "")):
        hint = "put text that begins with @, `, % or a tab in quotes"
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be parsed"
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Complaint("yaml-syntax", line, column, f"not YAML: {quoted(problem)[1:-1]}", hint)


def _line_and_column(content: bytes, offset: int) -> tuple[int, int]:
    before = content[:offset]
    line_start = before.rfind(b"\n") + 1
    text = before[line_start:].decode("utf-8", "replace")
    return before.count(b"\n") + 1, len(text) + 1
