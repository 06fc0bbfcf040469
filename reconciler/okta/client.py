"""The httpx client under a sender: nothing from the environment, no cookies, no redirects."""

import re
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

import reconciler
from reconciler.model.ids import RunId
from reconciler.model.route import Route
from reconciler.okta.body import PACKED

__all__ = ["AGENT", "build_client", "build_network", "user_agent"]

AGENT = "reconciler/"
"""How this tool calls itself in every request, before its version."""

_TIMEOUT_S = 30.0
_COMMIT_LENGTH = 12
_UNSAFE = re.compile(r"[^0-9A-Za-z._+-]")


def build_network(concurrency: int, host: str, route: Route) -> httpx.AsyncBaseTransport:
    """The way to a live org: its certificate is judged here, also behind a proxy."""
    trusted = httpx.create_ssl_context(trust_env=False)
    if route.ca_file:
        trusted.load_verify_locations(route.ca_file)
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    return httpx.AsyncHTTPTransport(
        verify=trusted,
        trust_env=False,
        http1=True,
        http2=False,
        limits=limits,
        proxy=route.proxy_for(host) or None,
    )


def build_client(wire: httpx.AsyncBaseTransport, agent: str) -> httpx.AsyncClient:
    """A client that keeps no cookies (sticky sessions), and takes nothing from the environment."""
    return httpx.AsyncClient(
        transport=wire,
        timeout=_TIMEOUT_S,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"Accept": "application/json", "Accept-Encoding": PACKED, "User-Agent": agent},
    )


def user_agent(run: RunId, commit: str) -> str:
    """Product, run and the start of the catalog's commit, in characters that a header can hold."""
    known = [("run", run), ("catalog", commit[:_COMMIT_LENGTH])]
    said = [f"{name} {_UNSAFE.sub('-', value)}" for name, value in known if value]
    return f"{AGENT}{reconciler.__version__} ({'; '.join(said)})"
