"""What writes goes to one repository, by its own routes alone."""

import httpx
import pytest
from gidgethub import RedirectionException
from starlette.responses import JSONResponse

from reconciler.github.issues import comment_once
from reconciler.github.transport import GitHubStoppedError
from reconciler.github.writer import GitHubWriter
from reconciler.model.directory import ReadFailure
from tests.support.github import REPOSITORY, problem

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/repos/acme/access/issues"),
        ("POST", "/repos/acme/access/pulls/7/reviews"),
        ("POST", "/repos/acme/access/check-runs"),
        ("POST", "/repos/acme/access/git/refs/"),
        ("POST", "/repos/acme/other/git/refs"),
        ("POST", "/repos/acme/access/../other/git/refs"),
        ("POST", "/repositories/1/git/refs"),
        ("POST", "/app/installations/100/suspended"),
        ("PATCH", "/repos/acme/access/git/refs/heads/main"),
        ("PATCH", "/repos/acme/access/git/refs/heads/reconciler/../main"),
        ("PATCH", "/repos/acme/access/pulls/7"),
        ("PUT", "/repos/acme/access/contents/x"),
        ("PUT", "/repos/acme/access/branches/main/protection"),
        ("DELETE", "/repos/acme/access/git/refs/heads/reconciler/x"),
        ("POST", "/graphql"),
    ],
)
async def test_no_other_route_is_written_to(writer, github, method, path):
    """Not a review, not a protected branch, not a neighbour."""
    with pytest.raises(GitHubStoppedError, match="by such a route"):
        await writer._make_request(method, path, {}, {"a": 1}, "application/json")  # noqa: SLF001
    assert github.requests == []


@pytest.mark.parametrize("path", ["/repos/acme/access/actions/secrets", "/orgs/acme/members"])
async def test_nor_is_anything_else_read(writer, github, path):
    """The credential may be able to; nobody needs it."""
    with pytest.raises(GitHubStoppedError):
        await writer.getitem(path)
    assert github.requests == []


async def test_a_write_whose_answer_was_lost_is_not_sent_again(writer, github, waits):
    """It may be done already; a limit, though, says that it is not."""
    github.issue(1000, "jane", "t", "b")
    answers = [problem(429, "slow", retry_after="7"), problem(502, "bad")]
    github.spoil = lambda r: answers.pop(0) if r.method == "PATCH" else None
    with pytest.raises(Exception, match="bad"):
        await writer.write("PATCH", "/issues/1000", dict, state="closed")
    assert (waits, answers) == ([7.0], [])


async def test_a_read_is_tried_again(writer, github, waits):
    """As by the client that reads alone."""
    github.issue(1000, "jane", "t", "b")
    answers = [problem(502, "bad")]
    github.spoil = lambda _: answers.pop(0) if answers else None
    assert (await writer.read("/issues/1000", dict))["title"] == "t"
    assert waits == [1.0]


async def test_a_further_page_is_read_by_the_repositorys_id(writing):
    """So GitHub links to it."""
    sent = []

    def answer(request):
        sent.append(request.url.path)
        link = '<http://127.0.0.1/repositories/5/pulls?page=2&per_page=1>; rel="next"'
        more = {"link": link} if len(sent) == 1 else {}
        headers = {"content-type": "application/json", **more}
        body = httpx.ByteStream(f'[{{"n": {len(sent)}}}]'.encode())
        return httpx.Response(200, stream=body, headers=headers)

    async with writing(transport=httpx.MockTransport(answer)) as writer:
        found = await writer.read_list("/pulls{?per_page}", dict, per_page="1")
    assert (found, sent[1]) == ([{"n": 1}, {"n": 2}], "/repositories/5/pulls")


@pytest.mark.parametrize(
    "headers",
    [
        {"link": '<http://127.0.0.1:x/repos/acme/access/issues/9/comments>; rel="next"'},
        {"link": '<https://[x>; rel="next"'},
        {"x_ratelimit_limit": "5", "x_ratelimit_remaining": "0", "x_ratelimit_reset": "1e999"},
    ],
)
async def test_headers_that_mean_nothing_are_no_answer(writer, github, headers):
    """A proxy may write anything; it ends as every other answer that cannot be read."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    github.spoil = lambda _: JSONResponse([], headers=named)
    found = await comment_once(writer, 9, "form", "x")
    assert isinstance(found, ReadFailure)


async def test_a_redirect_is_not_followed(writer, github):
    """A repository that moved is another address."""
    github.spoil = lambda _: problem(301, "Moved", location="/repositories/5")
    with pytest.raises(RedirectionException):
        await writer.read("", dict)
    assert github.requests == ["/repos/acme/access"]


def test_a_repository_has_an_owner_and_a_name():
    """Anything else would be another part of the address."""
    for name in ("access", "a/b/c", "a/../b", "a/b?x"):
        with pytest.raises(ValueError, match="owner/name"):
            GitHubWriter("http://127.0.0.1", None, name)
    assert repr(GitHubWriter("http://127.0.0.1", None, REPOSITORY)).endswith("'acme/access')")
