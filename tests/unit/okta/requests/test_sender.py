"""One place sends: bounded, patient where that is harmless, and within the allow-list."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from reconciler.model.accounts import LifecycleCall
from reconciler.model.errors import ConnectorError, EndingError, GuardRefused
from reconciler.okta.requests.account_calls import account_call
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from tests.support.virtual_time import passed, run_virtually

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
MEMBER = "/api/v1/groups/00g1/users/00u1"


def script(*answers):
    """Answers in order, the last one again and again; an exception is raised."""
    left = list(answers)

    def answer(_request):
        current = left[0] if len(left) == 1 else left.pop(0)
        if isinstance(current, Exception):
            raise current
        return current() if callable(current) else current

    return answer


def ok():
    """A fresh success."""
    return httpx.Response(200, json=[])


def limited(limit="600"):
    """A 429 as recorded: no Retry-After, the reset 20 s ahead of Okta's clock."""
    return httpx.Response(
        429,
        headers={
            "x-rate-limit-limit": limit,
            "x-rate-limit-remaining": "0",
            "x-rate-limit-reset": str(int((NOW + timedelta(seconds=3620)).timestamp())),
            "date": format_datetime(NOW + timedelta(seconds=3600), usegmt=True),
            "x-okta-request-id": "first",
        },
        json={"errorCode": "E0000047", "errorSummary": "too many", "errorId": "oae1"},
    )


async def test_a_limited_request_waits_for_oktas_reset_and_says_so(org):
    """Whatever our clock says; the retry names the first attempt."""
    sender = org.sender(script(limited(), ok))
    answer = await sender.get(sender.url("/api/v1/groups"))
    assert (answer.status, org.slept, org.waited_for) == (200, [21.5], ["/api/v1/groups"])
    first, second = org.requests
    assert "x-okta-retry-count" not in first.headers
    assert second.headers["x-okta-retry-for"] == "first"
    assert second.headers["x-okta-retry-count"] == "1"
    assert sender.reads.calls == 2


async def test_too_many_at_once_backs_off(org):
    """The concurrency 429 says zero of zero."""
    sender = org.sender(script(limited("0"), limited("0"), ok))
    await sender.get(sender.url("/api/v1/groups"))
    assert org.slept == [1.5, 2.5]


@pytest.mark.parametrize("trouble", [500, 502, 503, 504])
async def test_trouble_that_lasts_is_given_up(org, trouble):
    """After five attempts, with the last refusal."""
    sender = org.sender(script(lambda: httpx.Response(trouble, html="<html>SSWS x</html>")))
    with pytest.raises(ConnectorError) as caught:
        await sender.get(sender.url("/api/v1/groups"))
    assert (caught.value.code, len(org.requests)) == ("okta-unavailable", 5)
    assert sum(org.slept) < 120


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), "org-unreachable"),
        (httpx.ConnectTimeout(""), "org-connection-timeout"),
        (httpx.ReadTimeout("x"), "answer-lost"),
        (httpx.RemoteProtocolError("Server disconnected"), "answer-lost"),
    ],
)
async def test_a_lost_read_is_asked_again_and_then_given_up(org, fault, code):
    """An unreachable org and a lost answer are told apart."""
    sender = org.sender(script(fault, ok))
    assert (await sender.get(sender.url("/x"))).status == 200
    sender = org.sender(script(fault))
    with pytest.raises(ConnectorError) as caught:
        await sender.get(sender.url("/x"))
    assert caught.value.code == code
    assert not sender.has_answered


@pytest.mark.parametrize("trouble", [httpx.ReadTimeout("x"), httpx.Response(500)])
async def test_a_creation_that_may_have_arrived_is_not_sent_again(org, trouble):
    """Two groups of one name would be made."""
    sender = org.sender(script(trouble), writes=WriteAllowlist(names=["N"]))
    with pytest.raises(ConnectorError):
        await sender.write("POST", "/api/v1/groups", {"profile": {"name": "N"}})
    assert len(org.requests) == 1


