"""Moving a user from one status to another, at once or after a while, with the event of each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from reconciler.sandbox.changes import users
from reconciler.sandbox.changes.log_events import Author, EventKind, Outcome, user_target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.resources.user_lifecycle import DELETED, Operation, Transition
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.storage.rows import Resource
from reconciler.sandbox.world.options import Options

_EXPIRED: Final = EventKind("user.account.expire_password", "Expire user's Okta password")
_DEACTIVATED: Final = EventKind("user.lifecycle.deactivate", "Deactivate Okta user")
_LOCKED: Final = EventKind(
    "user.account.lock",
    "Max sign in attempts exceeded",
    Outcome("FAILURE", "LOCKED_OUT", "DEBUG"),
)
"""A sign-in that failed, by the person who tried; so it was published from real orgs."""

_UNLOCKED_ITSELF: Final = EventKind("user.account.unlock", "Auto-unlock user account for Okta")
EVENTS: Final[Mapping[Operation, EventKind]] = {
    Operation.LOCK: _LOCKED,
    Operation.ACTIVATE: EventKind("user.lifecycle.activate", "Activate Okta user"),
    Operation.REACTIVATE: EventKind("user.lifecycle.reactivate", "Reactivate Okta user"),
    Operation.DEACTIVATE: _DEACTIVATED,
    Operation.SUSPEND: EventKind("user.lifecycle.suspend", "Suspend Okta user"),
    Operation.UNSUSPEND: EventKind("user.lifecycle.unsuspend", "Unsuspend Okta user"),
    Operation.UNLOCK: EventKind("user.account.unlock_by_admin", "User account unlock by admin"),
    Operation.RESET_PASSWORD: EventKind(
        "user.account.reset_password", "Fired when the user's Okta password is reset"
    ),
    Operation.EXPIRE_PASSWORD: _EXPIRED,
    Operation.EXPIRE_WITH_TEMPORARY: _EXPIRED,
    Operation.RESET_FACTORS: EventKind("user.mfa.factor.reset_all", "Reset all factors for user"),
    Operation.DELETE: _DEACTIVATED,
}
"""The event that each operation leaves, in the words of Okta's catalog of events."""

_SLOW: Final = frozenset({Operation.ACTIVATE, Operation.DEACTIVATE, Operation.DELETE})
"""What goes on after it was answered (Okta: OpenAPI)."""


def carry_out(
    transaction: Transaction,
    user: Resource,
    operation: Operation,
    verdict: Transition,
    options: Options,
) -> Resource:
    """The user after the operation, or as they are while it goes on."""
    event = EVENTS[operation]
    if verdict.to == DELETED:
        initiated = "user.lifecycle.delete.initiated"
        record(transaction, initiated, "Delete Okta user initiated", user_target(user))
        users.delete_user(transaction, user)
        return user
    if operation is Operation.RESET_FACTORS:
        record(transaction, event.name, event.text, user_target(user))
        return user
    if operation in _SLOW and options.transition_lag:
        moving = users.start_moving(transaction, user, verdict.to)
        _postpone(transaction, moving, verdict.to, event, options.transition_lag)
        return moving
    is_named = names_target(operation, options)
    changed = users.set_status(
        transaction, user, verdict.to, event, verdict.provider, has_target=is_named
    )
    if operation is Operation.LOCK and options.unlock_after:
        system = replace(transaction, author=transaction.author.as_system())
        _postpone(system, changed, "ACTIVE", _UNLOCKED_ITSELF, options.unlock_after)
    return changed


def names_target(operation: Operation, options: Options) -> bool:
    """Whether the event says to whom it happened: a failed sign-in only says who tried."""
    return operation is not Operation.LOCK or options.choices.lock_target == "user"


def clear_sessions(
    transaction: Transaction, user: Resource, flags: Mapping[str, str] | None = None
) -> None:
    """The user has no session; the org keeps none anyway, only the event and what was asked."""
    name, text = "user.session.clear", "Clear user session"
    record(transaction, name, text, user_target(user), debug=flags)


def finish_postponed(database: Database, now: float) -> None:
    """What was to happen by now has happened, each at its own instant and by its own author."""
    if database.first("SELECT 1 FROM later WHERE due <= ?", (now,)) is None:
        return
    with database.write() as connection:
        rows = connection.execute(
            "SELECT l.due, l.status, l.event, l.author, u.no, u.id, u.body FROM later l"
            " JOIN users u ON u.no = l.user_no WHERE l.due <= ? ORDER BY l.due",
            (now,),
        ).fetchall()
        for due, status, event, author, *user in rows:
            transaction = Transaction(
                connection=connection,
                author=msgspec.json.decode(author, type=Author),
                now=datetime.fromtimestamp(due, UTC),
            )
            kind = msgspec.json.decode(event, type=EventKind)
            users.set_status(transaction, Resource(*user), status, kind)


def _postpone(
    transaction: Transaction, user: Resource, status: str, event: EventKind, seconds: float
) -> None:
    due = (transaction.now + timedelta(seconds=seconds)).timestamp()
    transaction.run(
        "INSERT OR REPLACE INTO later VALUES (?, ?, ?, ?, ?)",
        due,
        user.no,
        status,
        msgspec.json.encode(event),
        msgspec.json.encode(transaction.author),
    )
