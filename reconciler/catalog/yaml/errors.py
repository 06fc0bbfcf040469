"""What the reader refuses, where, and in which words."""

import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.reader import ReaderError
from yaml.scanner import ScannerError

from reconciler.model.diagnostics import Example, Rule
from reconciler.policy import sample
from reconciler.policy.quoting import quoted

__all__ = [
    "DUPLICATE_KEY",
    "FILE_EMPTY",
    "KEY_NOT_TEXT",
    "RULES",
    "SECOND_DOCUMENT",
    "TOO_DEEP",
    "YAML_ALIAS",
    "YAML_ANCHOR",
    "YAML_TAG",
    "TextProblem",
    "describe",
    "explain_syntax_error",
    "find_merge_conflict",
]

DUPLICATE_KEY = Rule(
    code="duplicate-key",
    summary="A key is written twice in one mapping",
    remedy="Keep one of the two",
    example=sample.edit(sample.GRANT_FILE, "tool: claude\n", "tool: claude\ntool: claude\n"),
)
FILE_EMPTY = Rule(
    code="file-empty",
    summary="A file says nothing",
    remedy="Write an object into it, or delete the file",
    example=Example({"grants/claude/new.yaml": "# to be written\n"}),
)
KEY_NOT_TEXT = Rule(
    code="key-not-text",
    summary="A key is a number, a date, a list or the like",
    remedy="Put the key in quotes, or remove it",
    example=sample.edit(sample.GRANT_FILE, "purpose:", "? [a]\n: b\npurpose:"),
)
SECOND_DOCUMENT = Rule(
    code="second-document",
    summary="A second YAML document begins in the file",
    remedy="Remove the `---`; several objects go into a list",
    example=sample.edit(
        sample.GRANT_FILE, "expires: 2027-01-20\n", "expires: 2027-01-20\n---\na: 1\n"
    ),
)
TOO_DEEP = Rule(
    code="too-deep",
    summary="A file is nested deeper than 32 levels",
    remedy="Write it flatter",
    example=sample.edit(sample.GRANT_FILE, "Support triage", "[" * 40),
)
YAML_ALIAS = Rule(
    code="yaml-alias",
    summary="A value is a YAML alias (`*name`)",
    remedy="Write the value out",
    example=sample.edit(sample.GRANT_FILE, "subject: jane@example.com", "subject: *a"),
)
YAML_ANCHOR = Rule(
    code="yaml-anchor",
    summary="A value has a YAML anchor (`&name`)",
    remedy="Remove the `&name`",
    example=sample.edit(sample.GRANT_FILE, "tool: claude", "tool: &a claude"),
)
YAML_SYNTAX = Rule(
    code="yaml-syntax",
    summary="The file is not YAML from this place on",
    remedy="Correct this first; the rest of the file is not read until then",
    example=sample.edit(sample.GRANT_FILE, "Support triage", "["),
)
YAML_TAG = Rule(
    code="yaml-tag",
    summary="A value has a YAML tag (`!tag`)",
    remedy="Remove the `!tag`; put text in quotes",
    example=sample.edit(sample.GRANT_FILE, "jane@example.com", "!!str jane@example.com"),
)
RULES = (
    DUPLICATE_KEY,
    FILE_EMPTY,
    KEY_NOT_TEXT,
    SECOND_DOCUMENT,
    TOO_DEEP,
    YAML_ALIAS,
    YAML_ANCHOR,
    YAML_SYNTAX,
    YAML_TAG,
)

_SUMMARIES = {
    DUPLICATE_KEY: "the key is written twice",
    FILE_EMPTY: "the file is empty",
    KEY_NOT_TEXT: "a key must be text",
    SECOND_DOCUMENT: "a second document begins here",
    TOO_DEEP: "the file is nested deeper than 32 levels",
    YAML_ALIAS: "aliases are not read",
    YAML_ANCHOR: "anchors are not read",
    YAML_TAG: "tags are not read",
}
_CONFLICT = re.compile(rb"^(?:<{7}|>{7})(?: |\r?$)", re.MULTILINE)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where YAML counts a new line."""
_KEY = re.compile(r"\s*(?:- )*[^\s#:'\"\[{][^:]*:(?:\s|$)")
_CLOSING = {
    '"': 'the same "',
    "'": "the same '",
    "[": "a ], and put what holds a comma or a colon in quotes",
    "{": "a }, and put what holds a comma or a colon in quotes",
}
_SPACES = "indent with blanks; YAML does not allow tabs there"


@dataclass(frozen=True, slots=True)
class TextProblem:
    """Something about a file as YAML, at a 1-based line and column."""

    rule: Rule
    line: int
    column: int
    summary: str
    hint: str | None = None
    """The rule's remedy, where there is none."""

    @property
    def code(self) -> str:
        """The rule's name."""
        return self.rule.code