async def test_a_creation_that_was_turned_away_is_sent_again(org):
    """A 429 was not read."""
    sender = org.sender(script(limited(), ok), writes=WriteAllowlist(names=["N"]))
    await sender.write("POST", "/api/v1/groups", {"profile": {"name": "N"}})
    assert len(org.requests) == 2


async def test_what_answers_a_change_of_an_account_is_read_off_and_not_kept(org):
    """It may hold a link; how long it was tells a page of another server."""
    body = b'{"resetPasswordUrl":"https://acme.okta.com/reset/x"}'
    reset = (LifecycleCall.RESET_PASSWORD, "00u1")
    packed = httpx.Response(200, content=gzip.compress(body), headers={"content-encoding": "gzip"})
    for came in (httpx.Response(200, content=body), packed):
        sender = org.sender(script(came), writes=WriteAllowlist(accounts=[reset]))
        answer = await sender.change_account(account_call(*reset))
        assert (answer.body, answer.unkept > 0) == (b"", True)


async def test_a_write_outside_the_allow_list_never_leaves(org):
    """Refused before anything is sent."""
    writer = org.sender(script(ok), writes=WriteAllowlist(["00g2"]))
    reader = org.sender(script(ok))
    for sender in (writer, reader):
        with pytest.raises(GuardRefused):
            await sender.write("PUT", MEMBER)
        with pytest.raises(GuardRefused):
            await sender.get(httpx.URL("https://evil.io/api/v1/groups"))
    assert org.requests == []


async def test_a_membership_write_has_no_body_and_says_so(org):
    """Okta asks for a Content-Length, be it 0 (411)."""
    sender = org.sender(script(httpx.Response(204)), writes=WriteAllowlist(["00g1"]))
    await sender.write("PUT", MEMBER)
    assert org.requests[0].headers["content-length"] == "0"
    assert org.requests[0].headers["authorization"].startswith("SSWS 00")


@pytest.mark.parametrize("lead", [0, 150, 165, 175, 190])
async def test_a_credential_is_masked_before_the_words_around_it_are_cut(org, lead):
    """Of a secret that is cut in half no pattern knows the rest."""

    def echo(request):
        summary = "x" * lead + " " + request.headers["authorization"].removeprefix("SSWS ")
        return httpx.Response(403, json={"errorCode": "E0000006", "errorSummary": summary})

    sender = org.sender(echo)
    with pytest.raises(ConnectorError) as caught:
        await sender.get(sender.url("/x"))
    assert "00t" not in caught.value.message
    assert "***" in caught.value.message


async def test_no_cookie_is_ever_sent_back(org):
    """A sticky session outlives its credential."""
    cookie = {"set-cookie": "sid=1; Path=/; Domain=acme.okta.com"}
    sender = org.sender(lambda _: httpx.Response(200, json=[], headers=cookie))
    for _ in range(2):
        await sender.get(sender.url("/x"))
    assert all("cookie" not in request.headers for request in org.requests)


async def test_a_redirect_is_not_followed(org):
    """It would carry the token with it."""
    moved = httpx.Response(302, headers={"location": "https://evil.io/"})
    sender = org.sender(script(moved))
    with pytest.raises(ConnectorError) as caught:
        await sender.get(sender.url("/x"))
    assert (caught.value.code, len(org.requests)) == ("answer-redirected", 1)


async def test_no_more_requests_run_at_once_than_allowed(org):
    """Okta limits how many run at once, over the whole org."""
    running, most = 0, 0

    class Pace:
        """Counts what is on the wire."""

        async def before(self, _request):
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)

        async def after(self, _request, _response):
            nonlocal running
            running -= 1

    sender = org.sender(script(ok), conduct={"concurrency": 3, "pace": Pace()})
    async with asyncio.TaskGroup() as tasks:
        for _ in range(20):
            tasks.create_task(sender.get(sender.url("/x")))
    assert (most, sender.reads.calls, len(org.sent)) == (3, 20, 20)


