"""The nonces of the token endpoint.

There is a new one each day, and an old one is good for three days more (Okta: documented).
"""

import secrets
from typing import Final

from reconciler.sandbox.database import Database

_FRESH_S: Final = 24 * 3600
_KNOWN_S: Final = _FRESH_S + 3 * 24 * 3600


def current(database: Database, now: float) -> str:
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


def is_known(database: Database, value: str | None, now: float) -> bool:
    """Whether a proof may still carry it."""
    sql = "SELECT 1 FROM nonces WHERE value = ? AND at >= ?"
    return value is not None and database.first(sql, (value, now - _KNOWN_S)) is not None
