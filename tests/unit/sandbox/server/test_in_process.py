"""Calls in process break as sockets do."""

import httpx
import pytest

from reconciler.sandbox import Fault


def test_a_short_body_is_a_protocol_error(ask, sandbox):
    """Httpx's own transport would let it pass."""
    sandbox.faults.add(Fault(kind="short"))
    with pytest.raises(httpx.RemoteProtocolError):
        ask("GET", "/api/v1/groups")


def test_a_cut_line_is_a_read_error(ask, sandbox):
    """As a reset connection is."""
    sandbox.faults.add(Fault(kind="cut"))
    with pytest.raises(httpx.ReadError):
        ask("GET", "/api/v1/groups")
