"""Where proposals are opened, and with what."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from reconciler.cli.clock import wall_clock
from reconciler.cli.options import Settings
from reconciler.cli.secrets import output_filter
from reconciler.cli.session.doors.github import open_writer
from reconciler.github.issues import read_issue
from reconciler.model.approvals.doors import Doors, GitHubApp, GitHubDoor
from reconciler.model.catalog import Catalog
from reconciler.model.errors import ConnectorError, GuardRefused, UsageError
from reconciler.model.ids import SecretRef
from tests.support.github import REPOSITORY, TOKEN, GitHub, served
from tests.support.github_writing import APP, INSTALLATION

KEY = SecretRef(kind="env", value="GITHUB_APP_KEY")
DOOR = GitHubDoor(repository=REPOSITORY)


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Nothing in the environment speaks of GitHub."""
    for name in ("CI", "GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN", "RECONCILER_SECRETS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("RECONCILER_GITHUB_TOKEN", raising=False)


def opened(tmp_path, door=DOOR):
    """The writer of a catalog with the door."""
    settings = Settings(
        catalog=tmp_path / "catalog",
        sandbox=False,
        sandbox_file=None,
        endpoints=(),
        verbose=0,
        no_color=True,
    )
    return open_writer(settings, Catalog(doors=Doors(github=door)))


@pytest.fixture
def github(monkeypatch):
    """GitHub, on a port."""
    found = GitHub()
    found.issue(1000, "jane", "t", "b")
    with served(found):
        monkeypatch.setenv("GITHUB_API_URL", f"{found.url}/")
        yield found


@pytest.mark.anyio
async def test_the_app_of_the_door_signs_in(tmp_path, monkeypatch, github):
    """A token in the environment is not taken in its place."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    github.app_key, github.now = key.public_key(), wall_clock()
    monkeypatch.setenv("GITHUB_APP_KEY", pem_of(key))
    monkeypatch.setenv("GITHUB_TOKEN", "another token")
    app = GitHubApp(id=APP, installation=INSTALLATION, private_key=KEY)
    async with opened(tmp_path, GitHubDoor(repository=REPOSITORY, app=app)) as writer:
        assert (await read_issue(writer, 1000)).author == "jane"
    assert github.requests[0] == f"/app/installations/{INSTALLATION}/access_tokens"


def pem_of(key):
    """The key as GitHub hands it out."""
    form = serialization.PrivateFormat.TraditionalOpenSSL
    nothing = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, nothing).decode()


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["RECONCILER_GITHUB_TOKEN", "GITHUB_TOKEN", "OWN"])
async def test_a_token_signs_in_and_is_never_shown(tmp_path, monkeypatch, github, name):
    """The door's own, or the environment's."""
    monkeypatch.setenv(name, f"{TOKEN}\n")
    own = GitHubDoor(repository=REPOSITORY, token=SecretRef(kind="env", value="OWN"))
    async with opened(tmp_path, own if name == "OWN" else DOOR) as writer:
        assert (await read_issue(writer, 1000)).author == "jane"
    assert github.requests == ["/repos/acme/access/issues/1000"]
    assert TOKEN not in output_filter.clean_lines(f"it is {TOKEN}")


@pytest.mark.parametrize(
    ("variables", "door", "kind", "code"),
    [
        ({}, None, UsageError, "github-not-configured"),
        ({}, DOOR, ConnectorError, "github-token-missing"),
        ({"GITHUB_API_URL": "http://evil.example.com"}, DOOR, UsageError, "github-address"),
        ({"GITHUB_REPOSITORY": "acme/other"}, DOOR, GuardRefused, "github-elsewhere"),
    ],
)
def test_nothing_is_opened_where_nothing_may_be_sent(
    tmp_path, monkeypatch, variables, door, kind, code
):
    """The code says why."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(kind) as refused:
        opened(tmp_path, door)
    assert refused.value.code == code


def test_a_job_of_the_repository_itself_may_write(tmp_path, monkeypatch):
    """By whatever case it is named."""
    monkeypatch.setenv("GITHUB_REPOSITORY", "Acme/Access")
    monkeypatch.setenv("GITHUB_TOKEN", "a token of a job")
    assert opened(tmp_path).repository == "acme/access"
