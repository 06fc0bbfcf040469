"""What is asked of the System Log: from when to when, which events, how many."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from reconciler.sandbox.api_errors import Failure, no_such_page, not_valid
from reconciler.sandbox.resources.users_and_groups import decoded
from reconciler.sandbox.search.expression import (
    Compare,
    Expression,
    ExpressionError,
    Not,
    UnknownOperatorError,
    parse,
)
from reconciler.sandbox.search.filters import Question
from reconciler.sandbox.storage.clock import millis, parsed

_DEFAULT: Final = 100
_MOST: Final = 1000
_WINDOW: Final = timedelta(days=7)
_RETENTION: Final = timedelta(days=90)
_OLDEST: Final = timedelta(days=180)
_MOST_WORDS: Final = 10
_LONGEST_WORD: Final = 40
_THING: Final = ("id", "type", "alternateId", "displayName")
_FIELDS: Final = frozenset(
    {
        *("uuid", "eventType", "legacyEventType", "displayMessage", "severity", "version"),
        *(f"{part}.{key}" for part in ("actor", "target") for key in _THING),
        *("outcome.result", "outcome.reason", "transaction.id", "transaction.type"),
        *("client.id", "client.ipAddress", "client.zone", "client.device", "request.ipChain.ip"),
        "transaction.detail.requestApiTokenId",
    }
)
_BRANCHES: Final = (
    *("client.userAgent.", "client.geographicalContext.", "debugContext.debugData."),
    *("authenticationContext.", "securityContext."),
)
"""Every field below these may be asked for."""
_UNSUPPORTED: Final = frozenset({"debugContext.debugData.url", "debugContext.debugData.requestUri"})
"""Fields that `co` cannot be asked of (Okta: documented)."""


class Place(NamedTuple):
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
    after: Place | None
    question: Question | None
    words: tuple[str, ...]

    @property
    def is_polling(self) -> bool:
        """Whether the question never ends (Okta: documented)."""
        return self.until is None and not self.is_descending

    def holds(self, body: bytes) -> bool:
        """Whether a stored event is one of those asked for."""
        if self.question is None and not self.words:
            return True
        event = decoded(body)
        if self.question is not None and not self.question.holds(_flat(event)):
            return False
        known = {word for text in _texts(event) for word in _words(text)} if self.words else set()
        return known.issuperset(self.words)


def asked(query: Mapping[str, str], now: datetime) -> LogQuery:
    """The question of a request; a `Failure` says why it is none."""
    until = _instant(query, "until")
    since = _instant(query, "since")
    if since is not None and since < now - _OLDEST:
        text = "The since parameter is over 180 days prior to the current day."
        raise Failure(400, "E0000053", f"Invalid parameter: {text}")
    start = (until or now) - _WINDOW if since is None else since
    return LogQuery(
        since=millis(max(start, now - _RETENTION)),
        until=None if until is None else millis(until),
        limit=_limit(query.get("limit")),
        is_descending=query.get("sortOrder", "").upper() == "DESCENDING",
        after=_place(query.get("after")),
        question=_question(query.get("filter")),
        words=_asked_words(query.get("q", "")),
    )


def _instant(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if not text:
        return None
    try:
        return parsed(text)
    except (ValueError, OverflowError) as error:
        form = "The date format in your query is not recognized."
        form += " Please enter dates using ISO8601 string format."
        valid = "must be a valid date-time or empty."
        what = f"'{name}': {form} '{name}': {valid}"
        raise not_valid(what, f"{name}: {form}", f"{name}: {valid}") from error


def _limit(text: str | None) -> int:
    """A limit above the most is cut to it (assumed)."""
    if text is None:
        return _DEFAULT
    if not (text.isascii() and text.isdigit()):
        raise no_such_page()
    return min(int(text[:9]), _MOST)


def _place(text: str | None) -> Place | None:
    if text is None:
        return None
    at, _, no = text.partition("_")
    if not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in (at, no)):  # noqa: PLR2004 -- what SQLite can compare
        raise no_such_page()
    return Place(int(at), int(no))


def _question(text: str | None) -> Question | None:
    """Case matters (assumed)."""
    if not text:
        return None
    try:
        tree = parse(text)
    except UnknownOperatorError as error:
        at = text.lower().find(error.operator)
        known = "Expected: eq,co,sw,pr,gt,ge,lt,le"
        said = f"Unrecognized attribute operator '{error.operator}' at position {at}. {known}"
        raise Failure(400, "E0000053", f"Invalid filter '{text}': {said}") from error
    except ExpressionError as error:
        raise Failure(400, "E0000053", f"Invalid filter '{text}': {error}") from error
    _check(tree)
    return Question(tree=tree, ignores_case=False, columns={})


def _check(tree: Expression) -> None:
    if not isinstance(tree, Compare):
        for term in [tree.term] if isinstance(tree, Not) else tree.terms:
            _check(term)
        return
    field = tree.attribute
    if field not in _FIELDS and not field.startswith(_BRANCHES):
        raise Failure(400, "E0000053", f"field is not valid: {field}")
    if tree.operator == "co" and field in _UNSUPPORTED:
        text = "The supplied combination of operator and field is not currently supported."
        raise Failure(400, "E0000031", f"{text} Operator: co, Field: {field}")


def _asked_words(text: str) -> tuple[str, ...]:
    words = tuple(text.lower().split())
    if any(len(word) > _LONGEST_WORD for word in words):
        rest = "Please shorten the items in your search or use an advanced filter to query by"
        said = f"Freeform search cannot contain items longer than {_LONGEST_WORD} characters."
        raise not_valid(f"'q': {said} {rest} specific fields.")
    if len(words) > _MOST_WORDS:
        raise not_valid(f"'q': Freeform search cannot contain more than {_MOST_WORDS} items.")
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


def _flat(event: Mapping[str, object]) -> dict[str, object]:
    """The event with the values of its lists side by side: any target may be the one meant."""
    request = event.get("request")
    chain = request.get("ipChain") if isinstance(request, Mapping) else None
    return {
        **event,
        "target": _columns(event.get("target"), _THING),
        "request": {"ipChain": _columns(chain, ("ip",))},
    }


def _columns(rows: object, keys: tuple[str, ...]) -> dict[str, object]:
    things = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return {key: [thing.get(key) for thing in things] for key in keys}
