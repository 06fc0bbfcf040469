"""Changes of memberships, from the System Log, in one bounded question (Okta: System Log query).

The newest come first, so that a question with too many answers still shows the newest events: it is
read up to a few pages, and the result says how far back they went.
"""

from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from reconciler.model.directory import Actor, MembershipEvent, MembershipLog, ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.okta.api.pagination import fetch_pages
from reconciler.okta.api.read_failures import to_read_failure
from reconciler.okta.api.search import any_of, equals
from reconciler.okta.requests.sender import Sender
from reconciler.okta.responses.body import decode_body
from reconciler.okta.responses.response import Answer
from reconciler.okta.wire import Instant, is_id

__all__ = ["MOST_PAGES", "RETENTION", "fetch_membership_log"]

RETENTION = timedelta(days=90)
"""How long Okta keeps events."""
MOST_PAGES = 5
"""Requests at most: the log has the smallest budget of all that is read (Okta: rate limits)."""
MOST_TARGETS = 20
"""Ids in one question. Okta documents no limit on clauses; a URL of this length is safe."""
_PATH = "/api/v1/logs"
_LIMIT = "1000"
_ADDED = "group.user_membership.add"
_REMOVED = "group.user_membership.remove"
_SECOND = timedelta(seconds=1)


class LogActor(msgspec.Struct, gc=False, rename="camel"):
    """Who did it."""

    id: str | None = None
    type: str | None = None
    alternate_id: str | None = None
    display_name: str | None = None


class LogTarget(msgspec.Struct, gc=False):
    """One of those to whom it was done; the order of an event's targets means nothing."""

    id: str | None = None
    type: str | None = None


class LogClient(msgspec.Struct, gc=False):
    """Where it came from; the id is that of an OAuth app.

    What it calls itself is not read: any client can send that.
    """

    id: str | None = None


class LogOutcome(msgspec.Struct, gc=False):
    """How it ended."""

    result: str | None = None


class TransactionDetail(msgspec.Struct, gc=False, rename="camel"):
    """More about the request behind it."""

    request_api_token_id: str | None = None


class LogTransaction(msgspec.Struct, gc=False):
    """The request behind it."""

    detail: TransactionDetail | None = None


class LogEvent(msgspec.Struct, gc=False, rename="camel"):
    """One event."""

    uuid: str
    published: Instant
    event_type: str
    actor: LogActor | None = None
    client: LogClient | None = None
    outcome: LogOutcome | None = None
    target: list[LogTarget] | None = None
    transaction: LogTransaction | None = None


_EVENTS = msgspec.json.Decoder(list[LogEvent])


@dataclass(frozen=True, slots=True)
class _Entry:
    """One event as it was listed, and the changes of memberships in it."""

    id: str
    at: datetime
    changes: tuple[MembershipEvent, ...]


async def fetch_membership_log(
    sender: Sender, since: datetime, groups: Sequence[OktaGroupId], users: Sequence[OktaUserId]
) -> MembershipLog | ReadFailure:
    """What the log has of these memberships, from `since` until now, or as far back as it goes."""
    now = sender.now.astimezone(UTC)
    # Okta refuses an end before the start, which an approval dated ahead would ask for.
    start = max(min(since, now - timedelta(days=1)), now - RETENTION)
    params = {
        "since": _stamp(start),
        "until": _stamp(now + _SECOND),
        "filter": _filter(groups, users),
        "sortOrder": "DESCENDING",
        "limit": _LIMIT,
    }
    try:
        entries, is_whole = await _read(sender, params)
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)
    return MembershipLog(
        since=start if is_whole else min(entry.at for entry in entries),
        events=tuple(change for entry in entries for change in entry.changes),
    )


async def _read(sender: Sender, params: dict[str, str]) -> tuple[list[_Entry], bool]:
    """The newest entries, and whether they are all."""
    found: dict[str, _Entry] = {}
    number = 0
    async with aclosing(fetch_pages(sender, _PATH, params, _entries)) as each:
        async for page in each:
            found.update((entry.id, entry) for entry in page)
            number += 1
            if number == MOST_PAGES and page:
                return list(found.values()), False
    return list(found.values()), True


def _filter(groups: Sequence[OktaGroupId], users: Sequence[OktaUserId]) -> str:
    """The two kinds of event, of the people where they are few, else of the groups.

    Where both are many, of all groups: a few pages of that are fewer requests than a question each.
    """
    kinds = any_of(equals("eventType", kind) for kind in (_ADDED, _REMOVED))
    for ids in (users, groups):
        if 0 < len(ids) <= MOST_TARGETS and all(map(is_id, ids)):
            return f"({kinds}) and ({any_of(equals('target.id', each) for each in ids)})"
    return kinds


def _entries(answer: Answer) -> tuple[_Entry, ...]:
    return tuple(
        _Entry(event.uuid, event.published.astimezone(UTC), tuple(_changes(event)))
        for event in decode_body(_EVENTS, answer)
    )


def _changes(event: LogEvent) -> Iterator[MembershipEvent]:
    """What the event changed: nothing where it failed, or names no user or no group.

    Targets are distinguished by type: their order is not documented.
    """
    result = event.outcome.result if event.outcome else None
    if event.event_type not in {_ADDED, _REMOVED} or result not in {None, "SUCCESS"}:
        return
    targets = event.target or []
    actor = _actor(event)
    for group in [t.id for t in targets if t.type == "UserGroup" and t.id]:
        for user in [t.id for t in targets if t.type == "User" and t.id]:
            yield MembershipEvent(
                group=OktaGroupId(group),
                user=OktaUserId(user),
                at=event.published.astimezone(UTC),
                is_removal=event.event_type == _REMOVED,
                actor=actor,
            )


def _actor(event: LogEvent) -> Actor:
    source, detail = event.actor, event.transaction.detail if event.transaction else None
    return Actor(
        id=(source.id if source else None) or "",
        kind=(source.type if source else None) or "",
        login=(source.alternate_id if source else None) or "",
        name=(source.display_name if source else None) or "",
        client_id=(event.client.id if event.client else None) or "",
        has_token=bool(detail and detail.request_api_token_id),
    )


def _stamp(at: datetime) -> str:
    """An instant as Okta writes one, to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
