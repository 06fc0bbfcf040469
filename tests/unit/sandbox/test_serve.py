"""The org on a real socket."""

import socket
import threading
from contextlib import contextmanager

import httpx
import pytest

from reconciler.sandbox import Fault, serve
from reconciler.sandbox.server.uvicorn_server import server


@contextmanager
def served(sandbox):
    """A client of the org, served on a free port of the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        running = server(sandbox.app)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            headers = {"Authorization": f"SSWS {sandbox.token()}"}
            with httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
                yield client
        finally:
            running.should_exit = True
            thread.join()


def test_a_served_org_answers_and_breaks_as_one_in_process(sandbox):
    """Links lead to the host that was asked; a cut and a short body are what they are."""
    with served(sandbox) as client:
        response = client.get("/api/v1/groups?limit=1")
        assert response.status_code == 200
        assert len(response.headers.get_list("link")) == 2
        assert response.links["next"]["url"].startswith(str(client.base_url))
        assert response.headers.get_list("date") == ["Tue, 01 Sep 2026 09:00:00 GMT"]
        assert "server" not in response.headers
        assert client.get("/api/v1/users/a%2Fb").status_code == 200
        for kind, error in (("cut", httpx.ReadError), ("short", httpx.RemoteProtocolError)):
            sandbox.faults.add(Fault(kind=kind))
            with pytest.raises(error):
                client.get("/api/v1/groups")
        group = client.post("/api/v1/groups", json={"profile": {"name": "served"}}).json()
        user = client.get("/api/v1/users/me").json()
        written = client.put(f"/api/v1/groups/{group['id']}/users/{user['id']}")
        assert (written.status_code, written.content) == (204, b"")


def test_a_taken_port_is_an_error_of_the_caller(sandbox):
    """Nothing is announced."""
    said = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            serve(sandbox, "127.0.0.1", port, said.append)
    assert said == []
