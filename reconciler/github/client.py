"""Reads from GitHub's API: to one address, by GET alone, and only so often.

gidgethub knows the protocol (headers, pages, limits); what goes over the wire is checked here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

import httpx
from gidgethub import HTTPException
from gidgethub.abc import GitHubAPI

import reconciler
from reconciler.github.transport import (
    MOST_TRIES,
    PUBLIC_API,
    GitHubStoppedError,
    Transport,
    address_problem,
    seconds_to_wait,
)
from reconciler.model.catalog import DIRECT, Route

__all__ = ["PUBLIC_API", "GitHubClient", "address_problem"]

Sleep = Callable[[float], Awaitable[None]]


class GitHubClient(GitHubAPI):
    """Reads below one API address. It is closed after use, best by `async with`.

    `transport` is for answering in process; without it GitHub is reached over the network.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        route: Route = DIRECT,
    ) -> None:
        super().__init__(
            f"reconciler/{reconciler.__version__}", oauth_token=token, base_url=base_url
        )
        self._sleep = sleep
        self._transport = Transport(base_url, transport, route)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._transport.close()

    def __repr__(self) -> str:
        return f"GitHubClient({self.base_url!r})"

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        if method != "GET" or body:
            raise GitHubStoppedError("only reads are sent to GitHub")
        return await self._transport.send("GET", url, headers, b"")

    async def sleep(self, seconds: float) -> None:
        """Waits, where a limit or a fault asks for it."""
        await self._sleep(seconds)

    async def handle_rate_limit_error(
        self, *, method: str, url: str, exception: HTTPException, attempt: int
    ) -> bool:
        """Whether to try again: after a fault, or a limit that passes soon."""
        del method, url
        wait_s = seconds_to_wait(exception, attempt)
        if attempt >= MOST_TRIES or wait_s is None:
            return False
        await self.sleep(wait_s)
        return True
