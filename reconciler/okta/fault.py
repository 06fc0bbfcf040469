"""Why no whole answer came, as the retry judges it and as the operator reads it."""

from dataclasses import dataclass

import httpx

from reconciler.model.errors import ConnectorError, IncompleteReadError
from reconciler.model.route import DIRECT, Route
from reconciler.okta.answer import printable
from reconciler.okta.retry import Fault
from reconciler.okta.unreached import UNTRUSTED, unreached

__all__ = ["Failure", "Overdue", "of_body", "of_ending", "of_sending"]

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Overdue(httpx.ReadTimeout):
    """No answer began within the time that one may take."""

    def __init__(self, longest_s: float, request: httpx.Request) -> None:
        super().__init__(f"no answer began within {longest_s:g} s", request=request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A fault, and the error it becomes when no retry helps."""

    kind: Fault
    error: ConnectorError


def of_sending(
    request: httpx.Request, error: httpx.TransportError, route: Route = DIRECT
) -> Failure:
    """No answer began. What httpx says is shown only for connecting: it then holds no header."""
    what = f"{request.method} {request.url.path}"
    if isinstance(error, _NEVER_SENT):
        cause = unreached(request.url.host, error, route)
        kind = Fault.UNTRUSTED if cause.code in UNTRUSTED else Fault.UNREACHED
        return Failure(kind=kind, error=cause)
    why = str(error) if isinstance(error, Overdue) else type(error).__name__
    message = f"{what} was not answered: {why}"
    return Failure(
        kind=Fault.LOST,
        error=ConnectorError("answer-lost", message, "run again; the next plan shows what holds"),
    )


def of_ending(request: httpx.Request) -> Failure:
    """The run's own time was over before the answer was whole: what it would say is unknown."""
    what = f"{request.method} {request.url.path}"
    return Failure(
        kind=Fault.LOST,
        error=ConnectorError(
            "answer-lost",
            f"{what} was not answered before the time of this run was over",
            "run again, or give the run more minutes; the next plan shows what holds",
        ),
    )


def of_body(request: httpx.Request, response: httpx.Response, why: str) -> Failure:
    """An answer began and did not come whole."""
    return Failure(
        kind=Fault.SHORT,
        error=IncompleteReadError(
            "answer-short",
            f"the answer to {request.method} {request.url.path} is not whole: {why}",
            "run again; if it stays so, a proxy may be cutting Okta's answers",
            status=response.status_code,
            request_id=printable(response.headers.get("x-okta-request-id", ""), 100),
        ),
    )
