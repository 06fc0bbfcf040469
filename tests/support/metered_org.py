"""An org that only counts: limits, windows, other applications, and answers that take a while.

It is written from Okta's documentation of rate limits and shares no code with the product, nor
with the sandbox. It needs a loop with virtual time.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from math import ceil

import httpx

from tests.support.virtual_time import BEGINNING, passed

__all__ = ["MeteredOrg", "Window"]

WINDOW_S = 60
EPOCH_S = BEGINNING.timestamp()


@dataclass(slots=True)
class Window:
    """A minute of one bucket."""

    opened_at: float
    limit: int
    others: int = 0
    ours: int = 0
    refused: int = 0
    lowest: int = 0
    """What was left at the least after a request of ours."""

    @property
    def remaining(self) -> int:
        """What is left now."""
        return max(0, self.limit - self.others - self.ours)


@dataclass
class MeteredOrg(httpx.AsyncBaseTransport):
    """One bucket. `others_at(s)` says what others have used `s` seconds into a window."""

    limits: tuple[int, ...] = (100,)
    """Of one window after another; the last one stays."""
    others_at: Callable[[float], int] = lambda _: 0
    latency: Callable[[int], float] = lambda _: 0.0
    """Seconds that the nth request takes, half of them before it is counted."""
    spoil: Callable[[int, httpx.Response], httpx.Response] = lambda _, response: response
    """What becomes of the nth answer."""
    skew_s: float = 0.0
    """How far Okta's clock is ahead of the runner's."""
    windows: list[Window] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The request is counted and answered, or refused."""
        number = len(self.sent_at)
        self.sent_at.append(passed())
        await asyncio.sleep(self.latency(number) / 2)
        response = self._answer()
        response.request = request
        await asyncio.sleep(self.latency(number) / 2)
        return self.spoil(number, response)

    @property
    def refusals(self) -> int:
        """429s in all windows."""
        return sum(window.refused for window in self.windows)

    def _answer(self) -> httpx.Response:
        window = self._window()
        is_refused = window.remaining <= 0
        if is_refused:
            window.refused += 1
        else:
            window.ours += 1
            window.lowest = min(window.lowest, window.remaining)
        return httpx.Response(429 if is_refused else 204, headers=self._headers(window))

    def _window(self) -> Window:
        if not self.windows or passed() >= self.windows[-1].opened_at + WINDOW_S:
            limit = self.limits[min(len(self.windows), len(self.limits) - 1)]
            self.windows.append(Window(opened_at=passed(), limit=limit, lowest=limit))
        window = self.windows[-1]
        wanted = self.others_at(passed() - window.opened_at)
        window.others = max(window.others, min(wanted, window.limit - window.ours))
        return window

    def _headers(self, window: Window) -> dict[str, str]:
        now = BEGINNING + timedelta(seconds=passed() + self.skew_s)
        reset = ceil(EPOCH_S + window.opened_at + WINDOW_S + self.skew_s)
        return {
            "date": format_datetime(now, usegmt=True),
            "x-rate-limit-limit": str(window.limit),
            "x-rate-limit-remaining": str(window.remaining),
            "x-rate-limit-reset": str(reset),
        }
