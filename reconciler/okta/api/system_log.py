"""What the System Log tells of memberships and of accounts, in one bounded question each.

The newest come first, so that a question with too many answers still shows the newest events: it is
read up to a few pages, and the result says how far back they went (Okta: System Log query).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from reconciler.model.directory import (
    AccountEvent,
    AccountEventKind,
    AccountLog,
    Actor,
    MembershipEvent,
    MembershipLog,
    ReadFailure,
)
from reconciler.model.errors import ConnectorError
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.okta.api.pagination import fetch_pages
from reconciler.okta.api.read_failures import to_read_failure
from reconciler.okta.api.search import any_of, equals
from reconciler.okta.requests.sender import Sender
from reconciler.okta.responses.body import decode_body
from reconciler.okta.responses.response import Answer
from reconciler.okta.wire import Instant, is_id

__all__ = ["MOST_PAGES", "RETENTION", "fetch_account_log", "fetch_membership_log"]

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
_KINDS = {kind.value: kind for kind in AccountEventKind}
_CLEARED = AccountEventKind.SESSIONS_CLEARED.value
_SUCCESS = "SUCCESS"
_USER = "User"
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

    published: Instant
    event_type: str
    id: str = msgspec.field(name="uuid")
    actor: LogActor | None = None
    client: LogClient | None = None
    outcome: LogOutcome | None = None
    target: list[LogTarget] | None = None
    transaction: LogTransaction | None = None

    @property
    def at(self) -> datetime:
        """When Okta published it, UTC."""
        return self.published.astimezone(UTC)

    @property
    def result(self) -> str | None:
        """How it ended, where Okta says."""
        return self.outcome.result if self.outcome else None

    def targets(self, kind: str) -> list[str]:
        """The ids of the targets of a type; their order is not documented."""
        return [each.id for each in self.target or () if each.type == kind and each.id]


_EVENTS = msgspec.json.Decoder(list[LogEvent])


@dataclass(frozen=True, slots=True)
class _Past:
    """The events from `since` until now."""

    since: datetime
    events: tuple[LogEvent, ...]
    is_whole: bool
    """Whether there are no others since the instant that was asked for."""


async def fetch_membership_log(
    sender: Sender,
    since: datetime,
    groups: Sequence[OktaGroupId],
    users: Sequence[OktaUserId],
    *,
    sessions: bool = False,
) -> MembershipLog | ReadFailure:
    """What the log has of these memberships, from `since` until now, or as far back as it goes.

    With `sessions`, ended ones come in the same question. Where there are too many of them,
    memberships are asked about alone: of those must be known as much as without them.
    """
    kinds = (_ADDED, _REMOVED, _CLEARED) if sessions else (_ADDED, _REMOVED)
    past = await _fetch(sender, since, _membership_filter(groups, users, kinds))
    if isinstance(past, ReadFailure):
        return past
    cleared = [event for event in past.events if event.event_type == _CLEARED]
    if cleared and not past.is_whole:
        past = await _fetch(sender, since, _membership_filter(groups, users, (_ADDED, _REMOVED)))
        if isinstance(past, ReadFailure):
            return past
    return MembershipLog(
        since=past.since,
        events=tuple(change for event in past.events for change in _changes(event)),
        cleared=tuple(_account_events(cleared)),
    )


async def fetch_account_log(
    sender: Sender, since: datetime, users: Sequence[OktaUserId]
) -> AccountLog | ReadFailure:
    """What happened to these people's accounts, from `since` until now, as far as the log goes."""
    past = await _fetch(sender, since, _account_filter(users))
    if isinstance(past, ReadFailure):
        return past
    return AccountLog(since=past.since, events=tuple(_account_events(past.events)))


