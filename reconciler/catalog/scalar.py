"""What a plain YAML scalar means: YAML 1.2 core in lower case, and nothing else.

Dates, `yes`, `True` and `0123` are text. PyYAML's own rules would read `0123` as 83 and
`190:20:30` as 685230, and raise without a line on `2026-13-01`.
"""

import math
import re

__all__ = ["Scalar", "plain"]

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER_STARTS = frozenset("0123456789-+.")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_PREFIXED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_LONGEST_NUMBER = 200
_LONGEST_INTEGER = 16


def plain(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS or len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.match(text):
        return int(text) if len(text) <= _LONGEST_INTEGER else float(text)
    if _PREFIXED.match(text):
        number = int(text, 0)
        return number if len(text) <= _LONGEST_INTEGER else float(number)
    if _FLOAT.match(text):
        real = float(text)
        return real if math.isfinite(real) else text
    return text
