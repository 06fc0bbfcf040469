"""The wire below everything: every request that leaves is judged, paced and counted here."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from reconciler.okta.allowlist import Allowed, check
from reconciler.okta.auth import date_anew
from reconciler.okta.events import Pace, Progress
from reconciler.okta.fault import Overdue

__all__ = ["LONGEST_S", "Wire"]

LONGEST_S = 60.0
"""Until an answer begins. Headers that trickle keep every timeout between two bytes away."""


class Wire(httpx.AsyncBaseTransport):
    """An httpx transport around another one. It sits below authentication and retries."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        base: str,
        writes: Allowed | None,
        pace: Pace,
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
        check(request, self._base, self._writes)
        await self._pace.before(request)
        date_anew(request)
        self.calls += 1
        self._progress.request_sent(request.method, request.url.path)
        response = await self._answer(request)
        if self._writes is not None:
            self._writes.settle(request, response)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Body(response.stream),
            extensions=response.extensions,
        )

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        """The pace hears of every request that it let go, also where the line breaks."""
        response = None
        try:
            async with asyncio.timeout(self._longest_s):
                response = await self._inner.handle_async_request(request)
        except TimeoutError:
            raise Overdue(self._longest_s, request) from None
        finally:
            if response is None:
                self._pace.lost(request)
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
