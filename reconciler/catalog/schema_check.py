"""Whether a file has the form its kind asks for: a fast yes, or every reason why not.

jsonschema-rs judges the whole file. Only where it says no are the objects judged one by one, and
only the ones at fault are given to jsonschema, whose errors `messages` puts into our words.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from reconciler.catalog.schema import Kind, item_validator, validator
from reconciler.catalog.schema_errors import finding, found, messages, rough_messages
from reconciler.catalog.schema_rules import KEY_UNKNOWN, VALUE_WRONG_TYPE
from reconciler.catalog.yaml_reader import Document
from reconciler.model.diagnostics import MOST_PER_FILE, Span
from reconciler.policy.finding import Finding, Place
from reconciler.policy.quoting import guess, quoted

__all__ = ["Form", "Item", "judge"]


_MOST_VALUES = 50_000
"""Of one file, for the slow judge: it needs some 50 µs for each."""


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
    unsaid: int = 0
    """How many more findings there are at least than the ones that were made."""

    _looked_at: int = 0
    """Values that the slow judge was given, or would have been."""

    def reject(self, kind: Kind, item: Item) -> None:
        """Keeps the object as one without the right form; of too many only that they are there."""
        self.find(kind, item)
        if self.unsaid:
            self.is_lossy = True
        else:
            self.rejected.append(item)

    def find(self, kind: Kind, item: Item) -> None:
        """Says what is wrong with the object, as far as there is room and patience."""
        room = MOST_PER_FILE - len(self.findings)
        if room <= 0:
            self.unsaid += 1
            return
        self._looked_at += _values(item.data, _MOST_VALUES)
        judge = messages if self._looked_at <= _MOST_VALUES else rough_messages
        said = judge(kind.name, item.data, item.origin, room + 1)
        self.findings += said[:room]
        self.unsaid += len(said) > room


def judge(kind: Kind, document: Document, shown: str) -> Form:
    """The form of one file that was read to its end."""
    items = list(_items(kind, document, shown))
    if not document.complaints and _is_valid(kind, document):
        return Form(items=items)
    spoilt = _spoilt(document, items)
    around = list(islice(_around(kind, document, shown), MOST_PER_FILE + 1))
    form = Form(findings=around, is_lossy=bool(document.complaints))
    is_valid = item_validator(kind.name).is_valid
    for number, item in enumerate(items):
        if number in spoilt:
            if not is_valid(item.data):
                form.find(kind, item)
        elif is_valid(item.data):
            form.items.append(item)
        else:
            form.reject(kind, item)
    return form


def _values(data: Any, most: int) -> int:  # noqa: ANN401 - any YAML value
    """How many values there are, counted until they are more than `most`."""
    pending, number = [data], 0
    while pending and number <= most:
        value = pending.pop()
        number += 1
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return number


def _spoilt(document: Document, items: list[Item]) -> frozenset[int]:
    """Which objects the reader complained of inside: a key said twice has no meaning to go by.

    A complaint before the first object may be about a list that was said twice: it spoils all. One
    that was not kept stands behind the last that was, nobody knows where.
    """
    starts = [(item.origin.line, item.origin.column) for item in items]
    inside = {bisect_right(starts, (each.line, each.column)) - 1 for each in document.complaints}
    if document.unsaid:
        inside.update(range(max(inside), len(items)))
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
            yield finding(VALUE_WRONG_TYPE, start, (), summary, hint)
        return
    if not _has_list(kind, data):
        return
    if not isinstance(data[kind.plural], list):
        summary = f"expected a list, found {found(data[kind.plural])}"
        yield finding(VALUE_WRONG_TYPE, start, (kind.plural,), summary, "write `- ` before each")
    for key in data.keys() - {kind.plural}:
        hint = guess(key, [], f"a file with `{kind.plural}` holds nothing else")
        at = Place(start, (key,), "key")
        yield Finding.at(at, KEY_UNKNOWN, f"unknown key {quoted(key)}", hint)
