"""uvicorn, with connections that an answer can break. Imported only when the org is served."""

import asyncio
import socket
import struct
from typing import Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from reconciler.sandbox.server.response import CONNECTION, App, Receive, Scope, Send

_NO_LINGER: Final = struct.pack("ii", 1, 0)


class _Connection:
    """The connection below a request, as uvicorn holds it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def cut(self) -> None:
        """The client's system receives a reset: closing alone would look like an end."""
        own: socket.socket | None = self._transport.get_extra_info("socket")
        if own is not None:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()

    def hang_up(self) -> None:
        """What was written is sent, then the connection ends."""
        self._transport.close()


class _Protocol(H11Protocol):
    """Gives every request the line it came on."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        served: App = self.app
        connection = _Connection(transport)

        async def app_with_connection(scope: Scope, receive: Receive, send: Send) -> None:
            extensions = {**scope.get("extensions", {}), CONNECTION: connection}
            await served({**scope, "extensions": extensions}, receive, send)

        self.app = app_with_connection


def server(app: App) -> uvicorn.Server:
    """A server for the org, which stops when its `should_exit` is set."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            date_header=False,
            server_header=False,
        )
    )
