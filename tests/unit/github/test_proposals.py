"""A proposal is one branch and one pull request, whatever happens on the way."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from starlette.responses import JSONResponse

from reconciler.github.credentials import TokenCredentials
from reconciler.github.proposals import Publisher
from reconciler.model.approvals.proposal import (
    NotPublished,
    ProposedFile,
    PublishedChange,
    PublishedState,
    PublishProblem,
    requester_marker,
)
from reconciler.model.directory import ReadFailure
from reconciler.model.ids import blob_name
from tests.support.github import problem
from tests.support.repository import committed, git
from tests.unit.github.conftest import OLD

pytestmark = pytest.mark.anyio

NEW = ProposedFile(path="catalog/grants/cursor/jäne doe.yaml", content="tool: cursor\r\n# ü\n")
EDITED = ProposedFile(
    path="catalog/grants/amy.yaml", content=OLD + "expires: 2027-01-01\n", before=OLD.encode()
)
CHANGE = PublishedChange(
    key="0123abcd",
    title="Grant cursor to jane",
    body="Asked by *jane*.",
    files=(NEW, EDITED),
    requester="jane@example.com",
    labels=("access",),
)
OTHER = replace(CHANGE, key="4567cdef", files=(replace(NEW, path="catalog/grants/other.yaml"),))


async def publish(writer, change=CHANGE, most=5):
    """By a run of its own."""
    return await Publisher(writer, most).publish(change)


def holds(origin, branch, file):
    """Whether the file has these very bytes at the branch."""
    blob = git(origin, "rev-parse", f"{branch}:{file.path}")
    return blob == blob_name(file.content.encode(), blob)


async def test_a_change_becomes_one_branch_and_one_pull_request(writer, github, origin):
    """With just these files, their bytes, and one commit on the base."""
    found = await publish(writer)

    (pull,) = [p for p in github.pulls.values() if p["head"]["ref"] == "reconciler/0123abcd"]
    assert (found.state, found.number) == (PublishedState.OPENED, pull["number"])
    assert (found.url, found.head_sha) == (
        pull["html_url"],
        git(origin, "rev-parse", CHANGE.branch),
    )
    assert git(origin, "rev-parse", f"{CHANGE.branch}~") == git(origin, "rev-parse", "main")
    assert {f["filename"] for f in github.files[found.number]} == {NEW.path, EDITED.path}
    assert all(holds(origin, CHANGE.branch, file) for file in CHANGE.files)
    assert pull["labels"] == [{"name": "access"}]
    assert pull["body"].endswith("\n\n" + requester_marker("JANE@example.com"))
    assert "jane@" not in pull["body"]


async def test_publishing_again_changes_nothing(writer, github):
    """It is one question, and the answer says that it is there already."""
    first = await publish(writer)
    asked = len(github.requests)
    again = await publish(writer)
    assert again == replace(first, state=PublishedState.ALREADY)
    assert len(github.requests) == asked + 1


@pytest.mark.parametrize("state", [PublishedState.DECLINED, PublishedState.MERGED])
async def test_what_was_closed_or_merged_is_not_opened_again(writer, github, origin, state):
    """Even where its branch is gone."""
    first = await publish(writer)
    if state is PublishedState.MERGED:
        github.merge(first.number, "e" * 40)
    else:
        github.close(first.number)
    git(origin, "branch", "-D", CHANGE.branch)
    again = await publish(writer)
    assert (again.state, again.number) == (state, first.number)
    assert git(origin, "branch", "--list", CHANGE.branch) == ""


class KilledError(Exception):
    """The process ended here."""


class KilledTransport(httpx.AsyncBaseTransport):
    """Ends the process once so many of its requests were answered."""

    def __init__(self, inner, left):
        self.inner, self.left = inner, left

    async def handle_async_request(self, request):
        """The answer, which nobody gets to see in the end."""
        answer = await self.inner.handle_async_request(request)
        self.left -= 1
        if self.left == 0:
            raise KilledError
        return answer


async def test_a_publication_that_was_killed_goes_on_at_any_step(writing, github, origin):
    """Killed after each of its requests in turn, it ends with one pull request, of just these."""
    async with writing() as writer:
        asked = len(github.requests)
        await publish(writer)
        steps = len(github.requests) - asked
    for step in range(1, steps + 1):
        change = replace(CHANGE, key=f"step-{step}")
        killed = KilledTransport(httpx.ASGITransport(app=github.app), step)
        async with writing(transport=killed) as writer:
            with pytest.raises(KilledError):
                await publish(writer, change, most=100)
        committed(origin, "the base goes on")
        late = replace(change, files=(replace(NEW, content="another day\n"), EDITED))
        async with writing() as writer:
            found = await publish(writer, late, most=100)
        mine = [p for p in github.pulls.values() if p["head"]["ref"] == change.branch]
        assert [p["number"] for p in mine] == [found.number], step
        paths = {f["filename"] for f in github.files[found.number]}
        assert paths == {NEW.path, EDITED.path}, step
        if found.state is PublishedState.OPENED:
            assert all(holds(origin, change.branch, file) for file in late.files)
    assert steps > 8


async def test_two_jobs_at_once_make_one(writing, github):
    """Whoever is first at each step, both say the same."""
    async with writing() as one, writing() as other, asyncio.TaskGroup() as group:
        jobs = [group.create_task(publish(each)) for each in (one, other, one, other)]
    found = [job.result() for job in jobs]
    assert len({each.number for each in found}) == 1
    assert sorted(each.state.value for each in found) == ["already"] * 3 + ["opened"]
    assert len([p for p in github.pulls.values() if p["head"]["ref"] == CHANGE.branch]) == 1


async def test_a_branch_that_somebody_else_made_holds_just_the_change_afterwards(
    writer, github, origin
):
    """It is built on, and never thrown away; what else was in it is not proposed."""
    git(origin, "switch", "-q", "-c", CHANGE.branch)
    (origin / "catalog" / "settings.yaml").write_text("admins: [mallory]\n")
    theirs = committed(origin, "theirs")
    git(origin, "switch", "-q", "main")
    found = await publish(writer)
    assert found.state is PublishedState.OPENED
    git(origin, "merge-base", "--is-ancestor", theirs, found.head_sha)
    assert {f["filename"] for f in github.files[found.number]} == {NEW.path, EDITED.path}


async def test_a_file_that_moved_meanwhile_is_not_overwritten(writer, github, origin):
    """Nothing is written, and the answer says what to do."""
    (origin / "catalog" / "grants" / "amy.yaml").write_text("tool: cursor\nsubject: bob\n")
    committed(origin)
    before = len(github.pulls)
    found = await publish(writer)
    assert (found.problem, len(github.pulls)) == (PublishProblem.STALE, before)
    assert "catalog/grants/amy.yaml is not on main as it was" in found.summary
    assert git(origin, "branch", "--list", "reconciler/*") == ""


async def test_a_new_file_that_is_there_by_now_is_not_overwritten(writer, origin):
    """Somebody else's grant has the name."""
    there = origin / NEW.path
    there.parent.mkdir()
    there.write_text("somebody else's\n")
    committed(origin)
    assert (await publish(writer)).problem is PublishProblem.STALE