def describe(rule: Rule, line: int, column: int) -> TextProblem:
    """What a rule says of a place wherever it is broken in the same way."""
    return TextProblem(rule, line, column, _SUMMARIES[rule])


def find_merge_conflict(content: bytes) -> TextProblem | None:
    """The first marker of a merge that was not finished; some of them are YAML."""
    found = _CONFLICT.search(content)
    if found is None:
        return None
    line = content.count(b"\n", 0, found.start()) + 1
    hint = "keep one side, and remove the lines <<<<<<<, ======= and >>>>>>>"
    return TextProblem(YAML_SYNTAX, line, 1, "git left a merge conflict here", hint)


def explain_syntax_error(error: yaml.YAMLError, content: bytes) -> TextProblem:
    """The first error of YAML's grammar in the file; nothing after it can be read.

    Common mistakes are recognised by the text at the place; YAML's own words are about its grammar.
    """
    if isinstance(error, ReaderError):
        line, column = _line_and_column(content, error.position)
        return TextProblem(YAML_SYNTAX, line, column, "a character is not allowed in YAML")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return TextProblem(YAML_SYNTAX, 1, 1, "not YAML: it cannot be parsed")
    lines = _BREAK.split(content.decode("utf-8-sig", "replace"))
    opened = getattr(error, "context_mark", None)
    return (
        _unclosed_problem(lines, opened, "[{")
        or _problem_in_line(lines, mark.line, mark.column)
        or _unclosed_problem(lines, opened, "\"'")
        or _missing_colon_problem(lines, opened, error)
        or TextProblem(
            YAML_SYNTAX,
            mark.line + 1,
            mark.column + 1,
            f"not YAML: {quoted(getattr(error, 'problem', None) or 'it cannot be parsed')[1:-1]}",
        )
    )


def _problem_in_line(lines: list[str], number: int, column: int) -> TextProblem | None:
    """What is wrong at the place, where the line itself shows it."""
    line = lines[number] if number < len(lines) else ""
    before, here = line[:column], line[column:]
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        return _problem_at(number, indent.index("\t"), "a tab indents this line", _SPACES)
    if here[:1] == ":" and _KEY.match(before):
        hint = "put the whole text in quotes: a colon and a blank make a key"
        return _problem_at(number, column, "a second colon stands in this line", hint)
    if here[:1] in {"@", "`", "%"}:
        hint = f"put it in quotes: text cannot begin with {here[:1]}"
        return _problem_at(number, column, f"{here[:1]} begins this text", hint)
    if here[:1] == ":" and before.strip():
        hint = "indent it as far as the keys beside it, or end the line before with a colon"
        return _problem_at(
            number, len(indent), "this key is indented further than the one before", hint
        )
    is_entry = _KEY.match(line) is not None or here.startswith("- ")
    if column and not before.strip() and is_entry:
        hint = "indent it as far as the lines that it belongs with"
        return _problem_at(number, column, "this line is indented less than those before it", hint)
    return None


def _missing_colon_problem(
    lines: list[str],
    mark: Any,  # noqa: ANN401 - PyYAML's mark
    error: yaml.YAMLError,
) -> TextProblem | None:
    """A line that the scanner took for a key and that has no colon."""
    if not isinstance(error, ScannerError) or mark is None or mark.line >= len(lines):
        return None
    if _KEY.match(lines[mark.line]):
        return None
    hint = "write it as `key: value`"
    return _problem_at(mark.line, mark.column, "this line has no colon", hint)


def _unclosed_problem(lines: list[str], mark: Any, kinds: str) -> TextProblem | None:  # noqa: ANN401 - PyYAML's mark
    """A quote or bracket of these kinds that nothing closes, at the place where it opens."""
    if mark is None or mark.line >= len(lines):
        return None
    opened = lines[mark.line][mark.column : mark.column + 1]
    if not opened or opened not in kinds:
        return None
    hint = f"close it with {_CLOSING[opened]}"
    return _problem_at(
        mark.line, mark.column, f"what begins with {opened} here is not closed", hint
    )


def _problem_at(line: int, column: int, summary: str, hint: str) -> TextProblem:
    return TextProblem(YAML_SYNTAX, line + 1, column + 1, summary, hint)


def _line_and_column(content: bytes, offset: int) -> tuple[int, int]:
    before = content[:offset]
    line_start = before.rfind(b"\n") + 1
    text = before[line_start:].decode("utf-8", "replace")
    return before.count(b"\n") + 1, len(text) + 1
