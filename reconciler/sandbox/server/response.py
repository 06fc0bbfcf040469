"""A whole answer, collected before it is sent so that headers and faults can be applied."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

# ASGI's own messages are untyped mappings.
Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = tuple[tuple[str, str], ...]

CONNECTION: Final = "reconciler.sandbox.line"
"""The ASGI extension through which an answer can break its connection."""


class Connection(Protocol):
    """The connection below a request."""

    def cut(self) -> None:
        """The connection is reset; what was not yet sent is lost."""

    def hang_up(self) -> None:
        """The connection is closed behind what was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Status, headers and body; a short one sends less than it says."""

    status: int
    headers: Headers
    body: bytes
    is_short: bool = False

    def without(self, *names: str) -> Headers:
        """The headers but these."""
        return tuple((name, value) for name, value in self.headers if name not in names)

    def header(self, name: str) -> list[str]:
        """All values of a header."""
        return [value for each, value in self.headers if each == name]


async def collect_reply(app: App, scope: Scope, receive: Receive) -> Reply:
    """What the application answers."""
    start: Message = {}
    parts: list[bytes] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    headers = tuple((name.decode(), value.decode("latin-1")) for name, value in start["headers"])
    return Reply(status=start["status"], headers=headers, body=b"".join(parts))


async def send_reply(reply: Reply, connection: Connection | None, send: Send) -> None:
    """The reply is sent; a short one loses its second half and then the line."""
    raw = [(name.encode(), value.encode("latin-1")) for name, value in reply.headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    if not reply.is_short:
        await send({"type": "http.response.body", "body": reply.body})
        return
    half = reply.body[: len(reply.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": connection is not None})
    if connection is not None:
        connection.hang_up()


async def cut_connection(connection: Connection | None, receive: Receive) -> None:
    """No answer comes: the connection is reset."""
    if connection is None:
        raise ConnectionResetError("the sandbox cut the connection")
    connection.cut()
    while (await receive())["type"] != "http.disconnect":
        pass
