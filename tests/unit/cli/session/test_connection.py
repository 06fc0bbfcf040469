"""Which org answers for a connector, decided before any secret is read."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import reconciler
from reconciler.cli.options import Settings
from reconciler.cli.session.connection import connect, connectors, new_run
from reconciler.model.catalog import Auth, Catalog, Connector
from reconciler.model.errors import ConnectorError, GuardRefused, UsageError
from reconciler.model.ids import SecretRef
from tests.support.builders import NOW, ORG
from tests.support.repository import committed

AUTH = Auth(method="ssws", secret=SecretRef(kind="env", value="OKTA_PROD_TOKEN"))
LIVE = Connector(
    id="okta-prod",
    type="okta",
    name="Okta",
    domain="https://acme.okta.com",
    plan_auth=AUTH,
    apply_auth=AUTH,
)
LAB = Connector(id="okta-lab", type="okta", name="Lab", domain="https://lab.okta.com")
OLD = Connector(id="okta-old", type="okta", name="Old", disabled=True)
CATALOG = Catalog(connectors={c.id: c for c in (LIVE, OLD, LAB)})
TOKEN = "00-a-very-secret-token"


def chosen(tmp_path=Path("/nowhere"), **more):
    """The global options."""
    facts = {
        "catalog": tmp_path / "catalog",
        "sandbox": False,
        "sandbox_file": None,
        "endpoints": (),
        "verbose": 0,
        "no_color": True,
    }
    return Settings(**{**facts, **more})


def opened(settings, **more):
    """The connection, and nothing sent."""
    with connect(settings, CATALOG, LIVE, **more) as connection:
        return connection


@pytest.mark.parametrize(
    ("found", "wanted"), [((LAB, LIVE), None), ((LIVE,), "okta-prod"), ((LAB,), "okta-lab")]
)
def test_a_command_is_about_the_named_connector_or_all_that_are_on(found, wanted):
    """In one order, whatever the files'."""
    assert found == connectors(CATALOG, wanted)


def test_a_connector_that_is_not_there_is_a_usage_error():
    """What there is, is said."""
    with pytest.raises(UsageError) as caught:
        connectors(CATALOG, "okta-prd")
    assert (
        caught.value.code,
        caught.value.hint,
    ) == ("connector-unknown", "there is: okta-lab, okta-old, okta-prod")


def test_a_disabled_connector_is_refused_by_name():
    """Leaving it out silently would look like a clean plan."""
    with pytest.raises(GuardRefused) as caught:
        connectors(CATALOG, "okta-old")
    assert caught.value.code == "connector-disabled"


def test_a_run_is_named_by_its_instant_and_alone():
    """Names sort by time, and two runs of one second differ."""
    names = {new_run(lambda: NOW) for _ in range(20)}
    assert len(names) == 20
    assert all(re.fullmatch("20261122T090000Z-[0-9a-f]{6}", name) for name in names)


def test_a_live_org_is_no_sandbox_and_never_shows_its_token(monkeypatch):
    """The connection may end up in a traceback."""
    monkeypatch.setenv("OKTA_PROD_TOKEN", TOKEN)
    connection = opened(chosen())
    assert (
        connection.connector,
        connection.is_sandbox,
        TOKEN in repr(connection),
    ) == (LIVE, False, False)


def test_a_pin_is_compared_before_the_secret_is_read(monkeypatch):
    """A catalog that names another domain must not even cause the look."""
    monkeypatch.setenv("RECONCILER_PINS", "okta-prod=other.okta.com#00oother1")
    with pytest.raises(GuardRefused) as caught:
        opened(chosen())
    assert caught.value.code == "org-mismatch"


