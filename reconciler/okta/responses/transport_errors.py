"""Why no whole answer came, as the retry judges it and as the operator reads it."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import httpx

from reconciler.model.catalog import DIRECT, Route
from reconciler.model.errors import ConnectorError, IncompleteReadError
from reconciler.okta.responses.response import escape_unprintable

__all__ = [
    "UNREACHED",
    "AnswerTimeout",
    "Failure",
    "Fault",
    "connection_error",
    "failure_at_deadline",
    "failure_of_body",
    "failure_of_sending",
]

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_TIMED_OUT = (httpx.ConnectTimeout, httpx.PoolTimeout, TimeoutError)
_NOT_YET_VALID, _EXPIRED, _WRONG_HOST = 9, 10, 62  # OpenSSL's X509_V_ERR_ numbers
_UNTRUSTED = frozenset({18, 19, 20, 21})
"""Self-signed, or signed by no authority that this machine trusts."""
_TRUST = (
    "a proxy that opens TLS may be in between: have it pass this host through; "
    "the certificate is checked on purpose"
)
_HINTS = {
    "org-host-unknown": "check the spelling of the connector's domain, and this machine's DNS",
    "org-connection-refused": "check the connector's domain, the proxy if any, the firewall",
    "org-connection-timeout": "let this machine reach the host on port 443",
    "org-certificate-expired": "check this machine's clock; if it is right, a proxy answers here",
    "org-certificate-untrusted": _TRUST,
    "org-certificate-other-host": f"check the connector's domain; {_TRUST}",
    "org-proxy-refused": "check RECONCILER_PROXY, and whether that proxy lets this host through",
    "org-tls-failed": _TRUST,
    "org-unreachable": "check the connector's domain, DNS, TLS and the way through the firewall",
}
UNREACHED = frozenset(_HINTS)
"""Every code that says that no request arrived."""
UNTRUSTED = frozenset(code for code in UNREACHED if code.startswith("org-certificate-"))
"""Those where the host that answered did not prove its identity."""


class Fault(Enum):
    """Why no whole answer came: unreached, another host, lost, or cut short."""

    UNREACHED = "unreached"
    UNTRUSTED = "untrusted"
    LOST = "lost"
    SHORT = "short"


class AnswerTimeout(httpx.ReadTimeout):
    """No answer began within the time that one may take."""

    def __init__(self, longest_s: float, request: httpx.Request) -> None:
        super().__init__(f"no answer began within {longest_s:g} s", request=request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A fault, and the error it becomes when no retry helps."""

    kind: Fault
    error: ConnectorError


def failure_of_sending(
    request: httpx.Request, error: httpx.TransportError, route: Route = DIRECT
) -> Failure:
    """No answer began. What httpx says is shown only for connecting: it then holds no header."""
    what = f"{request.method} {request.url.path}"
    if isinstance(error, _NEVER_SENT):
        cause = connection_error(request.url.host, error, route)
        kind = Fault.UNTRUSTED if cause.code in UNTRUSTED else Fault.UNREACHED
        return Failure(kind=kind, error=cause)
    why = str(error) if isinstance(error, AnswerTimeout) else type(error).__name__
    message = f"{what} was not answered: {why}"
    return Failure(
        kind=Fault.LOST,
        error=ConnectorError("answer-lost", message, "run again; the next plan shows what holds"),
    )


def failure_at_deadline(request: httpx.Request) -> Failure:
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


def failure_of_body(request: httpx.Request, response: httpx.Response, why: str) -> Failure:
    """An answer began and did not come whole."""
    return Failure(
        kind=Fault.SHORT,
        error=IncompleteReadError(
            "answer-short",
            f"the answer to {request.method} {request.url.path} is not whole: {why}",
            "run again; if it stays so, a proxy may be cutting Okta's answers",
            status=response.status_code,
            request_id=escape_unprintable(response.headers.get("x-okta-request-id", ""), 100),
        ),
    )


def connection_error(
    host: str, error: httpx.TransportError, route: Route = DIRECT
) -> ConnectorError:
    """The failed connection as an error that names its cause, and the proxy where there is one."""
    code = next((code for cause in _causes(error) if (code := _code(cause))), "org-unreachable")
    why = escape_unprintable(str(error), 200) or type(error).__name__
    through = f" through the proxy {route.proxy_name}" if route.proxy_for(host) else ""
    hint = _HINTS[code]
    if route.unused:
        hint += f"; {route.unused} is set and not used: name the proxy in RECONCILER_PROXY"
    return ConnectorError(code, f"{host} could not be reached{through}: {why}", hint)


def _code(cause: BaseException) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _certificate_code(cause.verify_code)
    if isinstance(cause, ssl.SSLError):
        return "org-tls-failed"
    if isinstance(cause, socket.gaierror):
        return "org-host-unknown"
    if isinstance(cause, httpx.ProxyError):
        return "org-proxy-refused"
    if isinstance(cause, ConnectionRefusedError):
        return "org-connection-refused"
    return "org-connection-timeout" if isinstance(cause, _TIMED_OUT) else ""


def _certificate_code(verify_code: int) -> str:
    if verify_code in {_EXPIRED, _NOT_YET_VALID}:
        return "org-certificate-expired"
    if verify_code == _WRONG_HOST:
        return "org-certificate-other-host"
    return "org-certificate-untrusted" if verify_code in _UNTRUSTED else "org-tls-failed"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything below it; several addresses of one host fail as a group."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _causes(each)
    below = error.__cause__ or error.__context__
    if below is not None:
        yield from _causes(below)
