"""Why nobody was reached: no such host, a certificate that does not fit, no one listening.

httpx says all of it in one class, so the cause below it decides. Every code begins with `org-`;
`UNREACHED` holds them all.
"""

import socket
import ssl
from collections.abc import Iterator

import httpx

from reconciler.model.errors import ConnectorError
from reconciler.model.route import DIRECT, Route
from reconciler.okta.answer import printable

__all__ = ["UNREACHED", "UNTRUSTED", "unreached"]

_TIMED_OUT = (httpx.ConnectTimeout, httpx.PoolTimeout, TimeoutError)
_NOT_YET_VALID, _EXPIRED, _WRONG_HOST = 9, 10, 62  # OpenSSL's X509_V_ERR_ numbers
_UNTRUSTED = frozenset({18, 19, 20, 21})  # self-signed, or signed by nobody this machine trusts

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
"""Those where somebody answered who did not prove to be that host."""


def unreached(host: str, error: httpx.TransportError, route: Route = DIRECT) -> ConnectorError:
    """The failed connection as an error that names its cause, and the proxy where there is one."""
    code = next((code for cause in _causes(error) if (code := _code(cause))), "org-unreachable")
    why = printable(str(error), 200) or type(error).__name__
    through = f" through the proxy {route.proxy_name}" if route.proxy_for(host) else ""
    hint = _HINTS[code]
    if route.unused:
        hint += f"; {route.unused} is set and not used: name the proxy in RECONCILER_PROXY"
    return ConnectorError(code, f"{host} could not be reached{through}: {why}", hint)


def _code(cause: BaseException) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _of_certificate(cause.verify_code)
    if isinstance(cause, ssl.SSLError):
        return "org-tls-failed"
    if isinstance(cause, socket.gaierror):
        return "org-host-unknown"
    if isinstance(cause, httpx.ProxyError):
        return "org-proxy-refused"
    if isinstance(cause, ConnectionRefusedError):
        return "org-connection-refused"
    return "org-connection-timeout" if isinstance(cause, _TIMED_OUT) else ""


def _of_certificate(verify_code: int) -> str:
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
