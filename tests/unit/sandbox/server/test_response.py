"""A whole answer held in hand."""

import asyncio

import pytest

from reconciler.sandbox.server.response import Reply, cut_connection


def test_a_header_can_be_there_twice():
    """As Link is."""
    reply = Reply(status=200, headers=(("link", "a"), ("x", "b"), ("link", "c")), body=b"")
    assert reply.header("link") == ["a", "c"]
    assert reply.without("link") == (("x", "b"),)


def test_without_a_line_a_cut_is_an_exception():
    """An application that another transport calls cannot reset anything."""

    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(ConnectionResetError):
        asyncio.run(cut_connection(None, receive))
