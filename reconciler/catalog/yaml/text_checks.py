"""Secrets and hidden characters in a file: in values, keys and comments alike.

The text is searched as it is; only text with a backslash, which may spell a secret in
escapes, has its values searched as well.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from reconciler.catalog.yaml.errors import TextProblem
from reconciler.model.diagnostics import Rule
from reconciler.model.secret_patterns import MARKS, MARKS_IN_BYTES, SECRET, looks_like_secret, mask
from reconciler.policy import sample

__all__ = ["RULES", "SECRET_LITERAL", "check_file_name", "find_hidden_characters", "find_secrets"]

LINE_END_HIDDEN = Rule(
    code="line-end-hidden",
    summary="A character ends a line for YAML and not in a diff, so a comment may hide content",
    remedy="Delete it, or end the line as everywhere else; in a value, write it as an escape",
    example=sample.edit(
        sample.GRANT_FILE, "Support triage", "Support triage # kept\u2028# until May"
    ),
)
TEXT_REORDERED = Rule(
    code="text-reordered",
    summary="A mark of direction shows a line's words in another order than they are read in",
    remedy="Delete it; in a value, write it as an escape",
    example=sample.edit(sample.GRANT_FILE, "Support triage", "Support triage # \u202ekept\u202c"),
)

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

SECRET_LITERAL = Rule(
    code="secret-literal",
    summary="A token, a private key or another secret is written into a file, or what reads like "
    "one",
    remedy="Take it out, replace the secret at its source, and write `{env: NAME}` or the like",
    example=sample.edit(  # shaped like an API token, and of no account
        sample.CONNECTOR_FILE, "{env: OKTA_TOKEN}", "00" + "abcdefghij" * 4
    ),
)
RULES = (SECRET_LITERAL, LINE_END_HIDDEN, TEXT_REORDERED)
_SUMMARY = "a secret is written into the file"
_HINT = "take it out, replace the secret at its source, and write {env: NAME} or the like"
_LOOKS = "it reads like a secret, so that every output would hide a part of it"
_OTHER_WORDS = "if it is one, take it out and replace it at its source; else write other words"


def find_hidden_characters(content: bytes) -> list[TextProblem]:
    """A problem for each of the first hidden characters, at the line that an editor counts."""
    ends = islice(_HIDDEN.finditer(content), _MOST)
    orders = islice(_REORDERING.finditer(content), _MOST)
    return [
        *(_line_end_problem(content, match) for match in ends),
        *(_reordering_problem(content, m) for m in orders),
    ]


def _line_end_problem(content: bytes, found: re.Match[bytes]) -> TextProblem:
    summary = f"{_NAMES[found.group()]} ends the line for YAML, and no diff shows it"
    return TextProblem(LINE_END_HIDDEN, *_place(content, found.start()), summary)


def _reordering_problem(content: bytes, found: re.Match[bytes]) -> TextProblem:
    name = f"U+{ord(found.group().decode()):04X}"
    summary = f"a mark of direction ({name}) shows the line's words in another order"
    return TextProblem(TEXT_REORDERED, *_place(content, found.start()), summary)


def _place(content: bytes, offset: int) -> tuple[int, int]:
    before = content[:offset]
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig")) + 1
    return before.count(b"\n") + 1, column


def find_secrets(content: bytes, data: Any) -> list[TextProblem]:  # noqa: ANN401 - any YAML value
    """A problem for each place that holds what looks like a secret; never the secret."""
    if b"\\" not in content and MARKS_IN_BYTES.search(content) is None:
        return []
    text = content.decode("utf-8-sig")
    problems = list(_secret_problems(text))
    if not problems and "\\" in text and any(map(looks_like_secret, _texts(data))):
        problems.append(TextProblem(SECRET_LITERAL, 1, 1, f"{_SUMMARY}, in escapes", _HINT))
    return problems or list(_lookalike_problems(text, data))


def check_file_name(path: str) -> list[TextProblem]:
    """A problem where the file's own name reads like a secret."""
    if MARKS.search(path) and any(mask(part) != part for part in path.split("/")):
        return [TextProblem(SECRET_LITERAL, 1, 1, f"the file's name: {_LOOKS}", _OTHER_WORDS)]
    return []


def _lookalike_problems(text: str, data: Any) -> Iterator[TextProblem]:  # noqa: ANN401 - any YAML value
    """A problem for each value of which the filter of every output would mask a part."""
    masked = [value for value in dict.fromkeys(_texts(data)) if mask(value) != value]
    marks = (mark[0] for value in masked if (mark := MARKS.search(value)))
    for line, column in _places(text, sorted({max(text.find(mark), 0) for mark in marks})):
        yield TextProblem(SECRET_LITERAL, line, column, _LOOKS, _OTHER_WORDS)


def _secret_problems(text: str) -> Iterator[TextProblem]:
    for line, column in _places(text, (match.start() for match in SECRET.finditer(text))):
        yield TextProblem(SECRET_LITERAL, line, column, _SUMMARY, _HINT)


def _places(text: str, offsets: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Line and column of each, in rising order; lines are counted on from the one before."""
    line, counted = 1, 0
    for offset in offsets:
        line += text.count("\n", counted, offset)
        counted = offset
        line_start = text.rfind("\n", 0, offset) + 1
        # The value begins at its quote.
        is_quoted = text[offset - 1 : offset] in {'"', "'"}
        yield line, offset - line_start + (0 if is_quoted else 1)


def _texts(data: Any) -> Iterator[str]:  # noqa: ANN401 - any YAML value
    pending = [data]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending.extend(value)
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