async def test_what_the_base_says_already_is_not_proposed(writer, origin):
    """Somebody wrote it by hand."""
    for file in (NEW, EDITED):
        (origin / file.path).parent.mkdir(exist_ok=True)
        (origin / file.path).write_bytes(file.content.encode())
    git(origin, "config", "core.autocrlf", "false")
    committed(origin)
    assert (await publish(writer)).problem is PublishProblem.NOTHING_NEW


async def test_a_folder_in_place_of_a_file_is_said(writer, origin):
    """Nothing that is no file is written over."""
    (origin / NEW.path).mkdir(parents=True)
    (origin / NEW.path / "x").write_text("x")
    committed(origin)
    found = await publish(writer)
    assert found.code == "malformed"


async def test_one_person_has_so_many_open_and_no_more(writer, github):
    """By whatever spelling of their name; other people's do not count, nor closed ones."""
    publisher = Publisher(writer, 1)
    first = await publisher.publish(CHANGE)
    refused = await publisher.publish(OTHER)
    assert isinstance(refused, NotPublished)
    assert refused.problem is PublishProblem.TOO_MANY_OPEN
    loud = replace(OTHER, requester="JANE@Example.com")
    assert (await publish(writer, loud, 1)).problem is PublishProblem.TOO_MANY_OPEN
    assert (await publish(writer, replace(OTHER, key="joe", requester="joe"), 1)).number == 9
    github.close(first.number)
    assert (await publish(writer, OTHER, 1)).state is PublishedState.OPENED


