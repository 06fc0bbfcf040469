"""The endpoint of the System Log, in its two ways of asking (Okta: documented).

Polling asks without an end, oldest first, and never ends: every page has a next link, an empty
one too, and events stand in the order in which they were stored. Any other question is bounded:
events stand in the order in which they were published, and the last page has no next link.
"""

from datetime import timedelta
from typing import Final, NamedTuple
from urllib.parse import urlencode

from reconciler.sandbox.request import Answer, Call
from reconciler.sandbox.search.log_query import LogQuery, Position, parse_log_query
from reconciler.sandbox.storage.clock import millis
from reconciler.sandbox.storage.database import Database

_BATCH: Final = 1000
_LATEST: Final = 10**15


class _Event(NamedTuple):
    """An event as its table holds it."""

    no: int
    at: int
    body: bytes

    def place(self) -> Position:
        return Position(self.at, self.no)


def list_events(call: Call) -> Answer:
    """A page of the events that can be seen by now; those that are delayed come later."""
    now = call.core.clock.now()
    query = parse_log_query(call.query, now)
    seen = millis(now - timedelta(seconds=call.core.options().log_delay))
    read = _poll if query.is_polling else _read_between
    events, following = read(call.core.database, query, seen)
    links = [_link(call, query.after, "self")]
    if following is not None:
        links.append(_link(call, following, "next"))
    return Answer(body=b"[%b]" % b",".join(event.body for event in events), links=tuple(links))


def _poll(database: Database, query: LogQuery, seen: int) -> tuple[list[_Event], Position]:
    """The next events in the order of storing, up to the first that cannot be seen yet.

    None behind that one is shown before it, so that no cursor passes an event unseen.
    """
    place = query.after or Position(query.since, 0)
    first = database.first("SELECT min(no) FROM log WHERE at > ?", (seen,))
    end = _LATEST if first is None or first[0] is None else first[0]
    found: list[_Event] = []
    while len(found) < query.limit:
        sql = "SELECT no, at, body FROM log WHERE no > ? AND no < ? ORDER BY no LIMIT ?"
        rows = [_Event(*row) for row in database.rows(sql, (place.no, end, _BATCH))]
        for row in rows:
            place = row.place()
            if row.at >= query.since and query.matches(row.body):
                found.append(row)
            if len(found) == query.limit:
                break
        if len(rows) < _BATCH:
            break
    return found, place


def _read_between(
    database: Database, query: LogQuery, seen: int
) -> tuple[list[_Event], Position | None]:
    """The next events in the order of publishing; both ends belong to the question (assumed)."""
    order, sign, start = ("DESC", "<", _LATEST) if query.is_descending else ("ASC", ">", 0)
    until = seen if query.until is None else min(seen, query.until)
    place = query.after or Position(start, start)
    found: list[_Event] = []
    while len(found) <= query.limit:
        sql = (
            f"SELECT no, at, body FROM log WHERE at >= ? AND at <= ? AND (at, no) {sign} (?, ?)"  # noqa: S608 -- own words
            f" ORDER BY at {order}, no {order} LIMIT ?"
        )
        parameters = (query.since, until, *place, _BATCH)
        rows = [_Event(*row) for row in database.rows(sql, parameters)]
        found += [row for row in rows if query.matches(row.body)]
        if len(rows) < _BATCH:
            break
        place = rows[-1].place()
    shown = found[: query.limit]
    has_more = bool(shown) and len(found) > len(shown)
    return shown, shown[-1].place() if has_more else None


def _link(call: Call, place: Position | None, relation: str) -> str:
    """The link repeats what was asked, as it was asked, with `after` last (Okta: recorded)."""
    query = {key: value for key, value in call.query.items() if key != "after"}
    if place is not None:
        query["after"] = place.cursor()
    text = f"?{urlencode(query)}" if query else ""
    return f'<{call.base}{call.path}{text}>; rel="{relation}"'
