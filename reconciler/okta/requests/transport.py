"""The transport below everything: every request that leaves is judged, paced and counted here."""

import asyncio
import re
from collections.abc import AsyncIterator
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

import httpx

import reconciler
from reconciler.model.catalog import Route
from reconciler.model.ids import RunId
from reconciler.okta.auth.signer import sign_again
from reconciler.okta.observers import Pacer, Progress
from reconciler.okta.requests.write_allowlist import WriteAllowlist, check_request
from reconciler.okta.responses.body import COMPRESSION
from reconciler.okta.responses.transport_errors import AnswerTimeout

if TYPE_CHECKING:
    import ssl

__all__ = ["LONGEST_S", "PacedTransport", "build_client", "build_network", "user_agent"]

LONGEST_S = 60.0
"""Until an answer begins. Headers that trickle keep every timeout between two bytes away."""

AGENT = "reconciler/"
"""How this tool calls itself in every request, before its version."""
_TIMEOUT_S = 30.0
_COMMIT_LENGTH = 12
_UNSAFE = re.compile(r"[^0-9A-Za-z._+-]")


class PacedTransport(httpx.AsyncBaseTransport):
    """An httpx transport around another one. It sits below authentication and retries."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        base: str,
        writes: WriteAllowlist | None,
        pace: Pacer,
        progress: Progress,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._inner = inner
        self._longest_s = longest_s
        self._base = base
        self._writes = writes
        self._pace = pace
        self._progress = progress
        self.calls = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request that may be sent; its body is always a stream."""
        check_request(request, self._base, self._writes)
        await self._pace.before(request)
        sign_again(request)
        self.calls += 1
        self._progress.request_sent(request.method, request.url.path)
        response = await self._answer(request)
        if self._writes is not None:
            self._writes.note_response(request, response)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Body(response.stream),
            extensions=response.extensions,
        )

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        """The pacer learns of the end of every request, also where the connection breaks."""
        response = None
        try:
            async with asyncio.timeout(self._longest_s):
                response = await self._inner.handle_async_request(request)
        except TimeoutError:
            raise AnswerTimeout(self._longest_s, request) from None
        finally:
            if response is None:
                self._pace.note_loss(request)
        await self._pace.after(request, response)
        return response

    async def aclose(self) -> None:
        """The inner transport is closed."""
        await self._inner.aclose()


class _Body(httpx.AsyncByteStream):
    """The inner body as a stream, also where it was made in process and is whole already.

    Only so are its bytes counted as they are on a real wire.
    """

    def __init__(self, inner: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if not isinstance(self._inner, httpx.AsyncByteStream):
            raise TypeError("the wire is asynchronous")
        async for chunk in self._inner:
            yield chunk

    async def aclose(self) -> None:
        """The inner body is closed."""
        if isinstance(self._inner, httpx.AsyncByteStream):
            await self._inner.aclose()


def build_network(concurrency: int, host: str, route: Route) -> httpx.AsyncBaseTransport:
    """The way to a live org: its certificate is judged here, also behind a proxy."""
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    return httpx.AsyncHTTPTransport(
        verify=_load_trust(route.ca_file),
        trust_env=False,
        http1=True,
        http2=False,
        limits=limits,
        proxy=route.proxy_for(host) or None,
    )


@cache
def _load_trust(ca_file: str) -> "ssl.SSLContext":
    """Whom a connection believes, read once: a command has a sender for each credential it uses."""
    trusted = httpx.create_ssl_context(trust_env=False)
    if ca_file:
        trusted.load_verify_locations(ca_file)
    return trusted


def build_client(wire: httpx.AsyncBaseTransport, agent: str) -> httpx.AsyncClient:
    """A client that keeps no cookies (sticky sessions), and takes nothing from the environment."""
    return httpx.AsyncClient(
        transport=wire,
        timeout=_TIMEOUT_S,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"Accept": "application/json", "Accept-Encoding": COMPRESSION, "User-Agent": agent},
    )


def user_agent(run: RunId, commit: str) -> str:
    """Product, run and the start of the catalog's commit, in characters that a header can hold."""
    known = [("run", run), ("catalog", commit[:_COMMIT_LENGTH])]
    said = [f"{name} {_UNSAFE.sub('-', value)}" for name, value in known if value]
    return f"{AGENT}{reconciler.__version__} ({'; '.join(said)})"
