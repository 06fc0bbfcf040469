"""Access tokens: issued for an hour, stored as hashes, opaque to their holders.

A token has the shape of Okta's (Okta: recorded), but its signature is random: no
client can verify Okta's either, and the org finds a token again by its hash.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from reconciler.sandbox.keys import base64url
from reconciler.sandbox.oauth.jwt import read_unverified
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.world.model import OAuthClient

LIFETIME_S: Final = 3600
_SIGNATURE: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What the org knows of a token; `thumbprint` is of the key that it is bound to."""

    id: str
    client_id: str
    scopes: tuple[str, ...]
    expires: float
    thumbprint: str | None
    is_revoked: bool


def issue_token(
    database: Database,
    client: OAuthClient,
    scopes: tuple[str, ...],
    *,
    base: str,
    now: float,
    thumbprint: str | None,
) -> tuple[str, str]:
    """The text of a new token, and its id."""
    each = "AT." + secrets.token_urlsafe(32)
    payload: dict[str, object] = {
        "ver": 1,
        "jti": each,
        "iss": base,
        "aud": base,
        "sub": client.client_id,
        "iat": int(now),
        "exp": int(now) + LIFETIME_S,
        "cid": client.client_id,
        "scp": list(scopes),
    }
    if thumbprint is not None:
        payload["cnf"] = {"jkt": thumbprint}
    header = {"kid": "sandbox", "typ": "application/okta-internal-at+jwt", "alg": "RS256"}
    parts = (_part(header), _part(payload), base64url(secrets.token_bytes(_SIGNATURE)))
    text = ".".join(parts)
    row = (_hash(text), each, client.client_id, msgspec.json.encode(scopes))
    with database.write() as connection:
        connection.execute("DELETE FROM access_tokens WHERE expires < ?", (now - LIFETIME_S,))
        connection.execute(
            "INSERT INTO access_tokens VALUES (?, ?, ?, ?, ?, ?, 0)",
            (*row, now + LIFETIME_S, thumbprint),
        )
    return text, each


def find_token(database: Database, text: str) -> AccessToken | None:
    """The token with this text, expired and revoked ones too."""
    sql = (
        "SELECT id, client_id, scopes, expires, thumbprint, is_revoked FROM access_tokens"
        " WHERE hash = ?"
    )
    row = database.first(sql, (_hash(text),))
    if row is None:
        return None
    scopes = msgspec.json.decode(row[2], type=tuple[str, ...])
    return AccessToken(
        id=row[0],
        client_id=row[1],
        scopes=scopes,
        expires=row[3],
        thumbprint=row[4],
        is_revoked=bool(row[5]),
    )


def is_foreign(text: str, base: str) -> bool:
    """Whether a token names another audience."""
    try:
        _, claims = read_unverified(text)
    except ValueError:
        return False
    return claims.get("aud") not in (None, base)


def revoke_tokens(database: Database, client_id: str) -> None:
    """No token that the client holds by now is good any more."""
    with database.write() as connection:
        connection.execute(
            "UPDATE access_tokens SET is_revoked = 1 WHERE client_id = ?", (client_id,)
        )


def drop_scopes(database: Database, client_id: str, scopes: tuple[str, ...]) -> None:
    """The client's tokens have lost these scopes (assumed: Okta may wait for their end)."""
    sql = "SELECT hash, scopes FROM access_tokens WHERE client_id = ?"
    with database.write() as connection:
        for each, text in connection.execute(sql, (client_id,)).fetchall():
            kept = [
                name for name in msgspec.json.decode(text, type=list[str]) if name not in scopes
            ]
            connection.execute(
                "UPDATE access_tokens SET scopes = ? WHERE hash = ?",
                (msgspec.json.encode(kept), each),
            )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _part(content: Mapping[str, object]) -> str:
    return base64url(json.dumps(content, separators=(",", ":")).encode())
