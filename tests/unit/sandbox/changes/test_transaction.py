"""An open write transaction and what it leaves in the log."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import msgspec

from reconciler.sandbox.changes.log_events import Author
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.storage import database


def test_a_record_stands_behind_all_others():
    """With its instant in milliseconds, and what the caller adds for who looks closely."""
    now = datetime(2026, 9, 1, 9, 0, 0, 123_999, tzinfo=UTC)
    author = Author(id="00u1", login="a@x.example", name="A", uri="/here", query="a=1")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        database.create_tables(connection)
        transaction = Transaction(connection=connection, author=author, now=now)
        record(transaction, "one", "One")
        record(transaction, "two", "Two", debug={"triggeredByGroupRuleId": "0pr1"})
        rows = connection.execute("SELECT no, at, body FROM log ORDER BY no").fetchall()
    assert [(no, at) for no, at, _ in rows] == [(1, 1788253200123), (2, 1788253200123)]
    event = msgspec.json.decode(rows[1][2])
    assert event["published"] == "2026-09-01T09:00:00.123Z"
    assert event["debugContext"]["debugData"]["triggeredByGroupRuleId"] == "0pr1"
    assert event["debugContext"]["debugData"]["url"] == "/here?a=1"
