"""Ports of the sender: what observes it and what paces it, with defaults that do nothing."""

from typing import Protocol

import httpx

__all__ = ["NoPacer", "NoProgress", "Pacer", "Progress"]


class Progress(Protocol):
    """Observes requests and answers. Nothing it receives holds a secret."""

    def request_sent(self, method: str, path: str) -> None:
        """A request is on its way."""
        ...

    def page_read(self, path: str, items: int) -> None:
        """A page of a list was read whole."""
        ...

    def waiting(self, seconds: float, bucket: str) -> None:
        """Requests wait, for the first time or again; `bucket` names the limit they draw on."""
        ...


class NoProgress:
    """Observes nothing."""

    def request_sent(self, method: str, path: str) -> None:
        """Nothing is said."""

    def page_read(self, path: str, items: int) -> None:
        """Nothing is said."""

    def waiting(self, seconds: float, bucket: str) -> None:
        """Nothing is said."""


class Pacer(Protocol):
    """Decides when a request may be sent; it is below authentication, so it sees every request."""

    async def before(self, request: httpx.Request) -> None:
        """Returns when the request may be sent."""
        ...

    async def after(self, request: httpx.Request, response: httpx.Response) -> None:
        """Learns from the answer's headers; its body is not read yet."""
        ...

    def note_loss(self, request: httpx.Request) -> None:
        """Learns that no answer came to a request that was sent."""
        ...


class NoPacer:
    """Every request may be sent at once."""

    async def before(self, request: httpx.Request) -> None:
        """The request may be sent."""

    async def after(self, request: httpx.Request, response: httpx.Response) -> None:
        """Nothing is learned."""

    def note_loss(self, request: httpx.Request) -> None:
        """Nothing is learned."""
