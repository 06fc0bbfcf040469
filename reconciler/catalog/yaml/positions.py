"""Where every key and value of a file stands: a second pass, made only when there is need."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    MappingStartEvent,
    NodeEvent,
    StreamEndEvent,
)

from reconciler.catalog.yaml.reader import MAX_DEPTH, start_of
from reconciler.model.diagnostics import Diagnostic, Span
from reconciler.policy.finding import Finding, Path, Place

__all__ = ["Positions", "locate_findings", "locate_values"]

Point = tuple[int, int]
_UNSET: Any = object()


@dataclass(slots=True)
class Positions:
    """Instance path to 1-based line and column, for values and for the keys before them."""

    values: dict[Path, Point] = field(default_factory=dict)
    keys: dict[Path, Point] = field(default_factory=dict)
    _objects: dict[Point, Path] = field(default_factory=dict)

    def point(self, place: Place) -> Point:
        """The place's line and column; of a value that is not there, the nearest one around it."""
        origin = (place.origin.line, place.origin.column)
        path = self._objects.get(origin, ()) + place.path
        if place.at == "key" and path in self.keys:
            return self.keys[path]
        for length in range(len(path), 0, -1):
            if path[:length] in self.values:
                return self.values[path[:length]]
        return origin

    def add(self, path: Path, event: NodeEvent) -> None:
        """Records a value; what is two levels deep or less may be an object of its own."""
        self.values[path] = point = start_of(event)
        if len(path) in {0, 2}:
            self._objects.setdefault(point, path)


def locate_values(content: bytes) -> Positions:
    """The positions in a file, up to its first syntax error."""
    walk = _Walk(CParser(content))
    try:
        walk.run()
    except yaml.YAMLError:
        pass  # the reader has reported it; what stands before the error has its place
    finally:
        walk.parser.dispose()
    return walk.positions


class _Walk:
    """Follows the events with the path of where they are."""

    def __init__(self, parser: CParser) -> None:
        self.parser = parser
        self.positions = Positions()
        self._path: list[Any] = []
        self._is_mapping: list[bool] = []

    def run(self) -> None:
        """Walks to the end of the first document, no deeper than the reader goes."""
        while not isinstance(event := self.parser.get_event(), DocumentEndEvent | StreamEndEvent):
            if len(self._path) > MAX_DEPTH:
                return
            if isinstance(event, NodeEvent):
                self._node(event)
            elif isinstance(event, CollectionEndEvent):
                self._is_mapping.pop()
                self._path.pop()
                self._next()

    def _node(self, event: NodeEvent) -> None:
        if self._is_mapping and self._is_mapping[-1] and self._path[-1] is _UNSET:
            self._take_key(event)
            return
        self.positions.add(tuple(self._path), event)
        if isinstance(event, CollectionStartEvent):
            is_mapping = isinstance(event, MappingStartEvent)
            self._is_mapping.append(is_mapping)
            self._path.append(_UNSET if is_mapping else 0)
        else:
            self._next()

    def _take_key(self, event: NodeEvent) -> None:
        if isinstance(event, CollectionStartEvent):
            self._skip()
        self._path[-1] = getattr(event, "value", "")
        self.positions.keys[tuple(self._path)] = start_of(event)

    def _next(self) -> None:
        """The value at the end of the path is done: on to the next key or index."""
        if self._is_mapping:
            self._path[-1] = _UNSET if self._is_mapping[-1] else self._path[-1] + 1

    def _skip(self) -> None:
        depth = 1
        while depth:
            event = self.parser.get_event()
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)


def locate_findings(
    findings: Iterable[Finding], content: Callable[[str], bytes | None]
) -> list[Diagnostic]:
    """The findings as diagnostics, each route turned into a line and a column of its file."""

    @cache
    def positions(path: str) -> Positions:
        found = content(path)
        return Positions() if found is None else locate_values(found)

    def span(place: Place) -> Span:
        return Span(place.origin.path, *positions(place.origin.path).point(place))

    return [
        Diagnostic(
            code=each.code,
            summary=each.summary,
            span=span(each.place),
            hint=each.hint,
            severity=each.severity,
            related=tuple(map(span, each.related)),
        )
        for each in findings
    ]
