"""What signs in: an App's token is made for one repository, and made anew before it ends."""

from datetime import timedelta

import pytest

from reconciler.github.credentials import AppCredentials, TokenCredentials
from reconciler.github.issues import read_issue
from tests.support.github import TOKEN, problem
from tests.support.github_writing import APP, INSTALLATION, SLUG

pytestmark = pytest.mark.anyio
MADE = f"/app/installations/{INSTALLATION}/access_tokens"


async def test_an_apps_token_is_made_once_and_anew_shortly_before_its_end(writing, github, pem):
    """Whatever is begun with it can be finished."""
    github.issue(1000, "jane", "t", "b")
    app = AppCredentials(APP, INSTALLATION, pem, lambda: github.now)
    async with writing(app) as writer:
        for minutes, made in ((0, 1), (50, 1), (6, 2), (1, 2)):
            github.now += timedelta(minutes=minutes)
            assert (await read_issue(writer, 1000)).author == "jane"
            assert github.requests.count(MADE) == made


async def test_who_writes_is_asked_once(writing, github, pem):
    """An App is known by its slug."""
    app = AppCredentials(APP, INSTALLATION, pem, lambda: github.now)
    async with writing(app) as writer:
        assert [await writer.fetch_login(), await writer.fetch_login()] == [f"{SLUG}[bot]"] * 2
    assert github.requests == ["/app"]


async def test_a_token_tells_its_account_and_a_jobs_own_does_not(writing, github):
    """GitHub does not let a job's token ask."""
    github.logins["pat"] = "release-robot"
    async with writing(TokenCredentials("pat")) as writer:
        assert await writer.fetch_login() == "release-robot"
    async with writing(TokenCredentials(TOKEN)) as writer:
        assert await writer.fetch_login() == ""


async def test_a_fault_while_asking_who_writes_is_no_account(writing, github):
    """It is not the same as an account that nobody may know."""
    github.spoil = lambda _: problem(500, "x")
    async with writing() as writer:
        found = await read_issue(writer, 1000)
    assert found.code == "unreachable"


@pytest.mark.parametrize("key", ["", "no key", "-----BEGIN RSA PRIVATE KEY-----\nAA==\n"])
async def test_a_key_that_is_none_is_told_without_being_shown(writing, github, key):
    """Before anything is sent."""
    app = AppCredentials(APP, INSTALLATION, key, lambda: github.now)
    async with writing(app) as writer:
        found = await read_issue(writer, 1000)
    assert found.detail == "the App's private key is not the RSA key that GitHub made, in PEM form"
    assert github.requests == []


async def test_an_installation_that_is_gone_is_told(writing, github, pem):
    """As GitHub says it: it is not shown."""
    app = AppCredentials(APP, 7, pem, lambda: github.now)
    async with writing(app) as writer:
        found = await read_issue(writer, 1000)
    assert (found.code, found.detail) == (
        "refused",
        "could not read issue 1000: GitHub does not show it to the credential",
    )
