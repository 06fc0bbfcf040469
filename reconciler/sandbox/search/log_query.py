"""What is asked of the System Log: from when to when, which events, how many."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from reconciler.sandbox.api_errors import Failure, invalid_paging, validation_failed
from reconciler.sandbox.search.expression import (
    Comparison,
    Expression,
    ExpressionError,
    Not,
    UnknownOperatorError,
    parse,
)
from reconciler.sandbox.search.filters import Condition
from reconciler.sandbox.storage.clock import millis, parse_instant
from reconciler.sandbox.storage.rows import decode_body

_DEFAULT: Final = 100
_MOST: Final = 1000
_WINDOW: Final = timedelta(days=7)
_RETENTION: Final = timedelta(days=90)
_OLDEST: Final = timedelta(days=180)
_MOST_WORDS: Final = 10
_LONGEST_WORD: Final = 40
_PARTY_FIELDS: Final = ("id", "type", "alternateId", "displayName")
_FIELDS: Final = frozenset(
    {
        *("uuid", "eventType", "legacyEventType", "displayMessage", "severity", "version"),
        *(f"{part}.{key}" for part in ("actor", "target") for key in _PARTY_FIELDS),
        *("outcome.result", "outcome.reason", "transaction.id", "transaction.type"),
        *("client.id", "client.ipAddress", "client.zone", "client.device", "request.ipChain.ip"),
        "transaction.detail.requestApiTokenId",
    }
)
_OPEN_FIELDS: Final = (
    *("client.userAgent.", "client.geographicalContext.", "debugContext.debugData."),
    *("authenticationContext.", "securityContext."),
)
"""Every field below these may be asked for."""
_UNSUPPORTED: Final = frozenset({"debugContext.debugData.url", "debugContext.debugData.requestUri"})
"""Fields that `co` cannot be asked of (Okta: documented)."""


class Position(NamedTuple):
    """Where a page begins: behind this event, published at this millisecond."""

    at: int
    no: int

    def cursor(self) -> str:
        """The place as Okta writes one (Okta: recorded)."""
        return f"{self.at}_{self.no}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """A question to the System Log; instants in milliseconds, without an end for polling."""

    since: int
    until: int | None
    limit: int
    is_descending: bool
    after: Position | None
    condition: Condition | None
    words: tuple[str, ...]

    @property
    def is_polling(self) -> bool:
        """Whether the question never ends (Okta: documented)."""
        return self.until is None and not self.is_descending

    def matches(self, body: bytes) -> bool:
        """Whether a stored event is one of those asked for."""
        if self.condition is None and not self.words:
            return True
        event = decode_body(body)
        if self.condition is not None and not self.condition.matches(_flatten(event)):
            return False
        known = {word for text in _texts(event) for word in _words(text)} if self.words else set()
        return known.issuperset(self.words)


def parse_log_query(query: Mapping[str, str], now: datetime) -> LogQuery:
    """The question of a request; a `Failure` says why it is none."""
    until = _parse_instant(query, "until")
    since = _parse_instant(query, "since")
    if since is not None and since < now - _OLDEST:
        text = "The since parameter is over 180 days prior to the current day."
        raise Failure(400, "E0000053", f"Invalid parameter: {text}")
    start = (until or now) - _WINDOW if since is None else since
    return LogQuery(
        since=millis(max(start, now - _RETENTION)),
        until=None if until is None else millis(until),
        limit=_parse_limit(query.get("limit")),
        is_descending=query.get("sortOrder", "").upper() == "DESCENDING",
        after=_parse_position(query.get("after")),
        condition=_parse_condition(query.get("filter")),
        words=_parse_keywords(query.get("q", "")),
    )


def _parse_instant(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if not text:
        return None
    try:
        return parse_instant(text)
    except (ValueError, OverflowError) as error:
        form = "The date format in your query is not recognized."
        form += " Please enter dates using ISO8601 string format."
        valid = "must be a valid date-time or empty."
        what = f"'{name}': {form} '{name}': {valid}"
        raise validation_failed(what, f"{name}: {form}", f"{name}: {valid}") from error


def _parse_limit(text: str | None) -> int:
    """A limit above the most is cut to it (assumed)."""
    if text is None:
        return _DEFAULT
    if not (text.isascii() and text.isdigit()):
        raise invalid_paging()
    return min(int(text[:9]), _MOST)


def _parse_position(text: str | None) -> Position | None:
    if text is None:
        return None
    at, _, no = text.partition("_")
    if not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in (at, no)):  # noqa: PLR2004 -- what SQLite can compare
        raise invalid_paging()
    return Position(int(at), int(no))


def _parse_condition(text: str | None) -> Condition | None:
    """Case matters (assumed)."""
    if not text:
        return None
    try:
        tree = parse(text)
    except UnknownOperatorError as error:
        at = text.lower().find(error.operator)
        known = "Expected: eq,co,sw,pr,gt,ge,lt,le"
        problem = f"Unrecognized attribute operator '{error.operator}' at position {at}. {known}"
        raise Failure(400, "E0000053", f"Invalid filter '{text}': {problem}") from error
    except ExpressionError as error:
        raise Failure(400, "E0000053", f"Invalid filter '{text}': {error}") from error
    _check_fields(tree)
    return Condition(tree=tree, ignores_case=False, columns={})


def _check_fields(tree: Expression) -> None:
    if not isinstance(tree, Comparison):
        for term in [tree.term] if isinstance(tree, Not) else tree.terms:
            _check_fields(term)
        return
    field = tree.attribute
    if field not in _FIELDS and not field.startswith(_OPEN_FIELDS):
        raise Failure(400, "E0000053", f"field is not valid: {field}")
    if tree.operator == "co" and field in _UNSUPPORTED:
        text = "The supplied combination of operator and field is not currently supported."
        raise Failure(400, "E0000031", f"{text} Operator: co, Field: {field}")


def _parse_keywords(text: str) -> tuple[str, ...]:
    words = tuple(text.lower().split())
    if any(len(word) > _LONGEST_WORD for word in words):
        rest = "Please shorten the items in your search or use an advanced filter to query by"
        problem = f"Freeform search cannot contain items longer than {_LONGEST_WORD} characters."
        raise validation_failed(f"'q': {problem} {rest} specific fields.")
    if len(words) > _MOST_WORDS:
        raise validation_failed(
            f"'q': Freeform search cannot contain more than {_MOST_WORDS} items."
        )
    return words


def _words(text: str) -> set[str]:
    """What of a text a keyword can match: its words, and theirs between hyphens (documented)."""
    words = set(text.lower().split())
    return words.union(*(word.split("-") for word in words))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _flatten(event: Mapping[str, object]) -> dict[str, object]:
    """The event with the values of its lists side by side: any target may be the one meant."""
    request = event.get("request")
    chain = request.get("ipChain") if isinstance(request, Mapping) else None
    return {
        **event,
        "target": _columns(event.get("target"), _PARTY_FIELDS),
        "request": {"ipChain": _columns(chain, ("ip",))},
    }


def _columns(rows: object, keys: tuple[str, ...]) -> dict[str, object]:
    things = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return {key: [thing.get(key) for thing in things] for key in keys}
