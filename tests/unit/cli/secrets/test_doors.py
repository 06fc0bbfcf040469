"""What doors sign in with: the pin first, then the secret, and neither in any output."""

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.cli.secrets.doors import (
    AccessToken,
    AppKey,
    read_github_credential,
    read_jira_sign_in,
)
from reconciler.cli.secrets.output_filter import clean
from reconciler.model.approvals.doors import GitHubApp, GitHubDoor, JiraAccount, JiraDoor
from reconciler.model.errors import ConnectorError, GuardRefused, UsageError
from reconciler.model.ids import SecretRef

HERE = Path("/repository")
CLOUD = "1a2b3c4d-0000-4000-8000-00000000abcd"
PIN = f"jira=acme.atlassian.net#{CLOUD}"
SECRET = "a-very-secret-token"


def env(name):
    """A secret in a variable."""
    return SecretRef(kind="env", value=name)


GITHUB = GitHubDoor(repository="acme/access")
JIRA = JiraDoor(
    site="https://acme.atlassian.net",
    cloud_id=CLOUD,
    project="10000",
    issue_types=frozenset({"10001"}),
    approved=frozenset({"10005"}),
    ended=frozenset(),
    fields={},
    reading=JiraAccount(email="reads@acme.com", token=env("JIRA_READ")),
)
WRITING = replace(JIRA, writing=JiraAccount(email="writes@acme.com", token=env("JIRA_WRITE")))


@pytest.fixture(autouse=True)
def variables(monkeypatch):
    """Nothing of the machine's, and the two tokens."""
    for name in ("CI", "RECONCILER_PINS", "RECONCILER_SECRETS", "RECONCILER_JIRA_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JIRA_READ", f"{SECRET}-1")
    monkeypatch.setenv("JIRA_WRITE", f"{SECRET}-2")
    return monkeypatch


def test_a_door_that_names_no_credential_opens_no_proposal():
    """It is there for its reviews alone."""
    assert read_github_credential(GITHUB, HERE) is None


def test_an_app_or_a_token_opens_proposals(variables):
    """What is secret of it is starred in every output from then on."""
    variables.setenv("APP_KEY", "a-private-key")
    app = replace(GITHUB, app=GitHubApp(id=1, installation=2, private_key=env("APP_KEY")))
    found = AppKey(app=1, installation=2, private_key="a-private-key")
    assert read_github_credential(app, HERE) == found
    variables.setenv("GH", "ghs_0123456789\n")
    token = replace(GITHUB, token=env("GH"))
    assert read_github_credential(token, HERE) == AccessToken(token="ghs_0123456789")
    assert "a-private-key" not in clean("say a-private-key")
    assert "a-private-key" not in repr(found)


def test_reading_and_writing_are_two_accounts(variables):
    """A door without the second never writes back."""
    variables.setenv("RECONCILER_PINS", PIN)
    reading, writing = (read_jira_sign_in(WRITING, HERE, writes=each) for each in (False, True))
    assert (reading.email, reading.token) == ("reads@acme.com", f"{SECRET}-1")
    assert (writing.email, writing.token) == ("writes@acme.com", f"{SECRET}-2")
    assert read_jira_sign_in(JIRA, HERE, writes=True) is None
    assert SECRET not in clean(f"{SECRET}-1") + repr(reading)


def test_requests_go_to_the_site_or_through_the_gateway():
    """Who the tenant is, is asked of the site in both cases."""
    site = read_jira_sign_in(JIRA, HERE)
    gateway = read_jira_sign_in(replace(JIRA, api="gateway"), HERE)
    assert site.address == site.site == gateway.site == "https://acme.atlassian.net"
    assert gateway.address == f"https://api.atlassian.com/ex/jira/{CLOUD}"


def test_a_missing_secret_of_a_door_is_no_reason_for_a_rehearsal(variables):
    """The sandbox has no Jira and no GitHub."""
    variables.delenv("JIRA_READ")
    with pytest.raises(ConnectorError) as caught:
        read_jira_sign_in(JIRA, HERE)
    assert (caught.value.code, caught.value.hint) == ("secret-missing", "set JIRA_READ")


@pytest.mark.parametrize(
    "pin", [PIN.replace("acme", "evil"), PIN.replace("abcd", "abce"), PIN.replace("acme.", "a.")]
)
def test_another_site_or_tenant_than_the_pinned_gets_no_secret(variables, pin):
    """A change of the catalog alone must not choose who is sent the token."""
    variables.setenv("RECONCILER_PINS", pin)
    variables.delenv("JIRA_READ")
    with pytest.raises(GuardRefused) as caught:
        read_jira_sign_in(JIRA, HERE)
    assert caught.value.code == "pin-mismatch"


def test_ci_asks_for_a_pin_and_for_allowed_secrets(variables):
    """Both are said outside the repository."""
    variables.setenv("CI", "true")
    with pytest.raises(GuardRefused, match="not pinned"):
        read_jira_sign_in(JIRA, HERE)
    variables.setenv("RECONCILER_PINS", PIN)
    with pytest.raises(GuardRefused, match="RECONCILER_SECRETS"):
        read_jira_sign_in(JIRA, HERE)
    variables.setenv("RECONCILER_SECRETS", "jira=JIRA_READ")
    assert read_jira_sign_in(WRITING, HERE).token
    with pytest.raises(GuardRefused, match="JIRA_WRITE"):
        read_jira_sign_in(WRITING, HERE, writes=True)


def test_a_damaged_pin_is_no_missing_one(variables):
    """Otherwise a slip would open the way."""
    variables.setenv("RECONCILER_PINS", "jira=acme.atlassian.net")
    with pytest.raises(ConnectorError):
        read_jira_sign_in(JIRA, HERE)


def test_a_jira_on_this_machine_may_answer_instead(variables):
    """For tests and rehearsals: never in CI, and nowhere but here."""
    variables.setenv("RECONCILER_JIRA_ENDPOINT", "http://127.0.0.1:8766/")
    found = read_jira_sign_in(replace(JIRA, api="gateway"), HERE)
    assert (found.site, found.address) == ("http://127.0.0.1:8766",) * 2
    assert found.is_loopback
    for address in (
        "https://evil.example",
        "http://127.0.0.1:80@evil.example",
        "http://10.0.0.1:1",
    ):
        variables.setenv("RECONCILER_JIRA_ENDPOINT", address)
        with pytest.raises(UsageError, match="loopback"):
            read_jira_sign_in(JIRA, HERE)
    variables.setenv("CI", "true")
    with pytest.raises(UsageError, match="CI"):
        read_jira_sign_in(JIRA, HERE)