async def test_a_marker_counts_as_the_last_line_of_our_own_branches_alone(writer, github):
    """What people quote fills nobody's quota, and neither does a fork."""
    quoted = replace(CHANGE, body=requester_marker("joe"), requester="jane")
    await publish(writer, quoted)
    fork = github.pull(90, "f" * 40, "d" * 40)
    fork["head"] |= {"ref": "reconciler/x", "repo": {"full_name": "joe/x", "default_branch": "m"}}
    fork["body"] = requester_marker("joe")
    joe = replace(OTHER, requester="joe")
    assert (await publish(writer, joe, 1)).state is PublishedState.OPENED


async def test_what_nobody_asked_for_counts_for_nobody(writer, github):
    """However many ends of access are proposed, each of them is."""
    ends = [
        replace(CHANGE, key=f"end-{n}", requester=None, files=(replace(NEW, path=f"c/{n}.yaml"),))
        for n in range(3)
    ]
    found = [await publish(writer, each, 1) for each in ends]
    assert [each.state for each in found] == [PublishedState.OPENED] * 3
    assert github.pulls[found[0].number]["body"] == "Asked by *jane*."


async def test_what_a_stranger_opens_fills_nobodys_quota(writer, github, origin):
    """Whoever may push can name a branch like ours, and copy a marker."""
    theirs = github.pull(90, git(origin, "rev-parse", "main"), "d" * 40, author="mallory")
    theirs["head"] |= {"ref": "reconciler/x", "repo": theirs["base"]["repo"]}
    theirs["body"] = requester_marker("joe")
    joe = replace(OTHER, requester="joe")
    assert (await publish(writer, joe, 1)).state is PublishedState.OPENED
    more = replace(joe, key="more", files=(replace(NEW, path="catalog/grants/more.yaml"),))
    assert (await publish(writer, more, 1)).problem is PublishProblem.TOO_MANY_OPEN


@pytest.mark.parametrize("login", ["robot", "other[bot]"])
async def test_an_account_that_is_known_counts_its_own(writing, writer, github, login):
    """Another program's branches are none of its proposals."""
    github.logins["other"] = login
    await publish(writer, replace(CHANGE, requester="joe"))
    async with writing(TokenCredentials("other")) as other:
        found = await publish(other, replace(OTHER, requester="joe"), 1)
    is_known = not login.endswith("[bot]")
    assert (getattr(found, "state", None) is PublishedState.OPENED) is is_known


