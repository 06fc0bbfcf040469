"""uvicorn, set up for the sandbox."""

from reconciler.sandbox.server.uvicorn_server import server


def test_the_server_adds_no_headers_of_its_own(sandbox):
    """Date comes from the org's clock."""
    config = server(sandbox.app).config
    assert not config.date_header
    assert not config.server_header
