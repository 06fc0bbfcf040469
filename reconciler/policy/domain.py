"""Which URL may be an Okta org: decided by its letters alone, before anything is sent anywhere.

The suffixes are those of Okta's own SDK. They are matched on label boundaries: `evilokta.com` and
`okta.com.evil.io` are nobody's org.
"""

import ipaddress
import re

__all__ = ["domain_problem", "is_custom_domain"]

_SUFFIXES = (
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "okta-gov.com",
    "okta.mil",
    "okta-miltest.com",
    "trex-govcloud.com",
)
_PRIVATE = frozenset(
    {"local", "internal", "localhost", "localdomain", "lan", "home", "corp", "intranet", "private"}
    | {"test", "example", "invalid", "onion", "arpa"}
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_ORG_URL = "write the org's URL, for example https://acme.okta.com"
_LONGEST_HOST = 253

Problem = tuple[str, str]


def domain_problem(domain: str) -> Problem | None:
    """Summary and hint of what keeps the URL from being an org's; `None` where nothing does."""
    scheme, separator, rest = domain.partition("://")
    if not separator:
        return "the domain is not a URL", f"write https://{_host_like(domain)}"
    if scheme != "https":
        return "the domain is not https", _ORG_URL
    if rest.endswith("/") and _shape_problem(rest[:-1]) is None:
        return "the domain ends in a slash", f"write https://{rest[:-1]}"
    return _shape_problem(rest) or _host_problem(rest)


def is_custom_domain(domain: str) -> bool:
    """Whether the URL may be an org's under a name of its own; it then needs a pin."""
    return domain_problem(domain) is None and _suffix(domain.removeprefix("https://")) is None


def _host_like(domain: str) -> str:
    host = domain.strip().lower()
    return host if all(map(_LABEL.match, host.split("."))) else "acme.okta.com"


def _shape_problem(host: str) -> Problem | None:
    """What stands in the URL beside a host."""
    for mark, what in (
        ("@", "a user name"),
        ("?", "a query"),
        ("#", "a fragment"),
        ("/", "a path"),
        ("\\", "a backslash"),
        ("[", "an IP address"),
        (":", "a port"),
    ):
        if mark in host:
            return f"the domain has {what}", _suggestion(host)
    return None


def _suggestion(rest: str) -> str:
    """The corrected URL, where what stands before the extra part is plainly an Okta host."""
    host = re.split(r"[/?#:]", rest, maxsplit=1)[0]
    labels = host.split(".")
    if _suffix(host) is None or not all(map(_LABEL.match, labels)):
        return _ORG_URL
    return f"write https://{_without_admin(labels)}"


def _without_admin(labels: list[str]) -> str:
    """The org's own host where the admin console's was given (`acme-admin.okta.com`)."""
    return ".".join([labels[0].removesuffix("-admin"), *labels[1:]])


def _host_problem(host: str) -> Problem | None:
    if host != host.lower():
        return "the domain is not in lower case", _ORG_URL
    labels = host.split(".")
    if len(host) > _LONGEST_HOST or not all(map(_LABEL.match, labels)):
        return "the domain is not a host name", _ORG_URL
    if _is_address(host):
        return "the domain is an IP address", _ORG_URL
    if len(labels) < 2 or labels[-1] in _PRIVATE:  # noqa: PLR2004 - a name and what it lies under
        return "the domain is local or private", _ORG_URL
    return _org_problem(labels)


def _is_address(host: str) -> bool:
    """Whether a resolver could take the name for an address: all in digits or hexadecimal."""
    last = host.rpartition(".")[2]
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return last.isdigit() or re.match(r"0x[0-9a-f]*\Z", last) is not None
    return True


def _org_problem(labels: list[str]) -> Problem | None:
    host = ".".join(labels)
    suffix = _suffix(host)
    if host in _SUFFIXES:
        return "the domain is Okta's own, not an org's", _ORG_URL
    if suffix is None:
        return _lookalike(host)
    if labels[0].endswith("-admin"):
        return "the domain is the admin console's", f"write https://{_without_admin(labels)}"
    return None


def _suffix(host: str) -> str | None:
    return next((each for each in _SUFFIXES if host.endswith(f".{each}")), None)


def _lookalike(host: str) -> Problem | None:
    """What only looks like Okta's: its suffix inside a label, or in the middle of the name."""
    if any(host.endswith(each) or f".{each}." in f".{host}" for each in _SUFFIXES):
        return "the domain only looks like Okta's", _ORG_URL
    return None
