"""The org called in process, with connections that can still break."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from reconciler.sandbox.server.response import CONNECTION, App, Message, Scope

_CLIENT = ("127.0.0.1", 123)


@dataclass(slots=True, kw_only=True)
class _Connection:
    """Carries one request to the application, and what it answers back."""

    body: bytes
    is_sent: bool = False
    is_cut: bool = False
    is_hung_up: bool = False
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    is_answered: asyncio.Event = field(default_factory=asyncio.Event)

    def cut(self) -> None:
        """The client will see a read error."""
        self.is_cut = True

    def hang_up(self) -> None:
        """The client will see that the body ended too early."""
        self.is_hung_up = True

    async def receive(self) -> Message:
        """The request in one piece; then nothing until the answer is over or the line is cut."""
        if not self.is_sent and not self.is_cut:
            self.is_sent = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        if not self.is_cut:
            await self.is_answered.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """A part of the answer is kept."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
            return
        self.parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            self.is_answered.set()


@dataclass(slots=True, kw_only=True)
class InProcess(httpx.AsyncBaseTransport):
    """Sends requests to the application without a socket.

    httpx's own transport would swallow a short body; here both ways in which a line breaks
    raise what a socket raises. An application that fails answers 500, as a server does for it.
    """

    app: App

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response, or the error that a broken line gives."""
        connection = _Connection(body=await request.aread())
        # Starlette has answered 500 by the time it lets the exception of a handler through.
        with suppress(Exception):
            await self.app(_scope(request, connection), connection.receive, connection.send)
        if connection.is_cut:
            raise httpx.ReadError("the sandbox cut the connection", request=request)
        if connection.is_hung_up:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body", request=request
            )
        stream = httpx.ByteStream(b"".join(connection.parts))
        return httpx.Response(connection.status, headers=connection.headers, stream=stream)


def _scope(request: httpx.Request, connection: _Connection) -> Scope:
    """The request as an ASGI server would describe it."""
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "server": (url.host, url.port),
        "client": _CLIENT,
        "root_path": "",
        "extensions": {CONNECTION: connection},
    }
