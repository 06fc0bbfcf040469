"""What each fault does to an answer, and to the credentials of the request."""

from dataclasses import replace
from typing import Final, TypeAlias

from reconciler.sandbox.api_errors import Failure, error_of_status, invalid_token, rate_limited
from reconciler.sandbox.callers.access_token import ServiceCaller
from reconciler.sandbox.callers.api_token import Caller
from reconciler.sandbox.endpoints import token
from reconciler.sandbox.faults import CREDENTIAL_FAULTS, LIST_FAULTS, Fault
from reconciler.sandbox.oauth import access_tokens, errors, service_apps
from reconciler.sandbox.oauth_scopes import scope_for
from reconciler.sandbox.request import RequestInfo
from reconciler.sandbox.server.response import Headers, Reply
from reconciler.sandbox.state import Core

_JSON: Headers = (("content-type", "application/json"),)
_TYPE_HTML: Final = (("content-type", "text/html"),)
_HTML: Final = (
    b"<html><head><title>502 Bad Gateway</title></head>"
    b"<body><center><h1>502 Bad Gateway</h1></center></body></html>"
)
_FOREIGN: Final = "https://evil.example.net/api/v1/groups?after=1&limit=200"
_OK: Final = 200
_UNAUTHORIZED: Final = 401

PERFORMED_FAULTS: Final = frozenset(
    {"short", "empty", "repeat", "foreign-next", "wrong-shape", "after-write", "delay", "lag"}
    | {"index-lag", "missing-role", "clock-skew", "outside-zone"}
    | CREDENTIAL_FAULTS
)
"""The faults whose request is performed; the others answer in its place."""


_Anyone: TypeAlias = Caller | ServiceCaller | Failure


def replacement_reply(fault: Fault, request_info: RequestInfo) -> Reply:
    """What comes instead of an answer."""
    match fault.kind:
        case "html":
            return Reply(status=fault.status or 502, headers=_TYPE_HTML, body=_HTML)
        case "concurrency":
            return Reply(status=429, headers=_JSON, body=rate_limited().body())
        case "expired-token":
            return _error_reply(_expired_token(request_info))
        case "malformed":
            return Reply(status=200, headers=_JSON, body=b'[{"id":"00u')
        case _:
            return _error_reply(_scripted_error(fault.status or 500, request_info))


def apply_to_reply(fault: Fault, reply: Reply, url: str) -> Reply:
    """The answer with what the fault does to it; an error is answered as it is."""
    if fault.kind == "short":
        return replace(reply, is_short=bool(reply.body))
    if reply.status != _OK or fault.kind not in LIST_FAULTS:
        return reply
    following = {"repeat": url, "foreign-next": _FOREIGN}.get(fault.kind)
    body = {"empty": b"[]", "wrong-shape": b'{"result":[]}'}.get(fault.kind, reply.body)
    return replace(reply, headers=_with_next(reply, following), body=body)


def apply_credential_faults(
    core: Core, kind: str, caller: _Anyone, method: str, path: str
) -> _Anyone:
    """The caller without their token, their roles, or the scope that this very call needs.

    An API token has no scopes to lose, and its owner keeps what a group gives them.
    """
    if isinstance(caller, Failure):
        return caller
    if isinstance(caller, Caller):
        return _apply_to_owner(core, kind, caller)
    match kind:
        case "revoked-token":
            access_tokens.revoke_tokens(core.database, caller.client.client_id)
            return caller.revocation_refusal()
        case "role-lost":
            client = replace(caller.client, roles=(), custom_roles=())
            service_apps.change_client(core.database, client)
            return replace(caller, client=client)
        case _:
            return _drop_scope(core, caller, scope_for(method, path))


def _error_reply(failure: Failure) -> Reply:
    body = failure.body()
    kind = _JSON if body else ()
    return Reply(status=failure.status, headers=(*kind, *failure.headers), body=body)


def _expired_token(request_info: RequestInfo) -> Failure:
    """The refusal of an expired token, for its kind of caller."""
    if isinstance(request_info.caller, ServiceCaller):
        text = errors.ACCESS_EXPIRED
        return request_info.caller.presented.refusal(_UNAUTHORIZED, "invalid_token", text)
    return invalid_token()


def _scripted_error(status: int, request_info: RequestInfo) -> Failure:
    refusal = errors.refusal_of_status(status) if request_info.path == token.PATH else None
    if refusal is not None:
        return refusal
    if status == _UNAUTHORIZED and isinstance(request_info.caller, ServiceCaller):
        return request_info.caller.revocation_refusal()
    return error_of_status(status, request_info.path.rpartition("/")[2])


def _with_next(reply: Reply, url: str | None) -> tuple[tuple[str, str], ...]:
    own = [line for line in reply.header("link") if line.endswith('rel="self"')]
    lines = own if url is None else [*own, f'<{url}>; rel="next"']
    return (*reply.without("link"), *(("link", line) for line in lines))


def _apply_to_owner(core: Core, kind: str, caller: Caller) -> Caller | Failure:
    with core.database.write() as connection:
        if kind == "revoked-token":
            sql = "UPDATE tokens SET status = 'REVOKED' WHERE id = ?"
            connection.execute(sql, (caller.token_id,))
            return invalid_token()
        if kind == "role-lost":
            sql = "UPDATE users SET roles = ? WHERE id = ?"
            connection.execute(sql, (b"[]", caller.owner.id))
            connection.execute("DELETE FROM custom_roles WHERE principal = ?", (caller.owner.id,))
    return caller


def _drop_scope(core: Core, caller: ServiceCaller, scope: str) -> ServiceCaller:
    """Managing implies reading, so both go where reading is lost."""
    lost = (scope, scope.removesuffix(".read") + ".manage")
    client = caller.client
    kept = tuple(each for each in client.scopes if each not in lost)
    service_apps.change_client(core.database, replace(client, scopes=kept))
    access_tokens.drop_scopes(core.database, client.client_id, lost)
    return replace(caller, scopes=caller.scopes - set(lost))
