"""The org on a socket."""

import socket
from collections.abc import Callable

from reconciler.sandbox.org import Sandbox


def serve(sandbox: Sandbox, host: str, port: int, announce: Callable[[str], None]) -> None:
    """The org answers at this address until it is interrupted.

    The socket is made first, so that a taken port is an OSError here: uvicorn would end the
    process, with a status that means something else. Port 0 takes any free one.
    """
    # uvicorn is slow to import, and only a served org needs it.
    from reconciler.sandbox.server.uvicorn_server import server  # noqa: PLC0415 - as said above

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listening:
        # asyncio does so only for sockets that name their protocol, and these do not: without it
        # every answer waits some 40 ms for the client's acknowledgement of its headers.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound_host, bound_port = listening.getsockname()[:2]
        shown = f"[{bound_host}]" if family == socket.AF_INET6 else bound_host
        announce(f"url: http://{shown}:{bound_port}")
        announce(f"token: {sandbox.token()}")
        server(sandbox.app).run(sockets=[listening])
