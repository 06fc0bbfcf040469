"""An org that answers from a function: no sockets, no waiting."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest

from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions

BASE = "https://acme.okta.com"
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@dataclass
class Org:
    """Senders to one invented org, every request they made, and every second they waited."""

    requests: list[httpx.Request] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    waited_for: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    page_sizes: list[int] = field(default_factory=list)
    wait: Callable[[float], Awaitable[None]] | None = None
    """What happens instead of waiting, when anything does."""

    def sender(self, answer: Callable[[httpx.Request], httpx.Response], **more) -> Sender:
        """A sender whose requests the function answers."""

        def recorded(request):
            self.requests.append(request)
            return answer(request)

        conduct = SenderOptions(
            clock=lambda: NOW,
            sleep=self.wait or self._sleep,
            jitter=lambda: 0.5,
            progress=self,
            **more.pop("conduct", {}),
        )
        return Sender(
            OrgUrl.parse(BASE, pinned_host=None),
            SswsAuth("00" + "t" * 40),
            conduct,
            transport=httpx.MockTransport(recorded),
            **more,
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def request_sent(self, method, path):
        """Recorded."""
        self.sent.append(f"{method} {path}")

    def page_read(self, _path, items):
        """Recorded."""
        self.page_sizes.append(items)

    def waiting(self, _seconds, bucket):
        """Recorded."""
        self.waited_for.append(bucket)

    @property
    def asked(self) -> list[str]:
        """Method and path of every request."""
        return [f"{r.method} {r.url.path}" for r in self.requests]


@pytest.fixture
def org() -> Org:
    """A fresh org."""
    return Org()


@pytest.fixture
def anyio_backend() -> str:
    """The product runs on asyncio."""
    return "asyncio"
