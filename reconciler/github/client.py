"""Reads from GitHub's API: to one address, by GET alone, and only so often.

gidgethub knows the protocol (headers, pages, limits); what goes over the wire is checked here.
"""

import asyncio
from collections.abc import Mapping

import httpx
from gidgethub import HTTPException

from reconciler.github.transport import (
    MOST_TRIES,
    PUBLIC_API,
    GitHubSession,
    GitHubStoppedError,
    Sleep,
    Transport,
    address_problem,
    seconds_to_wait,
)
from reconciler.model.catalog import DIRECT, Route

__all__ = ["PUBLIC_API", "GitHubClient", "address_problem"]


class GitHubClient(GitHubSession):
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
        super().__init__(base_url, Transport(base_url, transport, route), sleep, token)

    def __repr__(self) -> str:
        return f"GitHubClient({self.base_url!r})"

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        if method != "GET" or body:
            raise GitHubStoppedError("only reads are sent to GitHub")
        return await self._transport.send("GET", url, headers, b"")

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
