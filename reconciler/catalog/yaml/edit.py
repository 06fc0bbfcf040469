"""Sets or removes a key of one object in a file's text, and leaves every other character alone.

A pure step from text to text. What comes out is read back, and has to say what the file said before
but for the edited keys; where it would not, the edit is refused and a person makes it.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from yaml._yaml import CParser
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    MappingStartEvent,
    NodeEvent,
    StreamEndEvent,
)

from reconciler.catalog.yaml.reader import read_yaml, start_of
from reconciler.model.stanzas import KeyEdit
from reconciler.policy.finding import Path

__all__ = ["Refused", "edit_text"]

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Refused:
    """The edit that could not be made, and why not, to stand after the place and a colon."""

    edit: KeyEdit
    why: str


def edit_text(text: str, edits: Iterable[KeyEdit]) -> str | Refused:
    """The text with every edit made, or the first that cannot be made; `text` is a sound file.

    The edits are of this one file, whatever path they name.
    """
    edited = text.removeprefix(_BOM)
    before = read_yaml(edited.encode())
    expected = deepcopy(before.data)
    # From the end on: what is inserted moves nothing that is still to be edited.
    for edit in sorted(edits, key=lambda e: (-e.at.line, -e.at.column)):
        mapping = None if before.problems else _find_mapping(edited, edit)
        if mapping is None:
            return Refused(edit, "no object begins here any more")
        made = _Surgery(edited, mapping).make(edit)
        if isinstance(made, Refused):
            return made
        _set_expected(expected, mapping.path, edit)
        after = read_yaml(made.encode())
        # Values of two types can be equal (1 and true), and the order of keys is kept as well.
        if after.problems or repr(after.data) != repr(expected):
            return Refused(edit, f"`{edit.key}` cannot be written without changing something else")
        edited = made
    return f"{_BOM}{edited}" if text.startswith(_BOM) else edited


def _set_expected(data: Any, path: Path, edit: KeyEdit) -> None:  # noqa: ANN401 - any YAML value
    for step in path:
        data = data[step]
    if edit.value is None:
        data.pop(edit.key, None)
    else:
        data[edit.key] = read_yaml(edit.stanza.encode()).data[edit.key]


@dataclass(slots=True)
class _Entry:
    """One key with its value, as offsets into the text."""

    key: str
    key_start: int
    key_end: int
    start: int
    end: int


@dataclass(slots=True)
class _Mapping:
    """One mapping of the text, where it begins and what it holds."""

    path: Path
    point: tuple[int, int]
    start: int
    is_flow: bool
    entries: list[_Entry] = field(default_factory=list)


@dataclass(slots=True)
class _Frame:
    """A collection that the walk is inside of; without a mapping, a list."""

    path: Path
    mapping: _Mapping | None
    key: Any = None
    """The event of the key whose value comes next."""
    position: int = 0

    def child_path(self) -> Path:
        """Where the value is that comes next."""
        return (*self.path, self.position if self.mapping is None else self.key.value)

    def add(self, event: Any, end: int) -> None:  # noqa: ANN401 - an event, whose marks PyYAML's types doubt
        """Takes in a value; the end of a collection is known later."""
        if self.mapping is not None:
            key = self.key
            marks = key.start_mark.index, key.end_mark.index, event.start_mark.index
            self.mapping.entries.append(_Entry(key.value, *marks, end))
        self.key = None
        self.position += 1


def _find_mapping(text: str, edit: KeyEdit) -> _Mapping | None:
    """The mapping that begins at the edit's place; None where none does."""
    parser = CParser(text)
    try:
        return _Walk(text, parser, (edit.at.line, edit.at.column)).run()
    finally:
        parser.dispose()


class _Walk:
    """Follows the events of a sound document up to the end of the wanted mapping."""

    def __init__(self, text: str, parser: CParser, point: tuple[int, int]) -> None:
        self._text = text
        self._parser = parser
        self._point = point
        self._frames: list[_Frame] = []
        self._end = 0
        """Where the last value ends that has text of its own."""

    def run(self) -> _Mapping | None:
        """The mapping, when the walk has come to its end."""
        while not isinstance(event := self._parser.get_event(), DocumentEndEvent | StreamEndEvent):
            if isinstance(event, NodeEvent):
                self._enter(event)
            elif isinstance(event, CollectionEndEvent):
                closed = self._close(event)
                if closed is not None and closed.point == self._point:
                    return closed
        return None

    def _enter(self, event: Any) -> None:  # noqa: ANN401 - an event
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.mapping is not None and frame.key is None:
            frame.key = event
            return
        path = frame.child_path() if frame is not None else ()
        if not isinstance(event, CollectionStartEvent):
            self._end = self._end_of_scalar(event)
        if frame is not None:
            frame.add(event, self._end)
        if isinstance(event, CollectionStartEvent):
            self._frames.append(_Frame(path, _open_mapping(event, path)))

    def _close(self, event: Any) -> _Mapping | None:  # noqa: ANN401 - an event
        frame = self._frames.pop()
        # A block ends for the parser where the next token begins, past blank lines and comments.
        if event.end_mark.index > event.start_mark.index:
            self._end = event.end_mark.index
        parent = self._frames[-1].mapping if self._frames else None
        if parent is not None:
            parent.entries[-1].end = self._end
        return frame.mapping

    def _end_of_scalar(self, event: Any) -> int:  # noqa: ANN401 - an event
        """Where its text ends; of a block scalar, without the lines that only follow it."""
        start: int = event.start_mark.index
        raw = self._text[start : event.end_mark.index]
        return start + len(raw.rstrip() if event.style in {"|", ">"} else raw)


