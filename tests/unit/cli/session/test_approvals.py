"""Whom a command asks about approvals, by the environment and the settings."""

import pytest

from reconciler.cli.options import Settings
from reconciler.cli.session.approvals import approvals_of
from reconciler.model.approvals.doors import Doors, GitHubDoor
from reconciler.model.catalog import Catalog
from reconciler.model.directory import LiveState
from tests.support.builders import CONNECTOR
from tests.support.nouns import ORG

NAMES = ("RECONCILER_GITHUB_TOKEN", "GITHUB_TOKEN", "GITHUB_API_URL", "GITHUB_REPOSITORY")
NAMED = Catalog(doors=Doors(github=GitHubDoor(repository="acme/access")))


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    """No variable says anything."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def chosen(tmp_path):
    """A catalog folder that lies in no repository."""
    return Settings(
        catalog=tmp_path / "catalog",
        sandbox=True,
        sandbox_file=None,
        endpoints=(),
        verbose=0,
        no_color=True,
    )


def test_without_the_setting_nobody_is_asked(chosen, monkeypatch):
    """Whatever token there is."""
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    assert approvals_of(chosen, Catalog()) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "token"), [("a", "b", "a"), ("", "b", "b"), ("a", "", "a"), ("", "", "")]
)
def test_our_own_token_comes_before_the_jobs(chosen, monkeypatch, ours, theirs, token):
    """And is in no representation."""
    monkeypatch.setenv("RECONCILER_GITHUB_TOKEN", ours)
    monkeypatch.setenv("GITHUB_TOKEN", theirs)
    found = approvals_of(chosen, NAMED)
    assert (found.token, found.address) == (token, "https://api.github.com")
    assert "token='" not in repr(found)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("env", "problem"),
    [
        ({}, "there is no token: set RECONCILER_GITHUB_TOKEN"),
        ({"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "acme/other"}, "and this is acme/other"),
        ({"GITHUB_TOKEN": "t", "GITHUB_API_URL": "http://x"}, "the API address is not https"),
        ({"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "Acme/Access"}, "is not in a git repository"),
    ],
)
async def test_what_keeps_it_from_asking_is_told_and_not_raised(chosen, monkeypatch, env, problem):
    """A run that removes somebody goes on without."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    found = await approvals_of(chosen, NAMED).fetch_approvals(
        NAMED, CONNECTOR, (), LiveState(org=ORG)
    )
    assert problem in found.problem
    assert found.verdicts == {}
