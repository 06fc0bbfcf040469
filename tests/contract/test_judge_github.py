"""A GitHub that others wrote takes what is published, said and merged as it is meant.

What it does not do, and ours does, is not asked of it: it opens a second pull request of a branch,
and shows neither the files of one nor a pull request as an issue.
"""

import base64
from dataclasses import replace

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from reconciler.cli.clock import wall_clock
from reconciler.github.credentials import AppCredentials, TokenCredentials
from reconciler.github.issues import add_labels, close_issue, comment_once, read_issue
from reconciler.github.merging import merge, read_pull
from reconciler.github.proposals import Publisher
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import (
    Merged,
    NotMerged,
    ProposedFile,
    PublishedChange,
    PublishedState,
    PublishProblem,
)
from tests.contract import emulated_github
from tests.contract.emulated_github import APP, INSTALLATION, PEOPLE, REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.anyio]
JDOE, MIRA = PEOPLE
BOT = "reconciler-bot[bot]"


@pytest.fixture(scope="module")
def pem():
    """The key of an App that is made for this run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    nothing = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, nothing).decode()


@pytest.fixture(scope="module")
def url(request, tmp_path_factory, pem):
    """Where it listens."""
    command = emulated_github.install(request.config.cache.mkdir("github") / "emulate")
    with emulated_github.running(command, tmp_path_factory.mktemp("emulate"), pem) as found:
        yield found


@pytest.fixture
async def writer(url, pem):
    """The App, as a run of ours signs in."""
    app = AppCredentials(APP, INSTALLATION, pem, wall_clock)
    async with GitHubWriter(url, app, REPOSITORY) as made:
        yield made


@pytest.fixture
def person(url):
    """What somebody does there by hand."""
    headers = {"authorization": f"Bearer {MIRA}"}
    address = f"{url}/repos/{REPOSITORY}"
    with httpx.Client(headers=headers, base_url=address, trust_env=False) as made:
        yield made


def change(name, content="tool: cursor\n", *, path="", before=None, **more):
    """A change with one file."""
    file = ProposedFile(path=path or f"catalog/grants/{name}.yaml", content=content, before=before)
    return PublishedChange(
        key=name, title=f"Grant {name}", body="*b*", files=(file,), requester=name, **more
    )


async def publish(writer, what, most=5):
    """By a run of its own."""
    return await Publisher(writer, most).publish(what)


def content_at(person, path, ref):
    """A file at a branch or a commit."""
    found = person.get(f"/contents/{path}", params={"ref": ref}).json()
    return base64.b64decode(found["content"]).decode()


async def test_it_signs_the_app_in(writer):
    """By the key alone."""
    assert await writer.fetch_login() == BOT


async def test_a_key_of_another_app_is_refused(url):
    """And nothing is written."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    app = AppCredentials(APP, INSTALLATION, pem.decode(), wall_clock)
    async with GitHubWriter(url, app, REPOSITORY) as writer:
        found = await publish(writer, change("foreign"))
    assert found.code == "refused"
    assert found.detail.endswith("/foreign: GitHub does not accept the credential")


async def test_a_change_is_published_once(writer, person):
    """As one commit of the App's on the base, and one pull request that is the App's."""
    what = change("jane", "tool: cursor\r\n# ü\n", labels=("access",))
    first = await publish(writer, what)
    again = await publish(writer, what)
    assert (first.state, again) == (
        PublishedState.OPENED,
        replace(first, state=PublishedState.ALREADY),
    )
    pull = person.get(f"/pulls/{first.number}").json()
    assert (pull["user"]["login"], pull["head"]["ref"]) == (BOT, "reconciler/jane")
    assert [label["name"] for label in pull["labels"]] == ["access"]
    assert (
        content_at(person, "catalog/grants/jane.yaml", "reconciler/jane") == "tool: cursor\r\n# ü\n"
    )
    commit = person.get(f"/git/commits/{first.head_sha}").json()
    main = person.get("/git/ref/heads/main").json()["object"]["sha"]
    assert [parent["sha"] for parent in commit["parents"]] == [main]


async def test_what_somebody_closed_is_not_opened_again(writer, person):
    """Nor is it counted any more."""
    first = await publish(writer, change("joe"))
    more = replace(change("joe3"), requester="joe")
    assert (await publish(writer, more, most=1)).problem is PublishProblem.TOO_MANY_OPEN
    person.patch(f"/pulls/{first.number}", json={"state": "closed"}).raise_for_status()
    again = await publish(writer, change("joe"))
    assert (again.state, again.number) == (PublishedState.DECLINED, first.number)
    assert (await publish(writer, more, most=1)).state is PublishedState.OPENED