def _open_mapping(event: Any, path: Path) -> _Mapping | None:  # noqa: ANN401 - an event
    if not isinstance(event, MappingStartEvent):
        return None
    start: Any = event.start_mark
    return _Mapping(path, start_of(event), start.index, bool(event.flow_style))


@dataclass(frozen=True, slots=True)
class _Surgery:
    """One edit of one mapping."""

    text: str
    mapping: _Mapping

    def make(self, edit: KeyEdit) -> str | Refused:
        """The text with the edit made."""
        found = [n for n, each in enumerate(self.mapping.entries) if each.key == edit.key]
        if edit.value is None:
            return self._remove(edit, found[0]) if found else self.text
        if found:
            return self._replace(edit, self.mapping.entries[found[0]])
        is_single_pair = self.mapping.is_flow and self.text[self.mapping.start] != "{"
        if is_single_pair:
            return Refused(edit, "the object has no braces of its own")
        return self._add_to_flow(edit) if self.mapping.is_flow else self._add_line(edit)

    def _replace(self, edit: KeyEdit, entry: _Entry) -> str | Refused:
        if self._has_comment(entry.key_end, entry.end):
            return Refused(edit, f"a comment stands in the old value of `{edit.key}`")
        return f"{self.text[: entry.key_end]}: {edit.value}{self.text[entry.end :]}"

    def _add_to_flow(self, edit: KeyEdit) -> str:
        entries = self.mapping.entries
        place = entries[-1].end if entries else self.mapping.start + 1
        joint = ", " if entries else ""
        return f"{self.text[:place]}{joint}{edit.stanza}{self.text[place:]}"

    def _add_line(self, edit: KeyEdit) -> str:
        place = self._line_end(self.mapping.entries[-1].end)
        line = self._break_at(place) + " " * (self.mapping.point[1] - 1) + edit.stanza
        return self.text[:place] + line + self.text[place:]

    def _remove(self, edit: KeyEdit, number: int) -> str | Refused:
        entry = self.mapping.entries[number]
        start, end = (self._flow_range if self.mapping.is_flow else self._line_range)(number)
        commented = (start, end) if self.mapping.is_flow else (entry.key_start, entry.end)
        if self._has_comment(*commented):
            return Refused(edit, f"a comment stands in `{edit.key}`")
        if self.text[start : entry.key_start].strip(" ,\r\n"):
            return Refused(edit, f"`{edit.key}` is the first key of its entry")
        return self.text[:start] + self.text[end:]

    def _flow_range(self, number: int) -> tuple[int, int]:
        """The key with its value, and the comma before or after it."""
        entries = self.mapping.entries
        if number + 1 < len(entries):
            return entries[number].key_start, entries[number + 1].key_start
        start = entries[number - 1].end if number else entries[number].key_start
        return start, entries[number].end

    def _line_range(self, number: int) -> tuple[int, int]:
        """The key's lines, with one line break; of a line with a comment, what is before it."""
        entry = self.mapping.entries[number]
        start, end = self.text.rfind("\n", 0, entry.key_start), self._line_end(entry.end)
        tail = self.text[entry.end : end]
        if tail.strip():
            return entry.key_start, end - len(tail.lstrip())
        if start < 0:
            return 0, min(end + len(self._break_at(end)), len(self.text))
        return start - (self.text[start - 1 : start] == "\r"), end

    def _has_comment(self, start: int, end: int) -> bool:
        """Whether there may be one: it is ended by a line break."""
        part = self.text[start:end]
        return "#" in part[: part.rfind("\n") + 1]

    def _line_end(self, offset: int) -> int:
        """Where the line ends that the offset is in, before its break."""
        end = self.text.find("\n", offset)
        if end < 0:
            return len(self.text)
        return end - (self.text[end - 1] == "\r")

    def _break_at(self, offset: int) -> str:
        """The break at the offset; at the end of a file without one, the one it uses."""
        after = self.text[offset : offset + 2]
        if after:
            return "\r\n" if after == "\r\n" else "\n"
        return "\r\n" if "\r\n" in self.text else "\n"
