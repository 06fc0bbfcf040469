"""Which org address is acceptable, and whether a link stays with it."""

import re
from dataclasses import dataclass
from typing import Self

import httpx

from reconciler.model.errors import ConnectorError, GuardRefused
from reconciler.policy.okta_domain import domain_problem, is_custom_domain

__all__ = ["TOKEN_PATH", "OrgUrl", "same_origin"]

TOKEN_PATH = "/oauth2/v1/token"  # noqa: S105 - an address (Okta: the org authorization server)

_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(?::([0-9]{1,5}))?/?")
_HIGHEST_PORT = 65535
_EXAMPLE = "write it like https://acme.okta.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgUrl:
    """The address of one org: `base` is scheme and host, without a slash at the end."""

    base: str
    host: str

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        pinned_host: str | None,
        is_pinning: bool = False,
        allow_loopback: bool = False,
    ) -> Self:
        """The address, where it can only mean one org; a pinned host admits no other.

        `is_pinning`: the address came with the secret, so where nothing else is pinned it is the
        pin itself, and may be a custom domain.

        A single slash at the end is dropped and letters become lower case; nothing else is
        corrected, because a guessed address would receive the token.
        """
        if allow_loopback and (match := _LOOPBACK.fullmatch(text)):
            return cls._loopback(match)
        host = _host_of(text)
        pinned = pinned_host.lower() if pinned_host is not None else host if is_pinning else None
        if is_custom_domain(f"https://{host}") and host != pinned:
            raise _invalid(
                f"{host} is not an Okta domain",
                "a custom domain is accepted when it is pinned for this connector",
            )
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
    """The host of an address that can be an org's, lower case; the rule itself is the catalog's."""
    if not text.isascii():  # some letters become ASCII in lower case
        raise _invalid("the domain is not a host name", _EXAMPLE)
    plain = text.removesuffix("/").lower()
    problem = domain_problem(plain)
    if problem is not None:
        raise _invalid(*problem)
    return plain.removeprefix("https://")


def _invalid(message: str, hint: str) -> ConnectorError:
    return ConnectorError("domain-invalid", message, hint)
