"""Faults that take something away for good, in the middle of a run and before its next answer."""

from dataclasses import replace
from typing import TypeAlias

from reconciler.sandbox import access_tokens, clients
from reconciler.sandbox.auth import Caller
from reconciler.sandbox.bearer import ServiceCaller
from reconciler.sandbox.core import Core
from reconciler.sandbox.failures import Failure, no_token
from reconciler.sandbox.scopes import needed

_Anyone: TypeAlias = Caller | ServiceCaller | Failure


def suffered(core: Core, kind: str, caller: _Anyone, method: str, path: str) -> _Anyone:
    """The caller without their token, their roles, or the scope that this very call needs.

    An API token has no scopes to lose, and its owner keeps what a group gives them.
    """
    if isinstance(caller, Failure):
        return caller
    if isinstance(caller, Caller):
        return _owner_suffered(core, kind, caller)
    match kind:
        case "revoked-token":
            access_tokens.revoke(core.database, caller.client.client_id)
            return caller.is_gone()
        case "role-lost":
            client = replace(caller.client, roles=(), custom_roles=())
            clients.change(core.database, client)
            return replace(caller, client=client)
        case _:
            return _without_scope(core, caller, needed(method, path))


def _owner_suffered(core: Core, kind: str, caller: Caller) -> Caller | Failure:
    with core.database.write() as connection:
        if kind == "revoked-token":
            sql = "UPDATE tokens SET status = 'REVOKED' WHERE id = ?"
            connection.execute(sql, (caller.token_id,))
            return no_token()
        if kind == "role-lost":
            sql = "UPDATE users SET roles = ? WHERE id = ?"
            connection.execute(sql, (b"[]", caller.owner.id))
            connection.execute("DELETE FROM custom_roles WHERE principal = ?", (caller.owner.id,))
    return caller


def _without_scope(core: Core, caller: ServiceCaller, scope: str) -> ServiceCaller:
    """Managing implies reading, so both go where reading is lost."""
    lost = (scope, scope.removesuffix(".read") + ".manage")
    client = caller.client
    kept = tuple(each for each in client.scopes if each not in lost)
    clients.change(core.database, replace(client, scopes=kept))
    access_tokens.drop_scopes(core.database, client.client_id, lost)
    return replace(caller, scopes=caller.scopes - set(lost))
