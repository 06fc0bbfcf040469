"""Events of the System Log on the wire, only what is read of them (Okta: LogEvent).

An event has its id, type and instant. Everything else may be absent or null: who did it, to whom,
and through what is said differently by different parts of Okta.
"""

import msgspec

from reconciler.okta.wire import Instant

__all__ = ["LogActor", "LogEvent", "LogTarget"]


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

    What it calls itself is not read: anybody can send that.
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
