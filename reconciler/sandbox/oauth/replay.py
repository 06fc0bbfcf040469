"""What keeps an assertion or a proof from being sent twice: nonces, and the ids already used."""

import secrets
from typing import Final

from reconciler.sandbox.storage.clock import Clock
from reconciler.sandbox.storage.database import Database

_FRESH_S: Final = 24 * 3600


_KNOWN_S: Final = _FRESH_S + 3 * 24 * 3600


def current_nonce(database: Database, now: float) -> str:
    """The nonce that answers carry now."""
    with database.write() as connection:
        connection.execute("DELETE FROM nonces WHERE at < ?", (now - _KNOWN_S,))
        row = connection.execute(
            "SELECT value FROM nonces WHERE at > ? ORDER BY at DESC", (now - _FRESH_S,)
        ).fetchone()
        if row is not None:
            return str(row[0])
        value = secrets.token_urlsafe(24)
        connection.execute("INSERT INTO nonces VALUES (?, ?)", (value, now))
        return value


def is_known_nonce(database: Database, value: str | None, now: float) -> bool:
    """Whether a proof may still carry it."""
    sql = "SELECT 1 FROM nonces WHERE value = ? AND at >= ?"
    return value is not None and database.first(sql, (value, now - _KNOWN_S)) is not None


def use_once(clock: Clock, kind: str, name: str, *, for_s: float) -> bool:
    """Whether this is its first use; it is remembered for so many seconds."""
    now = clock.seconds()
    with clock.database.write() as connection:
        connection.execute("DELETE FROM used WHERE until < ?", (now,))
        changed = connection.execute(
            "INSERT OR IGNORE INTO used VALUES (?, ?)", (f"{kind} {name}", now + for_s)
        )
        return changed.rowcount == 1
