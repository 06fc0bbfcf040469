"""Whether a file has the form its kind asks for: a fast yes, or every reason why not.

jsonschema-rs judges the whole file. Only where it says no are the objects judged one by one, and
only the ones at fault are given to jsonschema, whose errors `messages` puts into our words.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from reconciler.catalog.schema.errors import (
    describe_type,
    explain_errors,
    explain_errors_roughly,
    value_finding,
)
from reconciler.catalog.schema.kinds import Kind, item_validator, validator
from reconciler.catalog.schema.rules import KEY_UNKNOWN, VALUE_WRONG_TYPE
from reconciler.catalog.yaml.reader import Document
from reconciler.model.diagnostics import MOST_PER_FILE, Span
from reconciler.policy.finding import Finding, Place
from reconciler.policy.quoting import guess, quoted

__all__ = ["Form", "Item", "check_form"]


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
    """Whether the file holds more than its objects, or objects whose meaning is ambiguous."""
    unreported: int = 0
    """How many more findings there are at least than the ones that were made."""

    _looked_at: int = 0
    """Values that the slow judge was given, or would have been."""

    def reject(self, kind: Kind, item: Item) -> None:
        """Keeps the object as one without the right form; of too many only that they are there."""
        self.find(kind, item)
        if self.unreported:
            self.is_lossy = True
        else:
            self.rejected.append(item)

    def find(self, kind: Kind, item: Item) -> None:
        """Says what is wrong with the object, as far as the limits allow."""
        room = MOST_PER_FILE - len(self.findings)
        if room <= 0:
            self.unreported += 1
            return
        self._looked_at += _count_values(item.data, _MOST_VALUES)
        explain = explain_errors if self._looked_at <= _MOST_VALUES else explain_errors_roughly
        found = explain(kind.name, item.data, item.origin, room + 1)
        self.findings += found[:room]
        self.unreported += len(found) > room


def check_form(kind: Kind, document: Document, shown: str) -> Form:
    """The form of one file that was read to its end."""
    items = list(_items(kind, document, shown))
    if not document.problems and _is_valid(kind, document):
        return Form(items=items)
    ambiguous = _ambiguous_items(document, items)
    around = list(islice(_findings_outside(kind, document, shown), MOST_PER_FILE + 1))
    form = Form(findings=around, is_lossy=bool(document.problems))
    is_valid = item_validator(kind.name).is_valid
    for number, item in enumerate(items):
        if number in ambiguous:
            if not is_valid(item.data):
                form.find(kind, item)
        elif is_valid(item.data):
            form.items.append(item)
        else:
            form.reject(kind, item)
    return form


def _count_values(data: Any, most: int) -> int:  # noqa: ANN401 - any YAML value
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


def _ambiguous_items(document: Document, items: list[Item]) -> frozenset[int]:
    """Which objects have problems of the reader inside: a key written twice has no one meaning.

    A problem before the first object may be about a list that was written twice: then all are
    ambiguous. One that was not kept is behind the last that was, at an unknown place.
    """
    starts = [(item.origin.line, item.origin.column) for item in items]
    inside = {bisect_right(starts, (each.line, each.column)) - 1 for each in document.problems}
    if document.unreported:
        inside.update(range(max(inside), len(items)))
    return frozenset(range(len(items)) if -1 in inside else inside)


def _is_valid(kind: Kind, document: Document) -> bool:
    return isinstance(document.data, dict) and validator(kind.name).is_valid(document.data)


def _has_list(kind: Kind, data: object) -> bool:
    return isinstance(data, dict) and bool(kind.list_key) and kind.list_key in data


def _items(kind: Kind, document: Document, shown: str) -> Iterator[Item]:
    data = document.data
    if not _has_list(kind, data):
        if isinstance(data, dict):
            yield Item(data, Span(shown, *document.start))
        return
    listed = data[kind.list_key]
    if isinstance(listed, list):
        for item, (line, column) in zip(listed, document.starts, strict=True):
            yield Item(item, Span(shown, line, column))


def _findings_outside(kind: Kind, document: Document, shown: str) -> Iterator[Finding]:
    """What is wrong outside the objects: the file's own shape, and keys beside the list."""
    start, data = Span(shown, *document.start), document.data
    if not isinstance(data, dict):
        if data is not None:
            summary = f"expected a mapping, found {describe_type(data)}"
            hint = f"several objects go into a list: `{kind.list_key}:`" if kind.list_key else ""
            yield value_finding(VALUE_WRONG_TYPE, start, (), summary, hint)
        return
    if not _has_list(kind, data):
        return
    if not isinstance(data[kind.list_key], list):
        summary = f"expected a list, found {describe_type(data[kind.list_key])}"
        yield value_finding(
            VALUE_WRONG_TYPE, start, (kind.list_key,), summary, "write `- ` before each"
        )
    for key in data.keys() - {kind.list_key}:
        hint = guess(key, [], f"a file with `{kind.list_key}` holds nothing else")
        at = Place(start, (key,), "key")
        yield Finding.at(at, KEY_UNKNOWN, f"unknown key {quoted(key)}", hint)
