"""An open write transaction, with its author and its instant, and what it leaves in the log."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from reconciler.sandbox.changes import log_events
from reconciler.sandbox.changes.log_events import DONE, Author, EventKind, Outcome, Target
from reconciler.sandbox.storage.clock import millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """An open write transaction, with its author and its instant."""

    connection: sqlite3.Connection
    author: Author
    now: datetime

    def run(self, sql: str, *parameters: object) -> int:
        """How many rows a statement changed."""
        return self.connection.execute(sql, parameters).rowcount


def record(
    transaction: Transaction,
    event: str,
    text: str,
    *targets: Target,
    outcome: Outcome = DONE,
    debug: Mapping[str, str] | None = None,
) -> None:
    """The System Log has an event of this change, behind all that it had."""
    kind = EventKind(event, text, outcome)
    body = log_events.build_event(transaction.author, transaction.now, kind, targets, debug or {})
    transaction.run(
        "INSERT INTO log (at, body) VALUES (?, ?)",
        millis(transaction.now),
        msgspec.json.encode(body),
    )
