"""The endpoints of API tokens, which show everything of a token but its value."""

from datetime import timedelta
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import method_not_allowed, not_found
from reconciler.sandbox.changes.log_events import target
from reconciler.sandbox.changes.transaction import record
from reconciler.sandbox.request import NO_CONTENT, Answer, Call
from reconciler.sandbox.storage.clock import parse_instant, stamp
from reconciler.sandbox.storage.database import SqlRow

_LIFETIME: Final = timedelta(days=30)
_COLUMNS: Final = "SELECT id, name, owner, created, zones FROM tokens WHERE status = 'ACTIVE'"


def list_tokens(call: Call) -> Answer:
    """All active tokens, without pages (Okta: recorded)."""
    rows = call.core.database.rows(f"{_COLUMNS} ORDER BY rowid")
    return Answer(body=msgspec.json.encode([_token_body(call, row) for row in rows]))


def one_token(call: Call) -> Answer:
    """The token; the caller's own has no such address to be read at (Okta: OpenAPI)."""
    if call.parameters["token"] == "current":  # noqa: S105 -- a word of the path
        raise method_not_allowed()
    return Answer(body=msgspec.json.encode(_token_body(call, _token_of_path(call))))


def revoke_token(call: Call) -> Answer:
    """The token is good for nothing any more."""
    _revoke(call, _token_of_path(call))
    return NO_CONTENT


def revoke_current(call: Call) -> Answer:
    """The caller's own token is good for nothing any more."""
    row = call.core.database.first(f"{_COLUMNS} AND id = ?", (call.caller.token_id,))
    if row is not None:
        _revoke(call, row)
    return NO_CONTENT


def _token_of_path(call: Call) -> SqlRow:
    row = call.core.database.first(f"{_COLUMNS} AND id = ?", (call.parameters["token"],))
    if row is None:
        raise not_found(call.parameters["token"], "Token")
    return row


def _revoke(call: Call, row: SqlRow) -> None:
    token_id, name, *_ = row
    with call.write() as transaction:
        transaction.run("UPDATE tokens SET status = 'REVOKED' WHERE id = ?", token_id)
        event, text = "system.api_token.revoke", "Revoke API token"
        record(transaction, event, text, target(token_id, "Token", "unknown", name))


def _token_body(call: Call, row: SqlRow) -> dict[str, object]:
    """The token as Okta shows one (Okta: recorded).

    Every use moves the end of its life to thirty days ahead (Okta: documented). The org notes no
    uses: the caller's own token is in use now, and every other one was when it was made.
    """
    token_id, name, owner, created, zones = row
    is_own = token_id == call.caller.token_id
    used = call.core.clock.now() if is_own else parse_instant(created)
    home = f"{call.base}/api/v1"
    allowed = {"hints": {"allow": ["GET", "DELETE"]}}
    return {
        "id": token_id,
        "name": name,
        "userId": owner,
        "clientName": "Okta API",
        "tokenWindow": "P30D",
        "network": _network(msgspec.json.decode(zones, type=list[str])),
        "expiresAt": stamp(used + _LIFETIME),
        "created": created,
        "lastUpdated": stamp(used),
        "_links": {
            "self": {"href": f"{home}/api-tokens/{token_id}", **allowed},
            "user": {"href": f"{home}/users/{owner}", "hints": {"allow": ["GET"]}},
        },
    }


def _network(zones: list[str]) -> dict[str, object]:
    """Where the token may be used; Okta names zones by ids, here they are the addresses."""
    return {"connection": "ZONE", "include": zones} if zones else {"connection": "ANYWHERE"}
