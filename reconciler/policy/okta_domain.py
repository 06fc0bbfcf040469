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
_DOUBLED = ".com.com"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_ORG_URL = "write the org's URL, for example https://acme.okta.com"
_LONGEST_HOST = 253

Problem = tuple[str, str]


def domain_problem(domain: str) -> Problem | None:
    """Summary and hint of what keeps the URL from being an org's; `None` where nothing does.

    The hint holds the corrected URL where the org is plain from what was written.
    """
    scheme, separator, rest = domain.partition("://")
    if "{" in domain:
        return "the domain is a placeholder", _ORG_URL
    if domain != domain.strip():
        return "the domain has space around it", _offer(domain)
    if not separator:
        return "the domain is not a URL", _offer(domain)
    return _scheme_problem(scheme, rest) or _shape_problem(rest) or _host_problem(rest)


def is_custom_domain(domain: str) -> bool:
    """Whether the URL may be an org's under a name of its own; it then needs a pin."""
    return domain_problem(domain) is None and _suffix(domain.removeprefix("https://")) is None


def _scheme_problem(scheme: str, rest: str) -> Problem | None:
    """What is wrong before the host, or with a lone slash after it."""
    if "://" in rest:
        return "the domain has two schemes", _offer(rest.rpartition("://")[2])
    if scheme != "https":
        return "the domain is not https", _offer(rest)
    if rest.endswith("/") and _shape_problem(rest[:-1]) is None:
        return "the domain ends in a slash", f"write https://{rest[:-1]}"
    return None


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
            return f"the domain has {what}", _offer(host)
    return None


def _offer(written: str) -> str:
    """The corrected URL, where an Okta host stands plainly at the start of what was written.

    Nothing else is repeated: it may be another host, or a secret in the wrong place.
    """
    if not written.isascii() or set(written) & set("@\\"):
        return _ORG_URL
    plain = written.strip().lower().removeprefix("https://")
    host = re.split(r"[/?#:]", plain, maxsplit=1)[0].removesuffix(".")
    if host.endswith(_DOUBLED):
        host = host.removesuffix(".com")
    labels = host.split(".")
    if _suffix(host) is None or not all(map(_LABEL.match, labels)) or _is_encoded(labels):
        return _ORG_URL
    return f"write https://{_without_admin(labels)}"


def _without_admin(labels: list[str]) -> str:
    """The org's own host where the admin console's was given (`acme-admin.okta.com`)."""
    return ".".join([labels[0].removesuffix("-admin"), *labels[1:]])


def _host_problem(host: str) -> Problem | None:
    if host != host.lower():
        return "the domain is not in lower case", _offer(host)
    labels = host.split(".")
    if len(host) > _LONGEST_HOST or not all(map(_LABEL.match, labels)):
        return "the domain is not a host name", _offer(host)
    if _is_address(host):
        return "the domain is an IP address", _ORG_URL
    if len(labels) < 2 or labels[-1] in _PRIVATE:  # noqa: PLR2004 - a name and the domain above it
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
    if _is_encoded(labels):
        return "the domain only looks like an org's", _ORG_URL
    if labels[0].endswith("-admin"):
        return "the domain is the admin console's", f"write https://{_without_admin(labels)}"
    return None


def _is_encoded(labels: list[str]) -> bool:
    """Whether a label stands for letters outside ASCII, which may look like any other name."""
    return any(label.startswith("xn--") for label in labels)


def _suffix(host: str) -> str | None:
    return next((each for each in _SUFFIXES if host.endswith(f".{each}")), None)


def _lookalike(host: str) -> Problem | None:
    """What only looks like Okta's: its suffix inside a label, or in the middle of the name."""
    if any(host.endswith(each) or f".{each}." in f".{host}" for each in _SUFFIXES):
        return "the domain only looks like Okta's", _offer(host)
    return None
