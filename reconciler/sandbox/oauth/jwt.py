"""What assertions and proofs share as signed JWTs."""

import math
import secrets
from collections.abc import Mapping
from typing import Any, Final

import jwt

from reconciler.sandbox.storage.clock import Clock
from reconciler.sandbox.storage.database import Database


def signature_holds(text: str, key: Mapping[str, object], algorithm: str) -> bool:
    """Whether the JWT was signed with the private half of this key, by this algorithm."""
    try:
        public = jwt.PyJWK.from_dict(dict(key), algorithm=algorithm)
        jwt.PyJWS().decode_complete(text, public, algorithms=[algorithm])
    except (jwt.PyJWTError, TypeError, ValueError, KeyError):
        return False
    return True


def read(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a JWT that nobody has checked yet; ValueError for what is none."""
    try:
        header = jwt.get_unverified_header(text)
        claims = jwt.decode(text, options={"verify_signature": False})
    except (jwt.PyJWTError, TypeError, RecursionError) as error:
        raise ValueError("no JWT") from error
    return header, claims


def text_of(value: object) -> str | None:
    """A claim that is a text with something in it; half a character is none."""
    if not isinstance(value, str) or not value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value


def integral(value: object) -> float | None:
    """A claim that is a number of seconds since the epoch; None when it is something else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


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


def use(clock: Clock, kind: str, name: str, *, for_s: float) -> bool:
    """Whether this is its first use; it is remembered for so many seconds."""
    now = clock.seconds()
    with clock.database.write() as connection:
        connection.execute("DELETE FROM used WHERE until < ?", (now,))
        changed = connection.execute(
            "INSERT OR IGNORE INTO used VALUES (?, ?)", (f"{kind} {name}", now + for_s)
        )
        return changed.rowcount == 1
