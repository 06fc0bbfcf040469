"""Whatever goes wrong at whichever request to GitHub, nothing is made twice or thrown away.

The matrix enumerates itself: a run without faults shows the requests. Each cell is a run of its own
that meets one fault, and a second run once it is over, judged by what the repository then holds. A
part is tried every time, all of it with RECONCILER_FAULTS=all.
"""

import asyncio
import os
from dataclasses import replace
from zlib import crc32

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from reconciler.github.credentials import AppCredentials
from reconciler.github.issues import comment_once
from reconciler.github.merging import merge, read_pull
from reconciler.github.proposals import Publisher
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import (
    GitHubComment,
    Merged,
    NotMerged,
    NotPublished,
    ProposedFile,
    Published,
    PublishedChange,
    PublishedState,
)
from reconciler.model.directory import ReadFailure
from reconciler.model.ids import blob_name
from tests.support.github import REPOSITORY, GitHub
from tests.support.github_writing import APP, INSTALLATION
from tests.support.repository import committed, git

pytestmark = pytest.mark.slow

API = "http://127.0.0.1"
IS_ALL = os.environ.get("RECONCILER_FAULTS") == "all"
ONE_IN = 48
OLD = "tool: claude\nsubject: amy@example.com\n"
FILES = (
    ProposedFile(path="catalog/grants/new.yaml", content="tool: claude\r\n# ü\n"),
    ProposedFile(path="catalog/grants/amy.yaml", content=OLD + "# more\n", before=OLD.encode()),
)
JSON = {"content-type": "application/json; charset=utf-8"}


