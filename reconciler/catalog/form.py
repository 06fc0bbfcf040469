"""Whether a file has the form its kind asks for: a fast yes, or every reason why not.

jsonschema-rs judges the whole file. Only where it says no are the objects judged one by one, and
only the ones at fault are given to jsonschema, whose errors `messages` puts into our words.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reconciler.catalog.document import Document
from reconciler.catalog.kinds import Kind
from reconciler.catalog.messages import finding, found, messages
from reconciler.catalog.schema import item_validator, validator
from reconciler.model.diagnostics import Span
from reconciler.policy.check import Finding
from reconciler.policy.wording import guess, quoted

__all__ = ["Form", "Item", "judge"]


@dataclass(frozen=True, slots=True)
class Item:
    """One object of a file, as plain data, and where it begins."""

    data: Any
    origin: Span


@dataclass(slots=True)
class Form:
    """The objects of a file: those with the right form, those without, and what is wrong."""

    items: list[Item] = field(default_factory=list)
    rejected: list[Item] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    is_lossy: bool = False
    """Whether the file holds more than its objects, or objects whose meaning is in doubt."""


def judge(kind: Kind, document: Document, shown: str) -> Form:
    """The form of one file that was read to its end."""
    items = list(_items(kind, document, shown))
    if not document.complaints and _is_valid(kind, document):
        return Form(items=items)
    spoilt = _spoilt(document, items)
    form = Form(findings=list(_around(kind, document, shown)), is_lossy=bool(document.complaints))
    is_valid = item_validator(kind.name).is_valid
    for number, item in enumerate(items):
        if number in spoilt:
            form.findings.extend([] if is_valid(item.data) else _messages(kind, item))
        elif is_valid(item.data):
            form.items.append(item)
        else:
            form.rejected.append(item)
            form.findings.extend(_messages(kind, item))
    return form


def _messages(kind: Kind, item: Item) -> list[Finding]:
    return messages(kind.name, item.data, item.origin)


def _spoilt(document: Document, items: list[Item]) -> frozenset[int]:
    """Which objects the reader complained of inside: a key said twice has no meaning to go by.

    A complaint before the first object may be about a list that was said twice: it spoils all.
    """
    starts = [(item.origin.line, item.origin.column) for item in items]
    inside = {bisect_right(starts, (each.line, each.column)) - 1 for each in document.complaints}
    return frozenset(range(len(items)) if -1 in inside else inside)


def _is_valid(kind: Kind, document: Document) -> bool:
    return isinstance(document.data, dict) and validator(kind.name).is_valid(document.data)


def _has_list(kind: Kind, data: object) -> bool:
    return isinstance(data, dict) and bool(kind.plural) and kind.plural in data


def _items(kind: Kind, document: Document, shown: str) -> Iterator[Item]:
    data = document.data
    if not _has_list(kind, data):
        if isinstance(data, dict):
            yield Item(data, Span(shown, *document.start))
        return
    listed = data[kind.plural]
    if isinstance(listed, list):
        for item, (line, column) in zip(listed, document.starts, strict=True):
            yield Item(item, Span(shown, line, column))


def _around(kind: Kind, document: Document, shown: str) -> Iterator[Finding]:
    """What is wrong outside the objects: the file's own shape, and keys beside the list."""
    start, data = Span(shown, *document.start), document.data
    if not isinstance(data, dict):
        if data is not None:
            summary = f"expected a mapping, found {found(data)}"
            hint = f"several objects go into a list: `{kind.plural}:`" if kind.plural else ""
            yield finding("value-wrong-type", start, (), summary, hint)
        return
    if not _has_list(kind, data):
        return
    if not isinstance(data[kind.plural], list):
        summary = f"expected a list, found {found(data[kind.plural])}"
        yield finding("value-wrong-type", start, (kind.plural,), summary, "write `- ` before each")
    for key in data.keys() - {kind.plural}:
        hint = guess(key, [], f"a file with `{kind.plural}` holds nothing else")
        yield Finding(
            code="key-unknown",
            origin=start,
            path=(key,),
            at="key",
            summary=f"unknown key {quoted(key)}",
            hint=hint,
        )
