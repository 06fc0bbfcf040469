"""Secrets that were written into a file, wherever in it: values, keys and comments alike.

The text is searched as it lies there; only text with a backslash, which may spell a secret in
escapes, has its values searched as well.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reconciler.catalog.complaint import Complaint
from reconciler.model.lookalikes import MARKS, mask
from reconciler.policy.wording import SECRET, looks_like_secret

__all__ = ["literals", "named"]

# The patterns are of ASCII alone, so that bytes need not be decoded to be cleared.
_MARK_BYTES = re.compile(MARKS.pattern.encode())
_SUMMARY = "a secret is written into the file"
_HINT = "take it out, replace the secret at its source, and write {env: NAME} or the like"
_LOOKS = "it reads like a secret, so that every output would hide a part of it"
_OTHER_WORDS = "write it in other words"


def literals(content: bytes, data: Any) -> list[Complaint]:  # noqa: ANN401 - any YAML value
    """A complaint for each place that holds what looks like a secret; never the secret."""
    if b"\\" not in content and _MARK_BYTES.search(content) is None:
        return []
    text = content.decode("utf-8-sig")
    complaints = list(_complaints(text))
    if not complaints and "\\" in text and any(map(looks_like_secret, _texts(data))):
        complaints.append(Complaint("secret-literal", 1, 1, f"{_SUMMARY}, in escapes", _HINT))
    return complaints or list(_lookalikes(text, data))


def named(path: str) -> list[Complaint]:
    """A complaint where the file's own name reads like a secret."""
    if any(mask(part) != part for part in path.split("/")):
        return [Complaint("secret-literal", 1, 1, f"the file's name: {_LOOKS}", _OTHER_WORDS)]
    return []


def _lookalikes(text: str, data: Any) -> Iterator[Complaint]:  # noqa: ANN401 - any YAML value
    """A complaint for each value of which the filter of every output would mask a part."""
    for value in dict.fromkeys(_texts(data)):
        if mask(value) != value:
            mark = MARKS.search(value)
            offset = text.find(mark[0]) if mark else -1
            place = _complaint(text, max(offset, 0))
            yield replace(place, summary=_LOOKS, hint=_OTHER_WORDS)


def _complaints(text: str) -> Iterator[Complaint]:
    """Each place in turn; lines are counted on from the one before."""
    line, counted = 1, 0
    for match in SECRET.finditer(text):
        offset = match.start()
        line += text.count("\n", counted, offset)
        counted = offset
        line_start = text.rfind("\n", 0, offset) + 1
        if text[offset - 1 : offset] in {'"', "'"}:
            offset -= 1  # the value begins at its quote
        yield Complaint("secret-literal", line, offset - line_start + 1, _SUMMARY, _HINT)


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
