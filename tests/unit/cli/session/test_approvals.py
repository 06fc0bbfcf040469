"""Whom a command asks about approvals, by the environment and the settings."""

from dataclasses import replace

import pytest

from reconciler.catalog.load import load_and_judge
from reconciler.cli.options import Settings
from reconciler.cli.session.approvals import approvals_before_merge, approvals_of
from reconciler.live.ports import ApprovalQuestion
from reconciler.model.approvals.doors import Doors, GitHubDoor
from reconciler.model.catalog import Catalog
from reconciler.model.directory import LiveState
from tests.support.builders import CONNECTOR, NOW, Company
from tests.support.doors import JIRA_FILE
from tests.support.jira_cloud import READER, JiraCloud, door, served
from tests.support.nouns import ORG
from tests.support.repository import committed

NAMES = (
    "RECONCILER_GITHUB_TOKEN",
    "GITHUB_TOKEN",
    "GITHUB_API_URL",
    "GITHUB_REPOSITORY",
    "RECONCILER_JIRA_ENDPOINT",
    "CI",
    "JIRA_READ_TOKEN",
)
NAMED = Catalog(doors=Doors(github=GitHubDoor(repository="acme/access")))


def about(catalog, *grants, **more):
    """The question about these grants."""
    facts = {"connector": CONNECTOR, "live": LiveState(org=ORG), "now": NOW, "rules": catalog}
    return ApprovalQuestion(catalog=catalog, grants=grants, **{**facts, **more})


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
    found = await approvals_of(chosen, NAMED).fetch_approvals(about(NAMED))
    assert problem in found.problem
    assert found.verdicts == {}


BASE = (
    Company()
    .tool()
    .bind()
    .file("identities/lead.yaml", {"jira": "lead", "okta": {"login": "lead@example.com"}})
    .file("doors/jira.yaml", JIRA_FILE)
)
POINTING = BASE.grant("jane", approval={"by": "jira", "ticket": "AI-1"})


@pytest.fixture
def folder(tmp_path, chosen):
    """A catalog in a repository, with a grant that points at Jira and came after the door."""
    BASE.write(tmp_path)
    committed(tmp_path)
    POINTING.write(tmp_path)
    committed(tmp_path)
    return chosen


@pytest.fixture
def jira():
    """A Jira on this machine in which somebody filed an issue."""
    cloud = JiraCloud()
    cloud.file()
    with served(cloud) as url:
        yield cloud, url


@pytest.mark.anyio
@pytest.mark.parametrize("is_merged", [True, False])
async def test_issues_are_read_with_the_account_that_reads(folder, jira, monkeypatch, is_merged):
    """Of a change that is to be merged too, by the base's door; the token is in nothing shown."""
    cloud, url = jira
    monkeypatch.setenv("RECONCILER_JIRA_ENDPOINT", url)
    monkeypatch.setenv("JIRA_READ_TOKEN", READER[1])
    catalog = load_and_judge(folder.catalog).catalog
    reader = approvals_of(folder, catalog)
    if not is_merged:
        reader = approvals_before_merge(folder, catalog, "HEAD")
    found = await reader.fetch_approvals(about(catalog, *catalog.grants))
    ((verdict,), problem) = (found.verdicts.values(), found.issues_problem)
    assert (verdict.why_not, problem) == ("AI-1 is not approved", "")
    assert len(cloud.requests) <= 3
    assert READER[1] not in repr(reader)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("env", "is_rehearsal", "problem"),
    [
        ({}, True, "the sandbox asks no Jira but one on this machine"),
        ({"CI": "true"}, False, "CI is set and jira is not pinned to a site"),
        ({"RECONCILER_JIRA_ENDPOINT": "http://x"}, True, "takes a loopback address"),
        ({"RECONCILER_JIRA_ENDPOINT": "http://127.0.0.1:9"}, True, "JIRA_READ_TOKEN"),
    ],
)
async def test_what_keeps_it_from_asking_jira_is_told_and_not_raised(
    folder, monkeypatch, env, is_rehearsal, problem
):
    """No request is sent, and GitHub would be asked all the same."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    catalog = load_and_judge(folder.catalog).catalog
    reader = approvals_of(replace(folder, sandbox=is_rehearsal), catalog)
    found = await reader.fetch_approvals(about(catalog, *catalog.grants))
    assert problem in found.issues_problem
    assert (found.verdicts, found.problem) == ({}, "")


def test_before_a_merge_only_issues_are_asked(chosen):
    """A review of what is not merged says nothing yet."""
    assert approvals_before_merge(chosen, NAMED, "HEAD") is None
    both = replace(NAMED, doors=Doors(github=NAMED.doors.github, jira=door()))
    assert approvals_before_merge(chosen, both, "HEAD").doors.github is None
