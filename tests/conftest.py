"""What every test stands on: no network but loopback, one fixed instant, bounded properties."""

import os
import socket

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

_connect = socket.socket.connect


def _loopback_only(self, address):
    if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
        raise AssertionError(f"a test tried to reach {address}")
    return _connect(self, address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """A test that reaches beyond this machine fails."""
    monkeypatch.setattr(socket.socket, "connect", _loopback_only)


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch):
    """What the developer's shell holds does not reach a test."""
    for name in list(os.environ):
        if name.startswith(
            ("RECONCILER_PINS", "RECONCILER_SECRETS", "RECONCILER_ENDPOINT", "OKTA_")
        ):
            monkeypatch.delenv(name)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def anyio_backend():
    """Async tests run on asyncio."""
    return "asyncio"