def told(status, body=b'{"message": "no"}', **headers):
    """An answer of GitHub's, or of something on the way."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return httpx.Response(status, headers={**JSON, **named}, stream=httpx.ByteStream(body))


def cut(_=None):
    """The connection ends."""
    raise httpx.ReadError("cut")


SPENT = {
    "x_ratelimit_limit": "5000",
    "x_ratelimit_remaining": "0",
    "x_ratelimit_reset": "9999999999",
}
ELSEWHERE = {"location": "https://evil.example/repos/acme/access"}
REFUSALS = {
    **{str(status): lambda s=status: told(s) for status in (401, 403, 404, 409, 422, 500, 503)},
    "422 without words": lambda: told(422, b"{}"),
    "422 of fields": lambda: told(422, b'{"message":"m","errors":[{"code":"invalid"}]}'),
    "a secondary limit": lambda: told(403, retry_after="7"),
    "a long limit": lambda: told(429, retry_after="3000"),
    "a spent limit": lambda: told(403, **SPENT),
    "moved": lambda: told(301, **ELSEWHERE),
    "moved for now": lambda: told(307, **ELSEWHERE),
    "moved beside": lambda: told(308, location=f"{API}/repos/evil/access"),
    "cut before": cut,
}
"""What is answered instead: GitHub does nothing."""
LIES = {
    "cut after": cut,
    "502 after": lambda _: told(502, b"<html>", content_type="text/html"),
    "504 after": lambda _: told(504, b"<html>"),
    "cut short": lambda body: told(200, body[: len(body) // 2]),
    "empty": lambda _: told(200, b""),
    "null": lambda _: told(200, b"null"),
    "an object": lambda _: told(200, b"{}"),
    "a list": lambda _: told(200, b"[]"),
    "a page": lambda _: told(200, b"<html>", content_type="text/html"),
    "another charset": lambda body: told(200, body, content_type="application/json; charset=x"),
    "compressed": lambda body: told(200, body, content_encoding="gzip"),
    "deep": lambda _: told(200, b"[" * 100_000),
    "a page elsewhere": lambda body: told(
        200, body, link='<https://evil.example/repos/acme/access/pulls>; rel="next"'
    ),
    "a page of no address": lambda body: told(200, body, link='<https://[x>; rel="next"'),
    "a page on no port": lambda body: told(200, body, link='<http://127.0.0.1:x/>; rel="next"'),
    "a limit without end": lambda body: told(200, body, **SPENT | {"x_ratelimit_reset": "1e999"}),
    "a limit of no number": lambda body: told(200, body, **SPENT | {"x_ratelimit_limit": "x"}),
    "surrogates": lambda body: told(200, body.replace(b"1", b"\\ud800").replace(b"k", b"\xff")),
    "other values": lambda body: told(200, body.replace(b'"', b"1")),
}
"""What is answered to what GitHub has done."""
KINDS = [*REFUSALS, *LIES]


class Faulty(httpx.AsyncBaseTransport):
    """Meets a fault at the request with the number, or at that and all later ones."""

    def __init__(self, github, kind="", number=0, *, stays=False):
        self.inner = httpx.ASGITransport(app=github.app)
        self.kind, self.number, self.stays = kind, number, stays
        self.sent, self.hosts = [], set()

    async def handle_async_request(self, request):
        """The answer, or the fault."""
        self.sent.append((request.method, request.url.path))
        self.hosts.add(request.url.host)
        count = len(self.sent)
        is_met = count == self.number or (self.stays and count > self.number > 0)
        if is_met and self.kind in REFUSALS:
            return REFUSALS[self.kind]()
        answer = await self.inner.handle_async_request(request)
        if not is_met:
            return answer
        return LIES[self.kind](await answer.aread())


class World:
    """A GitHub with one repository, and an App that is installed on it."""

    def __init__(self, folder, key):
        self.github = GitHub(folder=folder, app_key=key.public_key())
        form = serialization.PrivateFormat.TraditionalOpenSSL
        pem = (serialization.Encoding.PEM, form, serialization.NoEncryption())
        self.pem = key.private_bytes(*pem).decode()
        self.folder = folder
        grant = folder / "catalog" / "grants" / "amy.yaml"
        grant.parent.mkdir(parents=True)
        grant.write_text(OLD)
        self.base = committed(folder)
        self.github.issue(1000, "jane", "t", "b")

    def run(self, act, transport=None):
        """One run of the App's, in a process of its own."""

        async def go():
            async def sleep(_):
                pass

            app = AppCredentials(APP, INSTALLATION, self.pem, lambda: self.github.now)
            how = {"transport": transport or Faulty(self.github), "sleep": sleep}
            async with GitHubWriter(API, app, REPOSITORY, **how) as writer:
                return await act(writer)

        return asyncio.run(go())

    def pulls(self, branch):
        """Every pull request that there ever was of the branch."""
        return [p for p in self.github.pulls.values() if p["head"]["ref"] == branch]

    def reset(self):
        """As at the outset; what was made stays in git alone."""
        git(self.folder, "update-ref", "refs/heads/main", self.base)
        for ref in git(self.folder, "for-each-ref", "--format=%(refname)", "refs/heads/").split():
            if ref != "refs/heads/main":
                git(self.folder, "update-ref", "-d", ref)
        for kept in (self.github.pulls, self.github.files, self.github.comments):
            kept.clear()


CHANGE = PublishedChange(
    key="k1", title="Grant", body="b", files=FILES, requester="jane", labels=("access",)
)


async def publish(writer):
    """The change, published."""
    return await Publisher(writer, 5).publish(CHANGE)


class Publishing:
    """A change becomes one branch and one pull request."""

    ends = (PublishedState.OPENED, PublishedState.ALREADY)
    results = (Published, NotPublished, ReadFailure)
    believes = ()
    """Lies that nobody can see through."""
    act = staticmethod(publish)

    def prepare(self, world):
        """Nothing is there."""

    def objections(self, world, ended):
        """What is wrong once the fault is over."""
        if getattr(ended, "state", None) not in self.ends:
            yield f"it ended as {ended}"
        if (count := len(world.pulls(CHANGE.branch))) != 1:
            yield f"there are {count} pull requests"
        elif set(self.changed(world)) != {(f.path, blob(f)) for f in FILES}:
            yield "the pull request is of something else"
        if git(world.folder, "rev-parse", "main") != world.base:
            yield "the default branch moved"

    def changed(self, world):
        """The files of its pull request, with their contents."""
        (pull,) = world.pulls(CHANGE.branch)
        return [(f["filename"], f["sha"]) for f in world.github.files[pull["number"]]]