async def no_time(_seconds):
    """The run is to end."""
    raise EndingError("run-ending", "no time")


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (limited(), "run-ending"),
        (httpx.Response(503), "okta-unavailable"),
        (httpx.ReadError("cut"), "answer-lost"),
    ],
    ids=["429", "503", "cut"],
)
async def test_a_run_that_is_to_end_repeats_nothing_and_says_what_it_knows(org, trouble, code):
    """Only a 429 was never taken up; what may have happened is not called *not run*."""
    org.wait = no_time
    sender = org.sender(script(trouble, ok), writes=WriteAllowlist(["00g1"]))
    with pytest.raises(ConnectorError) as caught:
        await sender.write("PUT", MEMBER)
    assert (caught.value.code, len(org.requests)) == (code, 1)
    assert isinstance(caught.value, EndingError) is (code == "run-ending")


async def test_a_retry_that_finds_no_budget_in_time_says_what_the_first_try_met(org):
    """The answer was lost, and then the run was to end while the retry waited for its turn."""

    class Pace:
        """Lets one request go."""

        left = 1

        async def before(self, _request):
            if not self.left:
                await no_time(0)
            self.left -= 1

        async def after(self, request, response):
            """Nothing is learnt."""

        def note_loss(self, request):
            """Nothing is learnt."""

    conduct = {"pace": Pace()}
    sender = org.sender(
        script(httpx.ReadError("cut")), writes=WriteAllowlist(["00g1"]), conduct=conduct
    )
    with pytest.raises(ConnectorError) as caught:
        await sender.write("PUT", MEMBER)
    assert caught.value.code == "answer-lost"


class Trickle(httpx.AsyncByteStream):
    """A byte every ten seconds, for ever."""

    async def __aiter__(self):
        while True:
            await asyncio.sleep(10)
            yield b" "


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("left_s", [25.0, 0.0])
def test_no_answer_is_waited_for_beyond_the_time_of_the_run(org, method, left_s):
    """However it trickles; what a write came to is unknown, and said so."""

    async def is_over(_seconds):
        raise EndingError("run-ending", "over", "")

    async def work():
        org.wait = is_over
        sender = org.sender(
            lambda _: httpx.Response(200, stream=Trickle()),
            conduct={"left_s": lambda: left_s},
            writes=WriteAllowlist(groups=["00g1"], names=[]),
        )
        asked = sender.get(sender.url("/x")) if method == "GET" else sender.write("PUT", MEMBER)
        with pytest.raises(ConnectorError) as caught:
            await asked
        return passed(), caught.value

    seconds, error = run_virtually(work())
    assert (seconds, error.code, error.request_id) == (left_s, "answer-lost", "")
    assert "before the time of this run was over" in error.message


def test_an_answer_in_time_is_an_answer(org):
    """The bound alone changes nothing."""

    async def work():
        sender = org.sender(script(ok), conduct={"left_s": lambda: 5.0})
        return (await sender.get(sender.url("/x"))).status

    assert run_virtually(work()) == 200


async def test_an_answer_that_only_says_retry_after_is_waited_for(org):
    """A 429 of a gateway, and a 503 of Okta at work on itself."""
    for status in (429, 503):
        org.slept.clear()
        busy = httpx.Response(status, headers={"retry-after": "40"}, json={})
        sender = org.sender(script(busy, ok))
        assert (await sender.get(sender.url("/api/v1/groups"))).status == 200
        assert org.slept == [40.5]


async def test_a_limit_whose_reset_has_passed_is_outlasted(org):
    """Five tries within seconds would fail; the waits reach past a whole window."""
    passed = httpx.Response(
        429,
        headers={
            "x-rate-limit-limit": "600",
            "x-rate-limit-remaining": "0",
            "x-rate-limit-reset": str(int((NOW - timedelta(hours=1)).timestamp())),
        },
        json={},
    )
    sender = org.sender(script(passed, passed, passed, passed, ok))
    assert (await sender.get(sender.url("/api/v1/groups"))).status == 200
    assert sum(org.slept) > 60
