"""What goes over the wire to Jira, how often, and how much comes back."""

import asyncio
import gzip
import json

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from reconciler.jira import client as client_module
from reconciler.jira.client import Call, JiraAccess, JiraClient, JiraError
from reconciler.jira.reader import READING, JiraReader
from reconciler.jira.writer import WRITING
from reconciler.model.catalog import Route
from tests.support.jira_answers import problem
from tests.support.jira_cloud import READER, WRITER, JiraCloud, door, served

pytestmark = pytest.mark.anyio


def bulk(request):
    """Whether it is the request for issues."""
    return request.url.path.endswith("/issue/bulkfetch")


async def test_a_fault_that_passes_is_tried_again(cloud, reader, waits):
    """So is a limit, after as long as it says."""
    key = cloud.file()
    answers = [problem(503, "bad"), problem(429, "slow", retry_after="7"), problem(200, "")]
    cloud.spoil = lambda r: answers.pop(0) if bulk(r) and len(answers) > 1 else None
    assert list(await reader.fetch_issues([key])) == [key]
    assert waits == [1.0, 7.0]


@pytest.mark.parametrize(
    ("answer", "times", "slept"),
    [
        (problem(500, "bad"), 3, [1.0, 2.0]),
        (problem(429, "slow"), 3, [1.0, 2.0]),
        (problem(429, "slow", retry_after="61"), 1, []),
        (problem(503, "bad", retry_after="Sun, 29 Nov 2026 12:00:00 GMT"), 3, [1.0, 2.0]),
        (problem(401, "no"), 1, []),
    ],
)
async def test_what_stays_is_given_up(cloud, reader, waits, answer, times, slept):
    """Three tries at most, and none that waits longer than a minute."""
    cloud.spoil = lambda r: answer if bulk(r) else None
    found = await reader.fetch_issues(["AI-1"])
    assert found.code == ("refused" if answer.status_code == 401 else "unreachable")
    assert (sum("issue/bulkfetch" in r for r in cloud.requests), waits) == (times, slept)


async def test_a_wire_that_breaks_is_unreachable(connect, waits):
    """However it breaks; nothing that is secret is shown."""

    def broken(request):
        raise httpx.ReadError(f"cut {READER[1]}", request=request)

    async with connect(transport=httpx.MockTransport(broken)) as client:
        found = await JiraReader(client, door()).fetch_issues(["AI-1"])
        assert (found.code, waits) == ("unreachable", [1.0, 2.0])
        assert READER[1] not in f"{found} {client!r}"


async def test_a_wire_that_breaks_under_a_write_is_not_tried_again(connect, waits):
    """It may have arrived: what is there is looked at by the next run."""

    def broken(request):
        raise httpx.ReadError("cut", request=request)

    call = Call(method="POST", path="/rest/api/3/issue/1/comment", is_repeatable=False)
    async with connect(WRITER, WRITING, transport=httpx.MockTransport(broken)) as client:
        with pytest.raises(JiraError):
            await client.send(call)
    assert (client.calls, waits) == (1, [])


async def test_an_answer_that_is_cut_is_none(cloud, reader):
    """Not even the part that came."""
    key = cloud.file()
    cloud.spoil = lambda r: Response(b'{"issues": [') if bulk(r) else None
    assert (await reader.fetch_issues([key])).code == "malformed"


async def test_a_run_asks_so_often_and_no_more(cloud, reader, monkeypatch):
    """What is left unasked is unknown."""
    monkeypatch.setattr(client_module, "MOST_CALLS", 2)
    found = await reader.fetch_issues([cloud.file()])
    assert (found.code, len(cloud.requests)) == ("refused", 2)


async def test_an_answer_without_an_end_is_cut_off(cloud, reader, monkeypatch):
    """Memory is not Jira's to fill."""
    monkeypatch.setattr(client_module, "_MOST_BYTES", 100)
    assert "larger than" in (await reader.fetch_issues([cloud.file()])).detail


async def test_a_compressed_answer_is_not_decompressed(cloud, reader):
    """Nobody asked for it, and a small one can unpack to gigabytes."""
    body = gzip.compress(b" " * (1 << 20))
    cloud.spoil = lambda _: Response(body, headers={"content-encoding": "gzip"})
    assert "is compressed" in (await reader.fetch_issues([cloud.file()])).detail


async def test_an_answer_that_trickles_is_left_when_its_time_is_over(connect, monkeypatch):
    """A byte now and then keeps every other timeout away."""
    monkeypatch.setattr(client_module, "_LONGEST_S", 0.05)

    async def trickle(request):
        assert request.headers["accept-encoding"] == "identity"
        await asyncio.sleep(5)
        return httpx.Response(200)

    async with connect(transport=httpx.MockTransport(trickle)) as client:
        found = await JiraReader(client, door()).fetch_issues(["AI-1"])
    assert (found.code, "longer than" in found.detail) == ("unreachable", True)


