"""Which endpoint answers which method and path."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reconciler.sandbox import groups, members, orgs, users
from reconciler.sandbox.call import Answer, Call, Visit
from reconciler.sandbox.core import Core
from reconciler.sandbox.failures import Failure

VISIT: Final = "reconciler.sandbox.visit"
"""Where a request's scope carries what is known of it."""

_Handler = Callable[[Call], Answer]
_GROUPS: Final = "/api/v1/groups"
_USERS: Final = "/api/v1/users"
_ENDPOINTS: Final[Mapping[str, Mapping[str, _Handler]]] = {
    "/api/v1/org": {"GET": orgs.settings},
    _USERS: {"GET": users.list_users},
    _USERS + "/{user}": {"GET": users.one_user},
    _USERS + "/{user}/groups": {"GET": users.groups_of_user},
    _GROUPS: {"GET": groups.list_groups, "POST": groups.create_group},
    _GROUPS + "/{group}": {
        "GET": groups.one_group,
        "PUT": groups.change_group,
        "DELETE": groups.delete_group,
    },
    _GROUPS + "/{group}/users": {"GET": members.list_members},
    _GROUPS + "/{group}/users/{user}": {
        "PUT": members.add_member,
        "DELETE": members.remove_member,
    },
}


def routes(core: Core) -> list[Route]:
    """All paths of the org."""

    async def discovery(request: Request) -> Response:
        return _json(orgs.discovery(core, _base(request)))

    api = [
        Route(path, _endpoint(core, handlers), methods=list(handlers))
        for path, handlers in _ENDPOINTS.items()
    ]
    return [Route("/.well-known/okta-organization", discovery), *api]


async def failed(_request: Request, failure: Exception) -> Response:
    """An error object as an answer."""
    known = failure if isinstance(failure, Failure) else Failure(500, "E0000009", "")
    answer = _json(known.body(), known.status)
    for name, value in known.headers:
        answer.headers[name] = value
    return answer


def _endpoint(
    core: Core, handlers: Mapping[str, _Handler]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        # Starlette adds HEAD to GET.
        handler = handlers["GET" if request.method == "HEAD" else request.method]
        answer = handler(await _call(core, request))
        if answer.status == 204:  # noqa: PLR2004 -- No Content, which has no type either
            return Response(status_code=204)
        response = _json(answer.body, answer.status)
        for line in answer.links:
            response.headers.append("link", line)
        if answer.etag is not None:
            response.headers["etag"] = answer.etag
        return response

    return endpoint


async def _call(core: Core, request: Request) -> Call:
    visit: Visit = request.scope[VISIT]
    if isinstance(visit.caller, Failure):
        raise visit.caller
    return Call(
        core=core,
        visit=visit,
        caller=visit.caller,
        base=_base(request),
        path=request.scope["path"],
        parameters={name: unquote(text) for name, text in request.path_params.items()},
        query=dict(request.query_params),
        body=await request.body(),
    )


def _base(request: Request) -> str:
    """The address that the client used, so that links lead back to it."""
    host = request.headers.get("host", "127.0.0.1")
    return f"{request.scope['scheme']}://{host}"


def _json(body: bytes, status: int = 200) -> Response:
    # A media type would get a charset, which Okta no longer sends (Okta: recorded).
    return Response(body, status, headers={"content-type": "application/json"})
