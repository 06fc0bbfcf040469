"""Whether a naming pattern may be used: a regular expression that cannot run away.

Python's engine backtracks, and the pattern comes from a file. What makes backtracking explode is
choice inside repetition, or many choices in a row, so both are bounded before it is ever run.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["matches", "problem"]

_LONGEST = 200
_MOST_CHOICES = 4
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[a-zA-Z:<=!#>-]|[()|]|[*+?][+?]?|\{[0-9]*,?[0-9]*\}[+?]?|.",
    re.DOTALL,
)
_EXACT = re.compile(r"\{[0-9]+\}\Z")
_REPEATS = re.compile(r"[*+?][+?]?\Z|\{[0-9]*,?[0-9]*\}[+?]?\Z")


@dataclass(slots=True)
class _Group:
    """What a group holds, as far as the pattern has been read."""

    repeats: bool = False
    chooses: bool = False


@lru_cache(maxsize=16)
def problem(pattern: str) -> str | None:
    """Why the pattern cannot be used, if it cannot."""
    if len(pattern) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, FutureWarning, DeprecationWarning):
        return "it is not a regular expression"
    return _excess(list(_tokens(pattern)))


def matches(pattern: str, name: str) -> bool:
    """Whether the name has the pattern's form; a pattern with a problem asks nothing."""
    return problem(pattern) is not None or re.search(pattern, name) is not None


def _tokens(pattern: str) -> Iterator[str]:
    return (match.group() for match in _TOKEN.finditer(pattern))


def _excess(tokens: list[str]) -> str | None:
    """What the pattern asks for that is not read."""
    if any(part.startswith("(?") and part != "(?:" for part in tokens):
        return "look-around, flags and named groups are not read; write (…) or (?:…)"
    if any(re.match(r"\\[0-9]", part) for part in tokens):
        return "back-references are not read"
    return _runaway(tokens)


def _runaway(tokens: list[str]) -> str | None:
    choices = 0
    groups = [_Group()]
    closed = _Group()
    for part in tokens:
        ended, closed = closed, _Group()
        if part in {"(", "(?:"}:
            groups.append(_Group())
        elif part == ")":
            closed = groups.pop()
            groups[-1].repeats |= closed.repeats or closed.chooses
        elif part == "|":
            choices += not groups[-1].chooses
            groups[-1].chooses = True
        elif _REPEATS.match(part):
            if part != "?" and (ended.repeats or ended.chooses):
                return "a repeated group repeats or chooses inside"
            groups[-1].repeats = True
            choices += not _EXACT.match(part)
    if choices > _MOST_CHOICES:
        return f"it has more than {_MOST_CHOICES} repetitions and alternatives"
    return None