async def test_a_redirect_is_not_followed(cloud, reader):
    """The token stays at its address."""
    at = {"location": "https://elsewhere.example"}
    cloud.spoil = lambda r: Response(status_code=302, headers=at) if bulk(r) else None
    found = await reader.fetch_issues([cloud.file()])
    assert (found.code, "redirect" in found.detail) == ("refused", True)
    assert cloud.requests[-1] == "POST /rest/api/3/issue/bulkfetch"


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.atlassian.net",
        "https://user:secret@acme.atlassian.net",
        "https://acme.atlassian.net?x=1",
        "ftp://127.0.0.1",
        "https://[",
        "https://acme.atlassian.net:99999",
        "https://\u0430cme.atlassian.net",
        "https://xn--0.example",
        "https://",
    ],
)
async def test_no_token_is_sent_to_such_an_address(cloud, connect, url):
    """In the clear, or to something that is no address of an API."""
    async with connect(url=url) as client:
        found = await JiraReader(client, door()).fetch_issues(["AI-1"])
    assert (found.code, cloud.requests) == ("refused", [])


@pytest.mark.parametrize(
    ("routes", "method", "path"),
    [
        (READING, "DELETE", "/rest/api/3/issue/bulkfetch"),
        (READING, "POST", "/rest/api/3/issue/10002/comment"),
        (READING, "GET", "/rest/servicedeskapi/request/../../api/3/approval"),
        (WRITING, "POST", "/rest/api/3/search/jql"),
        (WRITING, "DELETE", "/rest/api/3/issue/10002/comment/1"),
        (WRITING, "PUT", "/rest/api/3/issue/10002"),
        (WRITING, "PUT", "/rest/api/3/issue/10002/properties/other"),
        (WRITING, "PUT", "/rest/api/3/issue/10002/properties/okta-grants-reconciler\n"),
    ],
)
async def test_other_routes_are_never_sent(cloud, connect, routes, method, path):
    """Whoever reads does not write, and whoever writes does little."""
    async with connect(WRITER, routes) as client:
        with pytest.raises(JiraError) as raised:
            await client.send(Call(method=method, path=path))
    assert (raised.value.failure.code, cloud.requests) == ("refused", [])


async def test_the_account_is_shown_to_jira_alone_and_never_printed(cloud, connect):
    """In a header of each request but the one that asks which Jira it is."""
    shown = []
    cloud.spoil = lambda r: shown.append(r.headers.get("authorization"))
    async with connect() as client:
        await JiraReader(client, door()).fetch_issues(["AI-1"])
    assert shown[0] is None
    assert all(header.startswith("Basic ") for header in shown[1:])
    access = JiraAccess(base_url="https://acme.atlassian.net", email=READER[0], token=READER[1])
    assert READER[1] not in repr(access)


async def test_a_request_says_what_is_asked(connect):
    """Ids, named fields, and those by which changes are chosen: ten at most."""
    bodies = []

    def keep(request):
        bodies.append(json.loads(request.content or b"{}"))
        answers = [{"cloudId": door().cloud_id}, {"issues": []}]
        body = json.dumps(answers[len(bodies) - 1]).encode()
        return httpx.Response(200, stream=httpx.ByteStream(body))

    async with connect(transport=httpx.MockTransport(keep)) as client:
        assert await JiraReader(client, door()).fetch_issues(["AI-2", "ai-1"]) == {}
    assert bodies[1]["issueIdsOrKeys"] == ["AI-1", "AI-2"]
    assert {"status", "reporter", "creator", "summary"} < set(bodies[1]["fields"])


async def test_a_port_answers_as_well(waits):
    """Over a real wire, with the time that it takes."""
    cloud = JiraCloud()
    key = cloud.file()
    with served(cloud) as url:
        access = JiraAccess(base_url=url, email=READER[0], token=READER[1], route=Route())
        async with JiraClient(access, READING) as client:
            found = await JiraReader(client, door()).fetch_issues([key])
    assert (list(found), waits) == ([key], [])


async def test_an_unreadable_body_is_malformed(cloud, reader):
    """Not JSON, or not one that ends."""
    for body in (b"<html>", b"\xff", b"[" * 100_000, b"null"):
        cloud.spoil = lambda r, body=body: Response(body) if bulk(r) else None
        assert (await reader.fetch_issues([cloud.file()])).code == "malformed"
    cloud.spoil = lambda r: JSONResponse([]) if bulk(r) else None
    assert (await reader.fetch_issues([cloud.file()])).code == "malformed"
