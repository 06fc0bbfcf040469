"""The route to Okta and GitHub, from variables outside the repository: direct by default.

The system's own variables are not heeded: one who can set `HTTPS_PROXY` for a job must not
thereby get between it and Okta. Where one is set and the org cannot be reached, the error says so.
"""

import os
import re
import ssl
from pathlib import Path

import httpx

from reconciler.cli.secrets import output_filter
from reconciler.model.catalog import Route
from reconciler.model.errors import UsageError

__all__ = ["PROXY", "read_route"]

PROXY = "RECONCILER_PROXY"
_NO_PROXY = "RECONCILER_NO_PROXY"
_CA_FILE = "RECONCILER_CA_FILE"
_SYSTEM = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_FORM = re.compile(r"https?://(?:[^@/\s]+@)?(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}/?")


def read_route(repository: Path) -> Route:
    """How requests leave this machine; `repository` is where no certificate may come from."""
    proxy = _proxy(os.environ.get(PROXY, "").strip())
    hosts = os.environ.get(_NO_PROXY, "").split(",")
    return Route(
        proxy=proxy,
        straight=tuple(name for each in hosts if (name := each.strip().lstrip("*.").lower())),
        ca_file=_ca_file(os.environ.get(_CA_FILE, "").strip(), repository),
        unused="" if proxy else next((name for name in _SYSTEM if os.environ.get(name)), ""),
    )


def _proxy(text: str) -> str:
    """The proxy's URL; its password reaches no sink."""
    if not text:
        return ""
    if not _FORM.fullmatch(text):
        raise UsageError(
            "proxy-invalid",
            f"{PROXY} is not http://HOST:PORT or https://HOST:PORT",
            "write it like http://proxy.example.com:3128; user and password go before the host",
        )
    password = httpx.URL(text).password
    if password:
        output_filter.register_secret(password)
    return text


def _ca_file(text: str, repository: Path) -> str:
    """A file of certificates that can be read, and that no change of the repository can bring."""
    if not text:
        return ""
    path = Path(text)
    if not path.is_absolute() or path.resolve().is_relative_to(repository):
        raise UsageError(
            "ca-file-invalid",
            f"{_CA_FILE} does not name an absolute path outside the repository",
            "a proposed change must not choose which certificates are trusted",
        )
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            "ca-file-invalid",
            f"{_CA_FILE} names no file of certificates: {error.strerror or type(error).__name__}",
            "name a file in PEM form",
        ) from error
    return str(path)
