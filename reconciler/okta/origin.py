"""Which org address is acceptable, and whether a link stays with it."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

import httpx

from reconciler.model.errors import ConnectorError, GuardRefused

__all__ = ["OrgUrl", "same_origin"]

# The suffixes Okta hands out (Okta: SDK config validation).
_OKTA_SUFFIXES = (
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "okta-gov.com",
    "okta.mil",
    "okta-miltest.com",
    "trex-govcloud.com",
)
_LOCAL_SUFFIXES = (".local", ".internal", ".localhost", ".localdomain", ".home.arpa", ".lan")
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(?::([0-9]{1,5}))?/?")
_HIGHEST_PORT = 65535
_EXAMPLE = "write it like https://acme.okta.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgUrl:
    """The address of one org: `base` is scheme and host, without a slash at the end."""

    base: str
    host: str

    @classmethod
    def parse(cls, text: str, *, pinned_host: str | None, allow_loopback: bool = False) -> Self:
        """The address, where it can only mean one org; a pinned host admits no other.

        A single slash at the end is dropped and letters become lower case; nothing else is
        corrected, because a guessed address would receive the token.
        """
        if allow_loopback and (match := _LOOPBACK.fullmatch(text)):
            return cls._loopback(match)
        host = _host_of(text)
        pinned = pinned_host.lower() if pinned_host is not None else None
        _require_outside_name(host)
        _require_org_host(host, pinned)
        if pinned is not None and host != pinned:
            raise GuardRefused(
                "org-mismatch",
                f"the domain {host} is not the pinned one, {pinned}",
                "correct the domain, or change the pin outside the repository",
            )
        return cls(base=f"https://{host}", host=host)

    @classmethod
    def _loopback(cls, match: re.Match[str]) -> Self:
        host, port = match.groups()
        if port is not None and not 0 < int(port) <= _HIGHEST_PORT:
            raise _invalid("the port is not a port", "use 1 to 65535")
        place = host if port is None else f"{host}:{int(port)}"
        return cls(base=f"http://{place}", host=place)


def same_origin(base: str, link: str) -> bool:
    """Whether the link has the base's scheme, host and port, and carries no user part."""
    if not link.isascii() or not link.isprintable() or set(link) & set(" \\"):
        return False
    try:
        ours, theirs = httpx.URL(base), httpx.URL(link)
    except httpx.InvalidURL:
        return False
    authority = re.split(r"[/?#]", link.partition("://")[2], maxsplit=1)[0]
    return "@" not in authority and _origin_of(ours) == _origin_of(theirs)


def _origin_of(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def _host_of(text: str) -> str:
    """The host of a plain https address, lower case."""
    if not text.isascii() or not text.isprintable() or set(text) & set(" \\%"):
        raise _invalid("the domain has characters that no Okta address has", _EXAMPLE)
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.lower() != "https":
        raise _invalid("the domain is not an https address", _EXAMPLE)
    rest = rest.removesuffix("/").lower()
    for mark, part in (
        ("@", "a user part"),
        ("?", "a query"),
        ("#", "a fragment"),
        ("/", "a path"),
    ):
        if mark in rest:
            raise _invalid(f"the domain has {part}", _suggestion(rest))
    if rest.startswith("[") or _is_address(rest.partition(":")[0]):
        raise _invalid("the domain is an IP address", _EXAMPLE)
    if ":" in rest:
        raise _invalid("the domain has a port", _suggestion(rest))
    return rest


def _require_outside_name(host: str) -> None:
    """Only names that public DNS can hold pass: a token never goes to a machine nearby."""
    if host == "localhost" or host.endswith(_LOCAL_SUFFIXES):
        raise _invalid("the domain is a local name", _EXAMPLE)
    if "." not in host or not _HOST.fullmatch(host) or host.rpartition(".")[2].isdigit():
        raise _invalid("the domain is not a full host name", _EXAMPLE)


def _require_org_host(host: str, pinned: str | None) -> None:
    """An Okta name, or the pinned custom one, and not the admin console (Okta: SDK validation)."""
    suffix = next((s for s in _OKTA_SUFFIXES if host == s or host.endswith(f".{s}")), None)
    if suffix is None:
        if host != pinned:
            raise _invalid(
                f"{host} is not an Okta domain",
                "a custom domain is accepted when it is pinned for this connector",
            )
        return
    if host == suffix:
        raise _invalid(f"{host} names no org", _EXAMPLE)
    if (org_host := _without_admin(host)) != host:
        message = "the domain is the admin console, not the org"
        raise _invalid(message, f"write https://{org_host}")


def _without_admin(host: str) -> str:
    """The org's own host where the admin console's was given (`acme-admin.okta.com`)."""
    first, _, rest = host.partition(".")
    return f"{first.removesuffix('-admin')}.{rest}"


def _suggestion(rest: str) -> str:
    """The corrected address, where what stands before the extra part is plainly an Okta host."""
    host = re.split(r"[/?#:]", rest, maxsplit=1)[0]
    if _HOST.fullmatch(host) and host.endswith(tuple(f".{s}" for s in _OKTA_SUFFIXES)):
        return f"write https://{_without_admin(host)}"
    return _EXAMPLE


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _invalid(message: str, hint: str) -> ConnectorError:
    return ConnectorError("domain-invalid", message, hint)
