"""Which endpoint answers which method and path."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.sandbox.api_errors import Failure, invalid_session
from reconciler.sandbox.callers.access_token import ServiceCaller
from reconciler.sandbox.changes import lifecycle, memberships
from reconciler.sandbox.endpoints import (
    api_tokens,
    apps,
    group_rules,
    groups,
    members,
    org,
    roles,
    system_log,
    user_lifecycle,
    users,
)
from reconciler.sandbox.endpoints import token as token_endpoint
from reconciler.sandbox.endpoints.token import TokenRequest
from reconciler.sandbox.oauth.dpop import DpopRequest
from reconciler.sandbox.oauth_scopes import covers, scope_for
from reconciler.sandbox.permissions import authorize
from reconciler.sandbox.request import Answer, Call, RequestInfo
from reconciler.sandbox.resources.user_lifecycle import CALLED
from reconciler.sandbox.state import Core

REQUEST_INFO: Final = "reconciler.sandbox.request_info"
"""Where a request's scope carries what is known of it."""

_Handler = Callable[[Call], Answer]
_GROUPS: Final = "/api/v1/groups"
_USERS: Final = "/api/v1/users"
_TOKENS: Final = "/api/v1/api-tokens"
_ENDPOINTS: Final[Mapping[str, Mapping[str, _Handler]]] = {
    "/api/v1/org": {"GET": org.settings},
    _USERS: {"GET": users.list_users, "POST": users.create_user},
    _USERS + "/{user}": {
        "GET": users.one_user,
        "POST": users.update_user,
        "PUT": users.replace_user,
        "DELETE": user_lifecycle.delete_user,
    },
    _USERS + "/{user}/sessions": {"DELETE": user_lifecycle.clear_sessions},
    **{
        f"{_USERS}/{{user}}/lifecycle/{operation.value}": {
            "POST": user_lifecycle.lifecycle_endpoint(operation)
        }
        for operation in sorted(CALLED, key=lambda each: each.value)
    },
    _USERS + "/{user}/groups": {"GET": users.groups_of_user},
    _USERS + "/{user}/roles": {"GET": roles.roles_of_user},
    _USERS + "/{user}/appLinks": {"GET": apps.list_links},
    "/oauth2/v1/clients/{client}/roles": {"GET": roles.roles_of_client},
    "/api/v1/iam/roles/{role}/permissions": {"GET": roles.permissions_of_role},
    _TOKENS: {"GET": api_tokens.list_tokens},
    _TOKENS + "/current": {"DELETE": api_tokens.revoke_current},
    _TOKENS + "/{token}": {"GET": api_tokens.one_token, "DELETE": api_tokens.revoke_token},
    _GROUPS: {"GET": groups.list_groups, "POST": groups.create_group},
    _GROUPS + "/rules": {"GET": group_rules.list_rules},
    _GROUPS + "/rules/{rule}": {"GET": group_rules.one_rule},
    _GROUPS + "/{group}": {
        "GET": groups.one_group,
        "PUT": groups.change_group,
        "DELETE": groups.delete_group,
    },
    "/api/v1/apps": {"GET": apps.list_apps},
    "/api/v1/apps/{app}": {"GET": apps.one_app},
    "/api/v1/apps/{app}/groups": {"GET": apps.list_groups},
    "/api/v1/apps/{app}/users": {"GET": apps.list_users},
    "/api/v1/logs": {"GET": system_log.list_events},
    _GROUPS + "/{group}/apps": {"GET": apps.list_apps_of_group},
    _GROUPS + "/{group}/roles": {"GET": roles.roles_of_group},
    _GROUPS + "/{group}/users": {"GET": members.list_members},
    _GROUPS + "/{group}/users/{user}": {
        "PUT": members.add_member,
        "DELETE": members.remove_member,
    },
    _GROUPS + "/{group}/users/{user}/group-rules": {"GET": group_rules.rules_of_member},
}


def routes(core: Core) -> list[Route]:
    """All paths of the org."""

    async def discovery(request: Request) -> Response:
        return _json(org.discovery_document(core, _base(request)))

    async def token(request: Request) -> Response:
        return _response(token_endpoint.grant_token(await _token_request(core, request)))

    api = [
        Route(path, _endpoint(core, path, handlers), methods=list(handlers))
        for path, handlers in _ENDPOINTS.items()
    ]
    return [
        Route("/.well-known/okta-organization", discovery),
        Route(token_endpoint.PATH, token, methods=["POST"]),
        *api,
    ]


async def error_response(_request: Request, failure: Exception) -> Response:
    """An error object as an answer."""
    known = failure if isinstance(failure, Failure) else Failure(500, "E0000009", "")
    body = known.body()
    answer = _json(body, known.status) if body else Response(status_code=known.status)
    for name, value in known.headers:
        answer.headers[name] = value
    return answer


def _endpoint(
    core: Core, path: str, handlers: Mapping[str, _Handler]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        # Starlette adds HEAD to GET.
        handler = handlers["GET" if request.method == "HEAD" else request.method]
        lifecycle.finish_postponed(core.database, core.clock.seconds())
        call = await _call(core, request)
        memberships.update_group_timestamps(core.database, core.clock.seconds())
        denied = authorize.decide(call, path)
        answer = authorize.hide_groups(call, path, handler(call)) if denied is None else denied
        if answer.status == 204:  # noqa: PLR2004 -- No Content, which has no type either
            return Response(status_code=204)
        return _response(answer)

    return endpoint


def _response(answer: Answer) -> Response:
    response = _json(answer.body, answer.status)
    for line in answer.links:
        response.headers.append("link", line)
    if answer.etag is not None:
        response.headers["etag"] = answer.etag
    for name, value in answer.headers:
        response.headers[name] = value
    return response


async def _call(core: Core, request: Request) -> Call:
    request_info: RequestInfo = request.scope[REQUEST_INFO]
    if isinstance(request_info.caller, Failure):
        raise request_info.caller
    if isinstance(request_info.caller, ServiceCaller):
        _check_scope(request_info.caller, request_info)
    return Call(
        core=core,
        request_info=request_info,
        caller=request_info.caller,
        base=_base(request),
        path=request.scope["path"],
        parameters={name: unquote(text) for name, text in request.path_params.items()},
        query=dict(request.query_params),
        headers=request.headers,
        body=await request.body(),
    )


def _check_scope(caller: ServiceCaller, request_info: RequestInfo) -> None:
    """A path that takes no access token has no session for one (Okta: issue)."""
    scope = scope_for(request_info.method, request_info.path)
    if not scope:
        raise invalid_session()
    if not covers(caller.scopes, scope):
        raise caller.scope_refusal()


async def _token_request(core: Core, request: Request) -> TokenRequest:
    request_info: RequestInfo = request.scope[REQUEST_INFO]
    base = _base(request)
    dpop_request = DpopRequest(
        proofs=tuple(request.headers.getlist("dpop")),
        method=request.method,
        url=base + token_endpoint.PATH,
        clock=core.clock,
        skew=request_info.skew,
    )
    given = request.headers.get("authorization", "")
    return TokenRequest(
        core=core,
        request_info=request_info,
        base=base,
        dpop_request=dpop_request,
        body=await request.body(),
        has_basic=given.lower().startswith("basic "),
    )


def _base(request: Request) -> str:
    """The address that the client used, so that links lead back to it."""
    host = request.headers.get("host", "127.0.0.1")
    return f"{request.scope['scheme']}://{host}"


def _json(body: bytes, status: int = 200) -> Response:
    # A media type would get a charset, which Okta no longer sends (Okta: recorded).
    return Response(body, status, headers={"content-type": "application/json"})
