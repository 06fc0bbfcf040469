"""What the sender tells whoever watches, and what paces it: two seams with silent defaults."""

from typing import Protocol

import httpx

__all__ = ["NoPace", "Pace", "Progress", "Silent"]


class Progress(Protocol):
    """Hears what happens on the wire. Nothing it is told holds a secret."""

    def request_sent(self, method: str, path: str) -> None:
        """A request is on its way."""
        ...

    def page_read(self, path: str, items: int) -> None:
        """A page of a list was read whole."""
        ...

    def waiting(self, seconds: float, bucket: str) -> None:
        """Requests wait, for the first time or again; `bucket` names the limit they draw on."""
        ...


class Silent:
    """Hears nothing."""

    def request_sent(self, method: str, path: str) -> None:
        """Nothing is said."""

    def page_read(self, path: str, items: int) -> None:
        """Nothing is said."""

    def waiting(self, seconds: float, bucket: str) -> None:
        """Nothing is said."""


class Pace(Protocol):
    """Decides when the wire is free. It sits below authentication, so it sees every request."""

    async def before(self, request: httpx.Request) -> None:
        """Returns when the request may be sent."""
        ...

    async def after(self, request: httpx.Request, response: httpx.Response) -> None:
        """Learns from the answer's headers; its body is not read yet."""
        ...

    def lost(self, request: httpx.Request) -> None:
        """Learns that no answer came to a request that was sent."""
        ...


class NoPace:
    """Every request may be sent at once."""

    async def before(self, request: httpx.Request) -> None:
        """The request may be sent."""

    async def after(self, request: httpx.Request, response: httpx.Response) -> None:
        """Nothing is learned."""

    def lost(self, request: httpx.Request) -> None:
        """Nothing is learned."""