async def _fetch(sender: Sender, since: datetime, wanted: str) -> _Past | ReadFailure:
    """The newest events that the filter lets through."""
    now = sender.now.astimezone(UTC)
    # Okta refuses an end before the start, which an approval dated ahead would ask for.
    start = max(min(since, now - timedelta(days=1)), now - RETENTION)
    params = {
        "since": _stamp(start),
        "until": _stamp(now + _SECOND),
        "filter": wanted,
        "sortOrder": "DESCENDING",
        "limit": _LIMIT,
    }
    try:
        events, is_whole = await _read(sender, params)
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)
    reached = start if is_whole else min(event.at for event in events)
    return _Past(since=reached, events=tuple(events), is_whole=is_whole)


async def _read(sender: Sender, params: dict[str, str]) -> tuple[list[LogEvent], bool]:
    """The newest events, and whether they are all."""
    found: dict[str, LogEvent] = {}
    number = 0
    async with aclosing(fetch_pages(sender, _PATH, params, _decode_events)) as each:
        async for page in each:
            found.update((event.id, event) for event in page)
            number += 1
            if number >= MOST_PAGES and page:
                return list(found.values()), False
    return list(found.values()), True


def _membership_filter(
    groups: Sequence[OktaGroupId],
    users: Sequence[OktaUserId],
    kinds: Sequence[str],
) -> str:
    """The kinds of event, of the people where they are few, else of the groups.

    Where both are many, of all groups: a few pages of that are fewer requests than a question each.
    That sessions were cleared is of a person and of no group.
    """
    asked = [equals("eventType", kind) for kind in kinds]
    if _are_few(users):
        return f"({any_of(asked)}) and ({any_of(_targets(users))})"
    if _are_few(groups):
        memberships, rest = any_of(asked[:2]), asked[2:]
        return any_of([f"(({memberships}) and ({any_of(_targets(groups))}))", *rest])
    return any_of(asked)


def _account_filter(users: Sequence[OktaUserId]) -> str:
    """Every kind, of the people where they are few; who locks themselves out is only the actor."""
    kinds = any_of(equals("eventType", kind.value) for kind in AccountEventKind)
    if not _are_few(users):
        return kinds
    people = [*_targets(users), *(equals("actor.id", each) for each in users)]
    return f"({kinds}) and ({any_of(people)})"


def _are_few(ids: Sequence[str]) -> bool:
    return 0 < len(ids) <= MOST_TARGETS and all(map(is_id, ids))


def _targets(ids: Sequence[str]) -> list[str]:
    return [equals("target.id", each) for each in ids]


def _decode_events(answer: Answer) -> list[LogEvent]:
    return decode_body(_EVENTS, answer)


def _changes(event: LogEvent) -> Iterator[MembershipEvent]:
    """What the event changed: nothing where it failed, or names no user or no group."""
    if event.event_type not in {_ADDED, _REMOVED} or event.result not in {None, _SUCCESS}:
        return
    actor = _actor(event)
    for group in event.targets("UserGroup"):
        for user in event.targets(_USER):
            yield MembershipEvent(
                group=OktaGroupId(group),
                user=OktaUserId(user),
                at=event.at,
                is_removal=event.event_type == _REMOVED,
                actor=actor,
            )


def _account_events(events: Iterable[LogEvent]) -> Iterator[AccountEvent]:
    """What happened to whose account; an attempt that failed happened to nobody's."""
    for event in events:
        kind = _KINDS.get(event.event_type)
        if kind is None:
            continue
        for user in _locked(event) if kind is AccountEventKind.LOCKED else _succeeded(event):
            yield AccountEvent(user=OktaUserId(user), kind=kind, at=event.at, actor=_actor(event))


def _succeeded(event: LogEvent) -> list[str]:
    return event.targets(_USER) if event.result in {None, _SUCCESS} else []


def _locked(event: LogEvent) -> list[str]:
    """Whom the event locked: Okta tells it as a failed sign-in of the actor, without a target."""
    if targets := event.targets(_USER):
        return targets
    actor = event.actor
    return [actor.id] if actor and actor.id and actor.type == _USER else []


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
