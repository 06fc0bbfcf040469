"""What goes over the wire to GitHub, how often, and how much comes back."""

import asyncio
import gzip

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from reconciler.github import transport as transport_module
from reconciler.github.client import GitHubClient
from reconciler.github.reader import GitHubReader
from tests.support.github import REPOSITORY, TOKEN, problem

pytestmark = pytest.mark.anyio
COMMIT, BASE = "c" * 40, "d" * 40
API = "http://127.0.0.1"


async def test_a_fault_that_passes_is_tried_again(github, reader, waits):
    """So is a limit that says it will."""
    answers = [problem(502, "bad"), problem(429, "slow", retry_after="7")]
    github.spoil = lambda _: answers.pop(0) if answers else None
    assert (await reader.fetch_pull_request(COMMIT, BASE)).number == 7
    assert waits == [1.0, 7.0]


async def test_a_fault_that_stays_is_given_up(github, reader, waits):
    """Three tries, and no more questions from this reader's caller."""
    github.spoil = lambda _: problem(502, "bad")
    assert (await reader.fetch_pull_request(COMMIT, BASE)).code == "unreachable"
    assert (len(github.requests), waits) == (3, [1.0, 2.0])


async def test_a_wire_that_breaks_is_unreachable(waits):
    """However it breaks."""

    def broken(request):
        raise httpx.ReadTimeout("slow", request=request)

    async def sleep(seconds):
        waits.append(seconds)

    async with GitHubClient(
        API, TOKEN, transport=httpx.MockTransport(broken), sleep=sleep
    ) as client:
        found = await GitHubReader(client, REPOSITORY, "catalog").fetch_pull_request(COMMIT, BASE)
        assert found.code == "unreachable"
        assert found.detail == "GitHub could not be reached (ReadTimeout)"
        assert TOKEN not in repr(client)


async def test_a_run_asks_so_often_and_no_more(reader, github, monkeypatch):
    """What is left unasked is a claim."""
    monkeypatch.setattr(transport_module, "_MOST_CALLS", 2)
    found = await reader.fetch_pull_request(COMMIT, BASE)
    assert (found.code, len(github.requests)) == ("refused", 2)


async def test_an_answer_without_an_end_is_cut_off(reader, monkeypatch):
    """Memory is not GitHub's to fill."""
    monkeypatch.setattr(transport_module, "_MOST_BYTES", 10)
    found = await reader.fetch_pull_request(COMMIT, BASE)
    assert "larger than" in found.detail


async def test_a_compressed_answer_is_not_decompressed(reader, github):
    """Nobody asked for it, and a small one can unpack to gigabytes."""
    body = gzip.compress(gzip.compress(b" " * (1 << 24)))
    github.spoil = lambda _: Response(body, headers={"content-encoding": "gzip, gzip"})
    found = await reader.fetch_pull_request(COMMIT, BASE)
    assert "is compressed" in found.detail


async def test_an_answer_that_trickles_is_left_when_its_time_is_over(monkeypatch):
    """A byte now and then keeps every other timeout away."""
    monkeypatch.setattr(transport_module, "_LONGEST_S", 0.05)

    async def trickle(request):
        assert request.headers["accept-encoding"] == "identity"
        await asyncio.sleep(5)

    found = await GitHubReader(
        GitHubClient(API, TOKEN, transport=httpx.MockTransport(trickle)), REPOSITORY, "catalog"
    ).fetch_pull_request(COMMIT, BASE)
    assert found.detail == "an answer of GitHub took longer than 0.05 s"


async def test_nothing_is_ever_written(github):
    """The library could; this client does not."""
    async with GitHubClient(API, TOKEN, transport=httpx.ASGITransport(app=github.app)) as client:
        with pytest.raises(transport_module.GitHubStoppedError):
            await client.post(f"/repos/{REPOSITORY}/issues", data={"title": "x"})
    assert (github.requests, github.issues) == ([], [])


async def test_a_link_elsewhere_gets_no_token(github, reader):
    """The next page is asked for where the first was, or not at all."""
    link = {"link": '<http://evil.example.com/repos?per_page=100>; rel="next"'}
    github.spoil = lambda _: JSONResponse([], headers=link)
    found = await reader.fetch_pull_request(COMMIT, BASE)
    assert found.detail == "GitHub's answer links to another address"
    assert len(github.requests) == 1