def blob(file):
    """Git's name of the content."""
    return blob_name(file.content.encode(), "0" * 40)


class PublishingOnABranch(Publishing):
    """The branch is there already, with something else; that is built on."""

    def prepare(self, world):
        """Somebody pushed."""
        git(world.folder, "switch", "-q", "-f", "-c", CHANGE.branch, "main")
        (world.folder / "README.md").write_text("theirs\n")
        self.theirs = committed(world.folder, "theirs")
        git(world.folder, "switch", "-q", "-f", "main")

    def objections(self, world, ended):
        """Nothing was thrown away."""
        yield from super().objections(world, ended)
        if not git(world.folder, "branch", "--contains", self.theirs):
            yield "a commit of somebody else was thrown away"


class PublishingADeclined(Publishing):
    """Somebody closed it, and deleted its branch."""

    ends = (PublishedState.DECLINED,)

    def prepare(self, world):
        """It was there."""
        found = world.run(publish)
        world.github.close(found.number)
        git(world.folder, "branch", "-q", "-D", CHANGE.branch)


class PublishingAMerged(Publishing):
    """It was merged; its branch is gone, and the files go on."""

    ends = (PublishedState.MERGED,)

    def prepare(self, world):
        """It was there."""
        found = world.run(publish)
        world.github.merge(found.number, "e" * 40)
        git(world.folder, "branch", "-q", "-D", CHANGE.branch)


class Commenting:
    """An issue is told one thing, by one comment."""

    results = (GitHubComment, ReadFailure)
    believes = ("a list",)

    def prepare(self, world):
        """Somebody forged one of ours."""
        fake = "<!-- reconciler:form -->\nall is well"
        world.github.comment(1000, {"login": "mallory", "type": "User"}, fake)

    @staticmethod
    async def act(writer):
        """It says this from now on."""
        await comment_once(writer, 1000, "form", "proposed")
        return await comment_once(writer, 1000, "form", "merged")

    def objections(self, world, ended):
        """What is wrong once the fault is over."""
        said = [c["body"].partition("\n")[2] for c in world.github.comments[1000]]
        if said != ["all is well", "merged"] or not isinstance(ended, GitHubComment):
            yield f"it says {said}, and ended as {ended}"


class MergingIt:
    """A pull request is merged at its head."""

    results = (Merged, NotMerged, ReadFailure, str)
    believes = ()

    def prepare(self, world):
        """It is proposed."""
        self.number = world.run(publish).number

    async def act(self, writer):
        """As the command does it."""
        pull = await read_pull(writer, self.number)
        if isinstance(pull, ReadFailure):
            return pull
        return "done" if pull.is_merged else await merge(writer, self.number, pull.head_sha)

    def objections(self, world, ended):
        """What is wrong once the fault is over."""
        count = git(world.folder, "rev-list", "--count", f"{world.base}..main")
        if count != "1" or not (ended == "done" or isinstance(ended, Merged)):
            yield f"the default branch has {count} commits more, and it ended as {ended}"


STORIES = [
    Publishing,
    PublishingOnABranch,
    PublishingADeclined,
    PublishingAMerged,
    Commenting,
    MergingIt,
]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One for all; each cell starts as at the outset."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return World(tmp_path_factory.mktemp("world"), key)


_COUNTS = {}


def count_requests(world, kind_of_story):
    """How many a run without faults makes."""
    if kind_of_story not in _COUNTS:
        story, watched = kind_of_story(), Faulty(world.github)
        world.reset()
        story.prepare(world)
        ended = world.run(story.act, watched)
        assert not list(story.objections(world, ended)), ended
        _COUNTS[kind_of_story] = len(watched.sent)
    return _COUNTS[kind_of_story]