async def test_what_was_opened_though_the_answer_was_lost_counts(writing, github):
    """Otherwise one run opens more than one person may have."""

    class Cut(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            answer = await httpx.ASGITransport(app=github.app).handle_async_request(request)
            if (request.method, request.url.path[-6:]) == ("POST", "/pulls"):
                raise httpx.ReadError("cut")
            return answer

    async with writing(transport=Cut()) as writer:
        publisher = Publisher(writer, 1)
        assert (await publisher.publish(CHANGE)).code == "unreachable"
        assert (await publisher.publish(OTHER)).problem is PublishProblem.TOO_MANY_OPEN
    assert len([p for p in github.pulls.values() if p["state"] == "open"]) == 1


async def test_what_another_job_opened_meanwhile_counts(writer, github):
    """It is the same person's."""
    late = Publisher(writer, 1)
    await late.publish(replace(CHANGE, requester="joe", key="joe"))
    await publish(writer)
    unseen = [JSONResponse([])]
    github.spoil = lambda r: unseen.pop() if "head" in r.query_params and unseen else None
    assert (await late.publish(CHANGE)).state is PublishedState.ALREADY
    assert (await late.publish(OTHER)).problem is PublishProblem.TOO_MANY_OPEN


async def test_a_pull_request_of_a_fork_with_the_same_branch_is_another(writer, github):
    """Anybody may name a branch so."""
    fork = github.pull(90, "f" * 40, "d" * 40)
    fork["head"] |= {
        "ref": CHANGE.branch,
        "repo": {"full_name": "joe/access", "default_branch": "main"},
    }
    github.close(90)
    assert (await publish(writer)).state is PublishedState.OPENED


async def test_labels_that_fail_hinder_nothing(writer, github):
    """They are set the next time."""
    github.spoil = lambda r: problem(422, "no") if r.url.path.endswith("labels") else None
    first = await publish(writer)
    assert (first.state, github.pulls[first.number]["labels"]) == (PublishedState.OPENED, [])
    github.spoil = None
    await publish(writer)
    assert github.pulls[first.number]["labels"] == [{"name": "access"}]


async def test_an_answer_to_labels_that_cannot_be_read_hinders_nothing(writer, github):
    """It is opened, and is said to be."""
    github.spoil = lambda r: JSONResponse({}) if r.url.path.endswith("labels") else None
    assert (await publish(writer)).state is PublishedState.OPENED
    assert (await publish(writer)).state is PublishedState.ALREADY


async def test_a_branch_that_is_not_known_everywhere_yet_is_waited_for(writer, github, waits):
    """GitHub refuses to open a pull request of it at first."""
    answers = [problem(422, "head invalid")]
    github.spoil = lambda r: (
        answers.pop(0) if (r.method, r.url.path[-5:]) == ("POST", "pulls") and answers else None
    )
    assert (await publish(writer)).state is PublishedState.OPENED
    assert waits == [1.0]


async def test_a_limit_that_is_spent_is_spent_for_the_rest_of_the_run(writer, github):
    """GitHub bans whoever goes on asking."""
    github.spoil = lambda r: (
        problem(403, "slow down", retry_after="600") if r.method == "POST" else None
    )
    publisher = Publisher(writer, 5)
    first = await publisher.publish(CHANGE)
    assert first == ReadFailure(code="unreachable", detail="GitHub's rate limit is spent")
    asked = len(github.requests)
    assert await publisher.publish(OTHER) == first
    assert len(github.requests) == asked


async def test_what_github_never_opens_is_told(writer, github):
    """It does not show one either."""
    github.spoil = lambda r: (
        problem(422, "no") if (r.method, r.url.path[-5:]) == ("POST", "pulls") else None
    )
    found = await publish(writer)
    assert found == ReadFailure(
        code="refused", detail="GitHub neither opens the pull request nor shows it"
    )


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "refused", "GitHub does not accept the credential"),
        (
            403,
            "refused",
            "the credential lacks the permission for it, or too much was written at once",
        ),
        (404, "refused", "GitHub does not show it to the credential"),
        (418, "refused", "GitHub refused it (status 418)"),
        (502, "unreachable", "GitHub could not be reached (status 502)"),
    ],
)
async def test_a_refusal_is_told_in_our_own_words(writer, github, status, code, words):
    """A body may quote anything, and is never quoted."""
    github.spoil = lambda r: (
        problem(status, "<script>") if r.url.path.endswith("/git/trees") else None
    )
    found = await publish(writer)
    assert (found.code, found.detail.removeprefix("could not open the pull request of "
            "reconciler/0123abcd: ")) == (code, words)  # fmt: skip


async def test_a_path_out_of_the_repository_is_not_sent(writer, github):
    """Whoever made it up."""
    change = replace(CHANGE, files=(replace(NEW, path="catalog/../../x"),))
    found = await publish(writer, change)
    assert found.detail == "catalog/../../x is no path of a repository"
    assert not any("contents" in path for path in github.requests)


@pytest.mark.parametrize("key", ["", "A", "a/b", "../x", "-a", "a" * 65])
def test_a_key_names_a_branch(key):
    """Nothing that git or an address would take for something else."""
    with pytest.raises(ValueError, match="key"):
        replace(CHANGE, key=key)
