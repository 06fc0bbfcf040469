"""Which writes were begun and have no known outcome, for a run that ends before it can say more."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.execution.ports import Recorder
from reconciler.model.plan import Change
from reconciler.planning.describe import describe

__all__ = ["Begun"]

_Place = tuple[object, object, object]


class Begun:
    """A recorder around another one. What that one could not keep as answered stays unknown."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._changes = {_place_of(change): change for change in changes}
        self._unknown: dict[_Place, None] = {}
        self._inner: Recorder | None = None

    def around(self, inner: Recorder) -> "Begun":
        """Records there from now on."""
        self._inner = inner
        return self

    def record(self, event: str, fields: Mapping[str, object]) -> None:
        """The entry is kept; an intent that could not be kept was never carried out."""
        place = (fields.get("action"), fields.get("group_name"), fields.get("person"))
        is_known = event == "outcome" and fields.get("outcome") != "unknown"
        if self._inner is not None:
            self._inner.record(event, fields)
        if event == "intent":
            self._unknown[place] = None
        elif is_known:
            self._unknown.pop(place, None)

    def unknown(self) -> Iterator[str]:
        """Each such write in words, in the order in which they were begun."""
        for place in self._unknown:
            change = self._changes.get(place)
            yield describe(change) if change else " ".join(map(str, place))


def _place_of(change: Change) -> _Place:
    person = change.person.id if change.person else None
    return change.action.value, change.group.name, person
