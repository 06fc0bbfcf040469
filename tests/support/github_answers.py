"""How GitHub words what it answers."""

from typing import Any

from starlette.responses import JSONResponse

__all__ = ["Json", "account", "listed", "problem"]

Json = dict[str, Any]


def account(login: str, kind: str = "User") -> Json:
    """Somebody at GitHub."""
    return {"login": login, "id": sum(login.encode()), "type": kind}


def problem(status: int, message: str, **headers: str) -> JSONResponse:
    """A refusal as GitHub words it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"message": message}, status, headers=named)


def listed(request, items, most):
    """One page, with a link to the next where there is one."""
    size = min(int(request.query_params.get("per_page", "30")), most)
    number = int(request.query_params.get("page", "1"))
    shown, rest = items[(number - 1) * size : number * size], items[number * size :]
    following = request.url.include_query_params(page=number + 1)
    headers = {"link": f'<{following}>; rel="next"'} if rest else {}
    limit = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "900"}
    return JSONResponse(shown, headers=headers | limit | {"x-ratelimit-reset": "1"})