def test_a_domain_that_came_with_the_secret_is_its_own_pin(monkeypatch):
    """A custom domain too: whoever stored the secret said where it goes. A pin still decides."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("RECONCILER_SECRETS", "okta-seed=OKTA_SEED")
    monkeypatch.setenv("OKTA_SEED", f'{{"domain": "https://id.acme.io", "apiToken": "{TOKEN}"}}')
    seed = Connector(
        id="okta-seed", type="okta", name="Seed", config=SecretRef(kind="env", value="OKTA_SEED")
    )
    with connect(chosen(), CATALOG, seed) as connection:
        assert not connection.is_sandbox
    monkeypatch.setenv("RECONCILER_PINS", "okta-seed=acme.okta.com#00oacme1")
    with pytest.raises(ConnectorError), connect(chosen(), CATALOG, seed):
        pass


def test_the_sandbox_needs_no_pin_for_a_custom_domain(tmp_path):
    """It is only a name there."""
    custom = replace(LIVE, domain="https://id.acme.io")
    with connect(chosen(tmp_path, sandbox=True), CATALOG, custom) as connection:
        assert connection.is_sandbox


def test_without_a_secret_a_live_org_cannot_be_asked():
    """The hint says how to go on without one."""
    with pytest.raises(ConnectorError) as caught:
        opened(chosen())
    assert (caught.value.code, "--sandbox" in caught.value.hint) == ("secret-missing", True)


def test_the_sandbox_resolves_no_secret_and_no_pin(tmp_path, monkeypatch):
    """A rehearsal works anywhere, also in CI."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("RECONCILER_PINS", "nonsense")
    assert opened(chosen(tmp_path, sandbox=True)).is_sandbox


@pytest.mark.parametrize(
    ("code", "endpoint", "token", "ci"),
    [
        (None, "okta-prod=http://127.0.0.1:8765", "x", ""),
        (None, "okta-prod=http://localhost:8765", "x", ""),
        ("endpoint-token-missing", "okta-prod=http://127.0.0.1:8765", "", ""),
        ("endpoint-in-ci", "okta-prod=http://127.0.0.1:8765", "x", "true"),
        ("endpoint-invalid", "okta-prod", "x", ""),
        ("endpoint-invalid", "=http://127.0.0.1:8765", "x", ""),
        ("endpoint-invalid", "okta-prod=", "x", ""),
        ("endpoint-not-loopback", "okta-prod=https://acme.okta.com", "x", ""),
    ],
)
def test_an_endpoint_is_a_loopback_address_outside_ci(monkeypatch, code, endpoint, token, ci):
    """It answers instead of Okta, so it may not be anywhere else."""
    monkeypatch.setenv("RECONCILER_ENDPOINT_TOKEN", token)
    monkeypatch.setenv("CI", ci)
    settings = chosen(endpoints=(endpoint,))
    if code is None:
        assert opened(settings).is_sandbox
    else:
        with pytest.raises(UsageError) as caught:
            opened(settings)
        assert code == caught.value.code


def test_an_endpoint_for_nobody_is_an_error(monkeypatch):
    """A mistyped id must not send a rehearsal to the real org."""
    monkeypatch.setenv("RECONCILER_ENDPOINT_TOKEN", "x")
    monkeypatch.setenv("OKTA_PROD_TOKEN", TOKEN)
    with pytest.raises(UsageError):
        opened(chosen(endpoints=("okta-prd=http://127.0.0.1:8765",)))


@pytest.mark.anyio
async def test_a_sender_is_made_for_reading_unless_writes_are_allowed(tmp_path):
    """The embedded org answers through it, as itself."""
    settings = chosen(tmp_path, sandbox=True)
    with connect(settings, CATALOG, LIVE) as connection:
        run = new_run(connection.clock)
        async with connection.sender(run, progress=_Deaf()) as sender:
            org = await connection.reader(sender).fetch_org()
    assert org.domain == ORG.domain


@pytest.mark.anyio
async def test_the_org_is_told_which_run_of_which_commit_asks(tmp_path):
    """Its log then leads back to the change that was merged."""
    (tmp_path / "catalog").mkdir()
    commit = committed(tmp_path)
    settings = chosen(tmp_path, sandbox=True)
    with connect(settings, CATALOG, LIVE) as connection:
        run = new_run(connection.clock)
        async with connection.sender(run, progress=_Deaf()) as sender:
            client = sender._client  # noqa: SLF001 - what every request carries
            request = client.build_request("GET", "https://acme.okta.com")
    agent = request.headers["User-Agent"]
    assert agent.startswith(f"reconciler/{reconciler.__version__} ")
    assert run in agent
    assert commit[:12] in agent


class _Deaf:
    """Hears nothing."""

    def request_sent(self, method, path):
        """Nothing is said."""

    def page_read(self, path, items):
        """Nothing is said."""

    def waiting(self, seconds, bucket):
        """Nothing is said."""