def wrong_with(world, story, transport):
    """All that is wrong with the run that meets the fault, and with the one after it."""
    world.reset()
    story.prepare(world)
    before = git(world.folder, "rev-parse", "main")
    met = world.run(story.act, transport)
    if not isinstance(met, story.results):
        yield f"it ended as {met!r}"
    said = repr(met)
    if any(secret in said for secret in (*world.github.logins, world.pem, "eyJ", "evil")):
        yield f"it tells what nobody may know: {said}"
    if transport.hosts - {"127.0.0.1"}:
        yield f"it asked elsewhere: {transport.hosts}"
    if len(world.pulls(CHANGE.branch)) > 1:
        yield "there are two pull requests"
    git(world.folder, "merge-base", "--is-ancestor", before, "main")
    for wrong in story.objections(world, world.run(story.act)):
        yield f"after {met}: {wrong}"


def is_tried(*words):
    """Whether the cell is one of those that are tried every time."""
    return IS_ALL or crc32(repr(words).encode()) % ONE_IN == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("story", STORIES)
def test_a_run_that_meets_the_fault_ends_well(world, story, kind, tried):
    """At each request, once or from there on."""
    count, wrong, told_of = count_requests(world, story), [], 0
    for number in range(1, count + 1):
        for stays in (False, True):
            if kind in story.believes or not is_tried(story.__name__, kind, number, stays):
                continue
            told_of += 1
            transport = Faulty(world.github, kind, number, stays=stays)
            found = list(wrong_with(world, story(), transport))
            wrong += [f"{transport.sent[number - 1 :][:1]} #{number} {stays}: {w}" for w in found]
    tried(f"cells of {story.__name__}", told_of)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", ["", "422", "502 after", "cut after"])
def test_two_runs_at_once_make_one_whatever_one_of_them_meets(world, kind):
    """Whoever is first at each step, and however it ends for the other."""
    for number in range(1, 15):
        world.reset()

        async def both(number=number):
            async def sleep(_):
                await asyncio.sleep(0)

            async def one(transport):
                app = AppCredentials(APP, INSTALLATION, world.pem, lambda: world.github.now)
                how = {"transport": transport, "sleep": sleep}
                async with GitHubWriter(API, app, REPOSITORY, **how) as writer:
                    return await publish(writer)

            faulty = Faulty(world.github, kind, number if kind else 0)
            async with asyncio.TaskGroup() as group:
                runs = [group.create_task(one(each)) for each in (faulty, Faulty(world.github))]
            return [run.result() for run in runs]

        ended = asyncio.run(both())
        assert len(world.pulls(CHANGE.branch)) == 1, (number, ended)
        assert not list(Publishing().objections(world, world.run(publish))), (number, ended)


def test_a_base_that_goes_on_at_any_moment_is_not_overwritten(world):
    """What somebody writes meanwhile is on the default branch afterwards, and in no proposal."""
    count = count_requests(world, Publishing)
    for number in range(1, count + 1):
        world.reset()
        theirs = []

        class Moving(Faulty):
            async def handle_async_request(self, request, at=number, theirs=theirs):
                answer = await super().handle_async_request(request)
                if len(self.sent) == at:
                    (world.folder / "README.md").write_text(f"{at}\n")
                    theirs.append(committed(world.folder, "theirs"))
                return answer

        git(world.folder, "switch", "-q", "-f", "main")
        git(world.folder, "reset", "-q", "--hard")
        ended = world.run(publish, Moving(world.github))
        assert ended.state is PublishedState.OPENED
        assert git(world.folder, "rev-parse", "main") == theirs[0]
        assert set(Publishing().changed(world)) == {(f.path, blob(f)) for f in FILES}
        assert git(world.folder, "merge-tree", "--write-tree", "main", ended.head_sha)
    world.reset()
    git(world.folder, "reset", "-q", "--hard")


def test_the_judge_sees_what_is_made_twice(world):
    """Otherwise no cell would prove anything."""
    world.reset()
    first = world.run(publish)
    world.github.close(first.number)
    twin = dict(world.github.pulls[first.number]) | {"number": 99, "state": "open"}
    world.github.pulls[99] = twin
    assert "there are 2 pull requests" in list(Publishing().objections(world, first))
    del world.github.pulls[99]
    assert list(Publishing().objections(world, replace(first, state=PublishedState.DECLINED)))
    world.reset()
