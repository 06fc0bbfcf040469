"""A pull request is merged at the head that was judged, or not at all."""

import pytest

from reconciler.github.credentials import TokenCredentials
from reconciler.github.merging import merge, read_pull
from reconciler.github.proposals import Publisher
from reconciler.model.approvals.proposal import (
    Merged,
    ProposalPull,
    ProposedFile,
    PublishedChange,
    PulledFile,
)
from tests.support.github import problem
from tests.support.repository import committed, git

pytestmark = pytest.mark.anyio
PATH = "catalog/grants/new.yaml"
WAYS = ("allow_squash_merge", "allow_merge_commit", "allow_rebase_merge")


@pytest.fixture
async def robot(writing, github):
    """A writer that knows its account."""
    github.logins["pat"] = "robot"
    async with writing(TokenCredentials("pat")) as writer:
        yield writer


@pytest.fixture
async def pull(robot):
    """A proposal of its own."""
    files = (ProposedFile(path=PATH, content="tool: cursor\n"),)
    change = PublishedChange(key="k", title="t", body="b", files=files, requester="jane")
    return await Publisher(robot, 5).publish(change)


async def test_a_pull_request_is_read_as_it_stands(robot, pull, origin):
    """With the tip of its base, which may have gone on."""
    committed(origin, "the base goes on")
    assert await read_pull(robot, pull.number) == ProposalPull(
        number=pull.number,
        url=pull.url,
        branch="reconciler/k",
        head_sha=pull.head_sha,
        base="main",
        base_sha=git(origin, "rev-parse", "main"),
        is_into_default=True,
        is_ours=True,
        is_open=True,
        is_merged=False,
        is_draft=False,
        is_complete=True,
        files=(PulledFile(path=PATH, status="added"),),
    )


async def test_ours_is_what_our_own_account_opened_from_here(robot, pull, github, writer):
    """A fork's is not, somebody else's is not, and an account unknown has none."""
    assert not (await read_pull(writer, pull.number)).is_ours
    head = github.pulls[pull.number]["head"]
    head["repo"] = {"full_name": "joe/access", "default_branch": "main"}
    assert not (await read_pull(robot, pull.number)).is_ours
    head["repo"] = None
    assert not (await read_pull(robot, pull.number)).is_ours
    assert not (await read_pull(robot, 7)).is_ours
    assert (await read_pull(robot, 99)).code == "refused"


async def test_it_is_merged_at_its_head(robot, pull, origin):
    """As one commit, which the answer names."""
    before = git(origin, "rev-parse", "main")
    done = await merge(robot, pull.number, pull.head_sha)
    assert done == Merged(sha=git(origin, "rev-parse", "main"))
    assert git(origin, "diff", "--name-only", before, "main") == PATH
    assert (await read_pull(robot, pull.number)).is_merged


async def test_another_head_is_never_merged(robot, pull, github):
    """That somebody pushed meanwhile is an answer."""
    done = await merge(robot, pull.number, "0" * 40)
    assert done.summary == "its head is another one by now"
    assert github.pulls[pull.number]["state"] == "open"


async def test_what_github_does_not_merge_is_told(robot, pull, github):
    """A required check, a conflict, an answer without a merge."""
    github.is_protected = True
    done = await merge(robot, pull.number, pull.head_sha)
    assert done.summary.startswith("GitHub does not merge it: it conflicts")
    github.spoil = lambda r: problem(403, "no") if r.method == "PUT" else None
    done = await merge(robot, pull.number, pull.head_sha)
    assert done.detail.endswith(
        "the credential lacks the permission for it, or too much was written at once"
    )
    github.spoil = lambda r: problem(500, "no") if r.method == "GET" else None
    assert (await merge(robot, pull.number, pull.head_sha)).code == "unreachable"


@pytest.mark.parametrize(
    ("allowed", "is_merged"),
    [
        ({}, True),
        (dict.fromkeys(WAYS[:1], False), True),
        (dict.fromkeys(WAYS[:2], False), True),
        (dict.fromkeys(WAYS, False), False),
    ],
)
async def test_it_is_merged_in_a_way_that_the_repository_allows(
    robot, pull, github, allowed, is_merged
):
    """GitHub refuses any other."""
    github.merge_methods = allowed
    assert isinstance(await merge(robot, pull.number, pull.head_sha), Merged) is is_merged
