"""What every test stands on: no network but loopback, bounded properties, golden files."""

import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A run starts Python some hundred times, and to compile a module takes longer than to use it: what
# is compiled is kept, also where a container's environment says otherwise.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
SLOW = {"benchmarks", "contract", "scaffold"}
"""Folders whose tests are slow, all of them; elsewhere a module or a test says so of itself."""

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
            (
                "RECONCILER_PINS",
                "RECONCILER_SECRET",
                "RECONCILER_COMMANDS",
                "RECONCILER_ENDPOINT",
                "RECONCILER_EVIDENCE",
                "RECONCILER_RATE_SHARE",
                "RECONCILER_PROXY",
                "RECONCILER_NO_PROXY",
                "RECONCILER_CA_FILE",
                "OKTA_",
            )
        ):
            monkeypatch.delenv(name)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)


def pytest_collection_modifyitems(items):
    """What takes long and is seldom broken by a change nearby stays out of the inner loop."""
    for item in items:
        if item.path.relative_to(HERE).parts[0] in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def anyio_backend():
    """Async tests run on asyncio."""
    return "asyncio"


@pytest.fixture
def golden():
    """Compares a text with a golden file; `BLESS=1 pytest` rewrites it, and CI never does."""
    is_blessing = os.environ.get("BLESS") == "1" and not os.environ.get("GITHUB_ACTIONS")

    def compare(name, text):
        path = GOLDEN / f"{name}.txt"
        if is_blessing:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text

    return compare
