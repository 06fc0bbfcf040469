"""One file's YAML as plain data, read strictly and in one pass over the parser's events.

Nothing is composed and nothing recurses: PyYAML's composer overflows the C stack on 30,000 nested
brackets. Positions are kept only for what every noun carries, the start of each object; where a
single value stands is asked of `positions`, and only when there is something to report.
"""

import math
import re
from collections.abc import Callable  # noqa: TC003 - annotations are plain here
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from reconciler.catalog.yaml.errors import (
    DUPLICATE_KEY,
    FILE_EMPTY,
    KEY_NOT_TEXT,
    SECOND_DOCUMENT,
    TOO_DEEP,
    YAML_ALIAS,
    YAML_ANCHOR,
    YAML_TAG,
    TextProblem,
    describe,
    explain_syntax_error,
    find_merge_conflict,
)
from reconciler.model.diagnostics import MOST_PER_FILE, Rule

__all__ = ["MAX_DEPTH", "Document", "read_yaml", "start_of"]

MAX_DEPTH = 32
_UNSET: Any = object()


Scalar = str | int | float | bool | None
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER_STARTS = frozenset("0123456789-+.")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_PREFIXED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_LONGEST_NUMBER = 200
_LONGEST_INTEGER = 16


@dataclass(slots=True)
class Document:
    """What a file says, as far as it could be read."""

    data: Any = None
    start: tuple[int, int] = (1, 1)
    starts: list[tuple[int, int]] = field(default_factory=list)
    """Where each object of the plural list begins."""
    problems: list[TextProblem] = field(default_factory=list)
    unreported: int = 0
    """How many more problems there are than the ones that are kept."""
    is_whole: bool = False
    """Whether the reader came to the end, so that `data` is all the file says."""


def read_yaml(content: bytes, plural: str = "") -> Document:
    """The document in UTF-8 `content`; `plural` is the key of a list of objects."""
    reader = _Reader(CParser(content), plural)
    try:
        reader.run()
    except yaml.YAMLError as error:
        reader.document.problems.append(
            find_merge_conflict(content) or explain_syntax_error(error, content)
        )
    else:
        if (left := find_merge_conflict(content)) is not None:
            reader.document.problems.append(left)
    finally:
        reader.parser.dispose()
        # Bound methods make a cycle, and the collector is paused while a catalog is read.
        reader._steps.clear()  # noqa: SLF001 - this module's own
    return reader.document


@lru_cache(maxsize=1024)
def _is_text(key: str) -> bool:
    """Whether an unquoted key is text. A catalog has few keys, each of them many times."""
    return type(parse_scalar(key)) is str


def start_of(event: Any) -> tuple[int, int]:  # noqa: ANN401 - an event, whose marks PyYAML's types doubt
    """The 1-based line and column at which an event begins."""
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


class _Reader:
    """Folds events into dicts and lists, with a stack of its own."""

    def __init__(self, parser: CParser, plural: str) -> None:
        self.parser = parser
        self.document = Document()
        self._plural = plural
        self._stack: list[Any] = []
        self._current: Any = None
        self._key: Any = _UNSET
        self._items: Any = None
        self._is_past_first = False
        self._is_past_second = False
        self._steps: dict[object, Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._mapping,
            SequenceStartEvent: self._sequence,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
        }

    def run(self) -> None:
        """Reads to the end of the first document, or to what cannot be read past."""
        next_event, steps = self.parser.get_event, self._steps
        while type(event := next_event()) is not StreamEndEvent:
            step = steps.get(type(event))
            if step is not None:
                step(event)
            if len(self._stack) > MAX_DEPTH:
                self._add_problem(TOO_DEEP, event)
                return
            if self._is_past_second:
                break
        if self.document.data is None:
            self.document.problems.append(describe(FILE_EMPTY, 1, 1))
        self.document.is_whole = True

    def _add_problem(self, rule: Rule, event: object) -> None:
        if len(self.document.problems) >= MOST_PER_FILE:
            self.document.unreported += 1
            return
        self.document.problems.append(describe(rule, *start_of(event)))

    def _scalar(self, event: ScalarEvent) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        if self._key is _UNSET and type(self._current) is dict:
            self._take_key(event)
        else:
            self._add_value(parse_scalar(event.value) if event.implicit[0] else event.value, event)

    def _take_key(self, event: ScalarEvent) -> None:
        self._key = key = event.value
        if key in self._current:
            self._add_problem(DUPLICATE_KEY, event)
        if event.implicit[0] and not _is_text(key):
            self._add_problem(KEY_NOT_TEXT, event)

    def _add_value(self, value: Any, event: Event) -> None:  # noqa: ANN401 - any YAML value
        current = self._current
        if type(current) is dict:
            current[self._key] = value
            self._key = _UNSET
        elif current is None:
            self._set_root(value, event)
        else:
            if current is self._items:
                self.document.starts.append(start_of(event))
            current.append(value)

    def _set_root(self, value: Any, event: Event) -> None:  # noqa: ANN401 - any YAML value
        self._is_past_first = True
        self.document.data = value
        self.document.start = start_of(event)

    def _mapping(self, event: MappingStartEvent) -> None:
        self._open({}, event)

    def _sequence(self, event: SequenceStartEvent) -> None:
        items: list[Any] = []
        if len(self._stack) == 1 and self._key == self._plural:
            self._items = items
            self.document.starts.clear()
        self._open(items, event)

    def _open(self, value: Any, event: Any) -> None:  # noqa: ANN401 - a dict or a list, a start event
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        if self._key is _UNSET and type(self._current) is dict:
            self._add_problem(KEY_NOT_TEXT, event)
            self._skip()
            self._key = ""
            return
        self._add_value(value, event)
        self._stack.append(self._current)
        self._current = value
        self._key = _UNSET

    def _skip(self) -> None:
        """Reads past a list or mapping that stands where a key should."""
        depth = 1
        while depth:
            event = self.parser.get_event()
            if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                depth += 1
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                depth -= 1

    def _close(self, _event: Event) -> None:
        self._current = self._stack.pop()

    def _alias(self, event: AliasEvent) -> None:
        self._add_problem(YAML_ALIAS, event)
        if self._key is _UNSET and type(self._current) is dict:
            self._key = ""
        else:
            self._add_value(None, event)

    def _document(self, event: DocumentStartEvent) -> None:
        if self._is_past_first:
            self._is_past_second = True
            self._add_problem(SECOND_DOCUMENT, event)

    def _refuse_properties(self, event: Any) -> None:  # noqa: ANN401 - a scalar or a start event
        if event.anchor is not None:
            self._add_problem(YAML_ANCHOR, event)
        if event.tag is not None:
            self._add_problem(YAML_TAG, event)


def parse_scalar(text: str) -> Scalar:
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
