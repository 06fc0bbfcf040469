"""A sandbox on a socket of this machine, for clients that know nothing but addresses."""

import socket
from contextlib import contextmanager
from threading import Thread

from reconciler.sandbox import Sandbox
from reconciler.sandbox.server.uvicorn_server import server


@contextmanager
def served(world):
    """The address of an org that holds this world, without rate limits, and the org itself."""
    with (
        Sandbox.open(None, world=world, rate_limit="off") as sandbox,
        socket.create_server(("127.0.0.1", 0)) as listening,
    ):
        # asyncio does so only for sockets that name their protocol, and create_server's do not:
        # without it every answer waits 40 ms for the client's acknowledgement of its headers.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        running = server(sandbox.app)
        thread = Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", sandbox
        finally:
            running.should_exit = True
            thread.join()
