"""Who is asking: the owner of an SSWS token."""

import re
from dataclasses import dataclass

import msgspec

from reconciler.sandbox.api_errors import invalid_session, invalid_token
from reconciler.sandbox.changes.log_events import Author
from reconciler.sandbox.search.queries import user_by_id
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.storage.rows import Resource, profile_of

# The space is optional: Okta's own Python client 3.4.6 sends none.
_SSWS = re.compile(r"SSWS\s*(?P<value>\S*)\s*", re.IGNORECASE)
_LOCKED_OUT = frozenset({"SUSPENDED", "DEPROVISIONED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The token of a request, and its owner."""

    token_id: str
    owner: Resource
    share: int = 50
    zones: tuple[str, ...] = ()
    """The addresses that the token may be used from."""

    @property
    def principal(self) -> str:
        """Who holds roles: the owner."""
        return self.owner.id

    @property
    def meter(self) -> str:
        """Whose requests are counted together: those of a token."""
        return self.token_id

    def author(self, request_id: str, uri: str) -> Author:
        """The caller as the System Log names one."""
        names = profile_of(self.owner)
        return Author(
            id=self.owner.id,
            login=str(names["login"]),
            name=f"{names['firstName']} {names['lastName']}",
            token_id=self.token_id,
            request_id=request_id,
            uri=uri,
        )


def authenticate(database: Database, header: str | None) -> Caller:
    """The caller whom the Authorization header names.

    Another scheme is no session; a wrong token, and one whose owner is suspended or
    deprovisioned, is no token (Okta: documented).
    """
    given = _SSWS.fullmatch(header or "")
    if given is None:
        raise invalid_session()
    sql = "SELECT id, owner, status, share, zones FROM tokens WHERE value = ?"
    row = database.first(sql, (given["value"],))
    if row is None or row[2] != "ACTIVE":
        raise invalid_token()
    status = database.first("SELECT status FROM users WHERE id = ?", (row[1],))
    owner = user_by_id(database, row[1])
    if owner is None or status is None or status[0] in _LOCKED_OUT:
        raise invalid_token()
    zones = msgspec.json.decode(row[4], type=tuple[str, ...])
    return Caller(token_id=row[0], owner=owner, share=row[3], zones=zones)
