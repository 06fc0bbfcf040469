"""One merged pull request at a GitHub in process, and a reader of it."""

import httpx
import pytest

from reconciler.github.client import GitHubClient
from reconciler.github.reader import GitHubReader
from tests.support.github import REPOSITORY, TOKEN, GitHub, merged

COMMIT, BASE = "c" * 40, "d" * 40
API = "http://127.0.0.1"


@pytest.fixture
def github():
    """One merged pull request that lead approved."""
    found = GitHub()
    merged(found, 7, COMMIT, BASE, "f1", "f2")
    found.review(7, "lead")
    return found


@pytest.fixture
def waits():
    """Seconds that were slept."""
    return []


@pytest.fixture
async def reader(github, waits):
    """A reader of it; waiting takes no time."""

    async def sleep(seconds):
        waits.append(seconds)

    transport = httpx.ASGITransport(app=github.app)
    async with GitHubClient(API, TOKEN, transport=transport, sleep=sleep) as client:
        yield GitHubReader(client, REPOSITORY, "catalog")
