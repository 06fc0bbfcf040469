"""One merged pull request at a GitHub in process, a reader of it, and writers there."""

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from reconciler.github.client import GitHubClient
from reconciler.github.credentials import TokenCredentials
from reconciler.github.reader import GitHubReader
from reconciler.github.writer import GitHubWriter
from tests.support.github import REPOSITORY, TOKEN, GitHub, merged
from tests.support.repository import committed

COMMIT, BASE = "c" * 40, "d" * 40
API = "http://127.0.0.1"
OLD = "tool: cursor\nsubject: amy@example.com\n"


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


@pytest.fixture
def origin(github, tmp_path):
    """A repository with one grant, whose objects GitHub writes."""
    github.folder = tmp_path
    grant = tmp_path / "catalog" / "grants" / "amy.yaml"
    grant.parent.mkdir(parents=True)
    grant.write_text(OLD)
    committed(tmp_path)
    return tmp_path


@pytest.fixture
def writing(github, origin, waits):
    """Makes a writer at it; waiting takes no time."""
    del origin

    async def sleep(seconds):
        if seconds:
            waits.append(seconds)

    def made(credentials=None, **more):
        transport = httpx.ASGITransport(app=github.app)
        how = {"transport": transport, "sleep": sleep} | more
        return GitHubWriter(API, credentials or TokenCredentials(TOKEN), REPOSITORY, **how)

    return made


@pytest.fixture
async def writer(writing):
    """A writer with a token."""
    async with writing() as made:
        yield made


@pytest.fixture(scope="session")
def app_key():
    """The private key of an App, made for this run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def pem(app_key, github):
    """The key as GitHub hands it out."""
    github.app_key = app_key.public_key()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    nothing = serialization.NoEncryption()
    return app_key.private_bytes(serialization.Encoding.PEM, form, nothing).decode()
