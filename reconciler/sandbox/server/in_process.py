"""The org called in process, with connections that can still break."""

from dataclasses import dataclass

import httpx

from reconciler.sandbox.server.response import LINE, App, Receive, Scope, Send


@dataclass(slots=True)
class _Wire:
    """Stands for the connection of one request."""

    is_cut: bool = False
    is_hung_up: bool = False

    def cut(self) -> None:
        """The client will see a read error."""
        self.is_cut = True

    def hang_up(self) -> None:
        """The client will see that the body ended too early."""
        self.is_hung_up = True


@dataclass(slots=True, kw_only=True)
class InProcess(httpx.AsyncBaseTransport):
    """Sends requests to the application without a socket.

    httpx's own transport would swallow a short body; here both ways in which a line breaks
    raise what a socket raises.
    """

    app: App

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The response, or the error that a broken line gives."""
        wire = _Wire()

        async def wired(scope: Scope, receive: Receive, send: Send) -> None:
            async def hearing() -> dict[str, object]:
                return {"type": "http.disconnect"} if wire.is_cut else dict(await receive())

            extensions = {**scope.get("extensions", {}), LINE: wire}
            await self.app({**scope, "extensions": extensions}, hearing, send)
            # httpx's transport insists on an end; the caller will not see this one.
            if wire.is_cut:
                await send({"type": "http.response.start", "status": 500, "headers": []})
            if wire.is_cut or wire.is_hung_up:
                await send({"type": "http.response.body", "body": b""})

        inner = httpx.ASGITransport(app=wired, raise_app_exceptions=False)
        response = await inner.handle_async_request(request)
        if wire.is_cut:
            raise httpx.ReadError("the sandbox cut the connection", request=request)
        if wire.is_hung_up:
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body", request=request
            )
        return response