class KilledError(Exception):
    """The process ended here."""


class KilledTransport(httpx.AsyncHTTPTransport):
    """Ends the process once so many of its requests were answered."""

    def __init__(self, left):
        super().__init__()
        self.left = left

    async def handle_async_request(self, request):
        """The answer, which nobody gets to see in the end."""
        answer = await super().handle_async_request(request)
        self.left -= 1
        if self.left == 0:
            raise KilledError
        return answer


@pytest.mark.parametrize("step", range(1, 13))
async def test_a_publication_that_was_killed_goes_on(url, pem, person, writer, step):
    """After each of its requests: it ends with one pull request, which says the latest."""
    what = change(f"killed-{step}")
    app = AppCredentials(APP, INSTALLATION, pem, wall_clock)
    async with GitHubWriter(url, app, REPOSITORY, transport=KilledTransport(step)) as killed:
        with pytest.raises(KilledError):
            await publish(killed, what)
    found = await publish(writer, change(f"killed-{step}", "later\n"))
    listed = person.get("/pulls", params={"head": f"acme:{what.branch}", "state": "all"}).json()
    assert [pull["number"] for pull in listed] == [found.number]
    if found.state is PublishedState.OPENED:
        assert content_at(person, what.files[0].path, what.branch) == "later\n"


async def test_a_file_that_moved_meanwhile_is_not_overwritten(writer, person):
    """It is compared at the tip of the base, by git's own names."""
    found = content_at(person, "README.md", "main").encode()
    stale = change("stale", path="README.md", before=b"something else\n")
    assert (await publish(writer, stale)).problem is PublishProblem.STALE
    assert (await publish(writer, replace(stale, key="new", files=(
        replace(stale.files[0], before=None),
    )))).problem is PublishProblem.STALE  # fmt: skip
    fresh = change("fresh", path="README.md", before=found)
    assert (await publish(writer, fresh)).state is PublishedState.OPENED
    same = change("same", found.decode(), path="README.md", before=found)
    assert (await publish(writer, same)).problem is PublishProblem.NOTHING_NEW


async def test_it_is_merged_at_its_head_alone(writer, person):
    """Another head is an answer, and so is a second merge."""
    found = await publish(writer, change("merged"))
    pull = await read_pull(writer, found.number)
    assert (pull.is_ours, pull.is_open, pull.is_into_default) == (True, True, True)
    assert isinstance(await merge(writer, found.number, "0" * 40), NotMerged)
    done = await merge(writer, found.number, found.head_sha)
    assert isinstance(done, Merged)
    assert content_at(person, "catalog/grants/merged.yaml", "main") == "tool: cursor\n"
    assert person.get("/git/ref/heads/main").json()["object"]["sha"] == done.sha
    assert isinstance(await merge(writer, found.number, found.head_sha), NotMerged)
    assert (await publish(writer, change("merged"))).state is PublishedState.MERGED


async def test_an_issue_is_read_told_one_thing_and_closed(writer, person):
    """A comment that somebody wrote like ours stays theirs."""
    words = {"title": "Access, please", "body": "### Tool\n\ncursor"}
    number = person.post("/issues", json=words).json()["number"]
    found = await read_issue(writer, number)
    assert (found.author, found.is_person, found.body) == ("mira", True, words["body"])
    fake = "<!-- reconciler:form -->\nall is well"
    person.post(f"/issues/{number}/comments", json={"body": fake}).raise_for_status()
    await comment_once(writer, number, "form", "proposed")
    told = await comment_once(writer, number, "form", "merged")
    listed = person.get(f"/issues/{number}/comments").json()
    assert [(c["user"]["login"], c["body"]) for c in listed] == [("mira", fake), (BOT, told.body)]
    assert await add_labels(writer, number, "done") is None
    assert await close_issue(writer, number, is_done=True) is None
    closed = await read_issue(writer, number)
    assert (closed.is_open, closed.labels) == (False, ("done",))


async def test_a_persons_token_signs_in_as_them(url):
    """Who writes is what GitHub says."""
    async with GitHubWriter(url, TokenCredentials(JDOE), REPOSITORY) as writer:
        assert await writer.fetch_login() == "jdoe"
        found = await publish(writer, change("mine"))
        assert (await read_pull(writer, found.number)).is_ours
