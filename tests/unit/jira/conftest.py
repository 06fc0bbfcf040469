"""A Jira Cloud in process, with those who read from it and write to it."""

import httpx
import pytest

from reconciler.jira.client import JiraAccess, JiraClient
from reconciler.jira.reader import READING, JiraReader
from reconciler.jira.writer import WRITING, JiraWriter
from tests.support.builders import NOW
from tests.support.jira_cloud import READER, WRITER, JiraCloud, door

API = "http://127.0.0.1"


@pytest.fixture
def cloud():
    """One site without issues."""
    return JiraCloud()


@pytest.fixture
def waits():
    """Seconds that were slept."""
    return []


@pytest.fixture
def connect(cloud, waits):
    """Makes a client of it; waiting takes no time."""

    async def sleep(seconds):
        waits.append(seconds)

    def make(account=READER, routes=READING, url=API, transport=None):
        access = JiraAccess(base_url=url, email=account[0], token=account[1])
        asgi = httpx.ASGITransport(app=cloud.app)
        return JiraClient(access, routes, transport=transport or asgi, sleep=sleep)

    return make


@pytest.fixture
async def reader(connect):
    """A reader of its project."""
    async with connect() as client:
        yield JiraReader(client, door())


@pytest.fixture
async def writer(connect):
    """A writer to its issues."""
    async with connect(WRITER, WRITING) as client:
        yield JiraWriter(client, door(), NOW)
