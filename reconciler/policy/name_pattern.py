"""Whether a naming pattern may be used, and whether a name has its form.

The pattern comes from a file, and Python's own engine backtracks: a few `.*` in a row keep it busy
for minutes on one name. RE2 runs in time linear in the name's length, whatever the pattern.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from reconciler.model.diagnostics import Rule, Span
from reconciler.policy import sample
from reconciler.policy.finding import Finding, Place

__all__ = ["RULES", "check_pattern", "matches", "pattern_problem"]

NAMING_PATTERN_INVALID = Rule(
    code="naming-pattern-invalid",
    summary="The pattern for names cannot be used",
    remedy="Write one that RE2 reads, without look-around and back-references",
    example=sample.edit(sample.SETTINGS_FILE, "^AI - .+ - .+$", "(?=AI).+"),
)
RULES = (NAMING_PATTERN_INVALID,)

_LONGEST = 200
_MOST_MEMORY = 1024 * 1024
"""Bytes for one compiled pattern: RE2 refuses a larger one, such as nested counted repetitions."""


def check_pattern(pattern: str | None, origin: Span) -> Iterator[Finding]:
    """The pattern of the settings that begin at `origin`, where they have one, can be used."""
    why = None if pattern is None else pattern_problem(pattern)
    if why is not None:
        yield Finding.at(
            Place(origin, ("naming", "pattern")),
            NAMING_PATTERN_INVALID,
            f"the pattern cannot be used: {why}",
            'for example "^AI Clearance - .+ - .+$"',
        )


def pattern_problem(pattern: str) -> str | None:
    """Why the pattern cannot be used, if it cannot."""
    if len(pattern) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    if _compile(pattern) is None:
        return "it is not a regular expression that RE2 reads"
    return None


def matches(pattern: str, name: str) -> bool:
    """Whether the name has the pattern's form; a pattern with a problem asks nothing."""
    compiled = None if pattern_problem(pattern) else _compile(pattern)
    return compiled is None or compiled.search(_encode(name)) is not None


@lru_cache(maxsize=16)
def _compile(pattern: str) -> Any | None:  # noqa: ANN401 - re2 ships no types
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    try:
        return re2.compile(_encode(pattern), options)
    except re2.error:
        return None


def _encode(text: str) -> bytes:
    """UTF-8; half a surrogate pair, which has no UTF-8, stands for no character a name can hold."""
    return text.encode("utf-8", "replace")
