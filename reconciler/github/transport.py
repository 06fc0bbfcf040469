"""One address over HTTP, within bounds: so many requests, so long, so many bytes, no redirects.

What reads and what writes each decide for themselves what they send; this is how it goes out.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpx
from gidgethub import GitHubBroken, GitHubException, HTTPException
from gidgethub.abc import GitHubAPI

import reconciler
from reconciler.model.catalog import DIRECT, Route

__all__ = [
    "MOST_TRIES",
    "PUBLIC_API",
    "GitHubSession",
    "GitHubStoppedError",
    "Sleep",
    "Transport",
    "address_problem",
    "is_below",
    "seconds_to_wait",
]

_MOST_CALLS = 600
"""Requests in one run: GitHub gives a job of Actions 1,000 an hour for each repository."""
_MOST_BYTES = 16 * 1024 * 1024
MOST_TRIES = 3
_LONGEST_WAIT_S = 30
_TIMEOUT_S = 20.0
_LONGEST_S = 60.0
"""For one whole answer: a byte now and then keeps the timeout between two bytes away."""
_UNCOMPRESSED = "identity"

PUBLIC_API = "https://api.github.com"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
_HIGHEST_PORT = 65535
_PLAIN = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(?:/[A-Za-z0-9._/-]*)?")


class GitHubStoppedError(GitHubException):
    """Nothing more is to be asked; the text is our own."""


class Transport:
    """Sends below one API address. It is closed after use.

    `inner` is for answering in process; without it GitHub is reached over the network.
    """

    def __init__(
        self, base_url: str, inner: httpx.AsyncBaseTransport | None = None, route: Route = DIRECT
    ) -> None:
        self._base_url = base_url
        self._calls = 0
        self._client = httpx.AsyncClient(
            transport=inner or _network(base_url, route),
            timeout=_TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Leaves the connections."""
        await self._client.aclose()

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """The status, the headers and the body of the answer."""
        if not is_below(self._base_url, url):
            raise GitHubStoppedError("GitHub's answer links to another address")
        if self._calls >= _MOST_CALLS:
            raise GitHubStoppedError(f"{_MOST_CALLS} requests are the most that one run sends")
        self._calls += 1
        unpacked = {**headers, "accept-encoding": _UNCOMPRESSED}
        try:
            async with (
                asyncio.timeout(_LONGEST_S),
                self._client.stream(method, url, headers=unpacked, content=body) as response,
            ):
                content = await _read_body(response)
        except TimeoutError:
            why = f"an answer of GitHub took longer than {_LONGEST_S:g} s"
            raise GitHubStoppedError(why) from None
        except httpx.HTTPError as error:
            raise GitHubBroken(HTTPStatus.BAD_GATEWAY, type(error).__name__) from error
        if response.status_code == HTTPStatus.OK and "per_page" in response.url.params:
            _require_list(content)
        return response.status_code, response.headers, content


Sleep = Callable[[float], Awaitable[None]]


class GitHubSession(GitHubAPI):
    """What reads and what writes have in common: one way out, closed after use, and how to wait."""

    def __init__(
        self, base_url: str, transport: Transport, sleep: Sleep, token: str | None = None
    ) -> None:
        requester = f"reconciler/{reconciler.__version__}"
        super().__init__(requester, oauth_token=token, base_url=base_url)
        self._transport = transport
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._transport.close()

    async def sleep(self, seconds: float) -> None:
        """Waits, where a limit or a fault asks for it."""
        await self._sleep(seconds)


def _network(base_url: str, route: Route) -> httpx.AsyncBaseTransport:
    trusted = httpx.create_ssl_context(trust_env=False)
    if route.ca_file:
        trusted.load_verify_locations(route.ca_file)
    proxy = route.proxy_for(httpx.URL(base_url).host) or None
    return httpx.AsyncHTTPTransport(verify=trusted, trust_env=False, proxy=proxy)


def seconds_to_wait(error: HTTPException, attempt: int) -> float | None:
    """Seconds until another try may succeed; None where it would not, or not soon."""
    asked = error.headers.get("retry-after", "")
    wait_s = float(2 ** (attempt - 1)) if isinstance(error, GitHubBroken) else None
    if error.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
        wait_s = float(asked) if asked.isascii() and asked.isdigit() else None
    return None if wait_s is None or wait_s > _LONGEST_WAIT_S else wait_s


def _require_list(content: bytes) -> None:
    """An empty object would be taken for a page without items, and a page for the last one."""
    if not content.lstrip().startswith(b"["):
        raise GitHubStoppedError("a page of GitHub is not a list")


async def _read_body(response: httpx.Response) -> bytes:
    """The body as received: a small compressed one could expand to gigabytes."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", _UNCOMPRESSED}:
        raise GitHubStoppedError("an answer of GitHub is compressed, which was not asked for")
    chunks, size = [], 0
    async for chunk in response.aiter_raw():
        chunks.append(chunk)
        size += len(chunk)
        if size > _MOST_BYTES:
            raise GitHubStoppedError("an answer of GitHub is larger than 16 MiB")
    return b"".join(chunks)


def address_problem(text: str) -> str:
    """Why no token is sent to the address; empty where it may be."""
    try:
        url = httpx.URL(text)
        host = url.host
    except (httpx.InvalidURL, ValueError):  # of a host in Punycode that is none
        return "the API address is not a URL"
    if not _PLAIN.fullmatch(text) or not host or (url.port or 0) > _HIGHEST_PORT:
        return "the API address is not https://HOST or https://HOST/PATH"
    if url.scheme == "http" and host not in _LOOPBACK:
        return "the API address is not https"
    return ""


def is_below(base: str, link: str) -> bool:
    """Whether the link goes to the base's scheme, host and port, and below its path."""
    try:
        ours, theirs = httpx.URL(base), httpx.URL(link)
    except httpx.InvalidURL:
        return False
    same = (ours.scheme, ours.raw_host, ours.port) == (theirs.scheme, theirs.raw_host, theirs.port)
    path = ours.path.rstrip("/") + "/"
    return same and not theirs.userinfo and theirs.path.startswith(path)
