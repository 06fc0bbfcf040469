"""Who waits, for how long, and who is told of it: on a clock that only waiting moves."""

import asyncio
from itertools import pairwise

import httpx
import pytest

from reconciler.cli.session.connection import add_pacing
from reconciler.model.errors import ConnectorError, EndingError
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.observers import NoPacer
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.rate_limits.pacer import SharedPacer
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from tests.support.metered_org import WINDOW_S, MeteredOrg
from tests.support.virtual_time import passed, run_virtually, virtual_clock

GROUP = "/api/v1/groups/00g1/users"


class Listener:
    """Writes down the waits it is told of."""

    def __init__(self):
        self.waits = []

    def request_sent(self, method, path):
        """Not of interest."""

    def page_read(self, path, items):
        """Not of interest."""

    def waiting(self, seconds, bucket):
        """Written down."""
        self.waits.append((passed(), seconds, bucket))


def sent(org, work, **conduct):
    """What came of the work with a paced sender."""
    share = conduct.pop("share", 50)

    async def run():
        found = add_pacing(
            SenderOptions(**{"clock": virtual_clock, "jitter": lambda: 0.5, **conduct}), share
        )
        origin = OrgUrl.parse("https://acme.okta.com", pinned_host=None)
        signer, writes = SswsAuth("00" + "t" * 40), WriteAllowlist(groups=["00g1"])
        async with Sender(origin, signer, found, writes=writes, transport=org) as sender:
            return await work(sender)

    return run_virtually(run())


def times(number, path=GROUP):
    """Work: so many reads at once."""

    async def work(sender):
        async with asyncio.TaskGroup() as tasks:
            for _ in range(number):
                tasks.create_task(sender.get(sender.url(path)))

    return work


def test_a_conduct_is_paced_by_its_own_time_and_chance():
    """And nothing else of it changes."""
    plain = SenderOptions(clock=virtual_clock, concurrency=3)
    found = add_pacing(plain, 50)
    assert isinstance(found.pace, SharedPacer)
    assert isinstance(plain.pace, NoPacer)
    assert (found.clock, found.concurrency, found.sleep) == (virtual_clock, 3, asyncio.sleep)


def test_one_asks_what_is_left_before_the_others_go():
    """Eight at once into a bucket that somebody has emptied would be eight refusals."""
    org = MeteredOrg(latency=lambda _: 1.0)
    sent(org, times(8))
    assert org.sent_at == [0.0] + [1.0] * 7


def test_a_window_that_is_used_up_is_waited_for_and_said_to_be():
    """Once for the bucket, however many wait."""
    org, listener = MeteredOrg(limits=(20,)), Listener()
    sent(org, times(25), progress=listener)
    assert [window.ours for window in org.windows] == [10, 10, 5]
    assert [bucket for _, _, bucket in listener.waits] == ["/api/v1/groups"] * 2
    assert all(WINDOW_S <= seconds <= WINDOW_S + 2.5 for _, seconds, _ in listener.waits)


def test_first_come_first_served():
    """Nobody is overtaken, so nobody waits for ever."""
    org, order = MeteredOrg(limits=(4,)), []

    async def work(sender):
        async def ask(number):
            await sender.get(sender.url(f"/api/v1/groups/{number}/users"))
            order.append(number)

        async with asyncio.TaskGroup() as tasks:
            for number in range(12):
                tasks.create_task(ask(number))

    sent(org, work)
    assert order == sorted(order)


def test_buckets_do_not_wait_for_each_other():
    """People are looked up while the group lists are awaited."""

    class TwoBuckets(httpx.AsyncBaseTransport):
        """Groups and people, counted apart."""

        groups, people = MeteredOrg(limits=(2,)), MeteredOrg()

        async def handle_async_request(self, request):
            which = self.groups if "groups" in request.url.path else self.people
            return await which.handle_async_request(request)

    async def work(sender):
        async with asyncio.TaskGroup() as tasks:
            for path in (GROUP, GROUP, "/api/v1/users"):
                tasks.create_task(sender.get(sender.url(path)))

    org = TwoBuckets()
    sent(org, work)
    assert org.people.sent_at == [0.0]
    assert org.groups.sent_at[1] >= WINDOW_S


def test_a_refusal_stops_everybody_in_its_bucket():
    """Others emptied it: one request tries after the reset, then the rest follow."""
    org = MeteredOrg()
    org.others_at = lambda s: 100 if len(org.windows) == 1 and s >= 1 else 0
    org.latency = lambda number: 2.0 if number == 1 else 0.0

    async def work(sender):
        await sender.get(sender.url(GROUP))
        slow = asyncio.create_task(sender.get(sender.url(GROUP)))
        await asyncio.sleep(3)
        await asyncio.gather(*(sender.get(sender.url(GROUP)) for _ in range(3)), slow)  # noqa: TID251 - a test, and the outcome of each is asked

    sent(org, work)
    assert org.refusals == 1
    assert all(at >= WINDOW_S for at in org.sent_at[2:])


def test_too_many_at_once_halves_what_is_on_the_wire():
    """Eight were too many; from then on never more than four."""
    running, most = 0, []

    async def answer(_request):
        nonlocal running
        running += 1
        most.append(running)
        await asyncio.sleep(1)
        is_crowded = running > 5
        running -= 1
        figures = dict.fromkeys(("x-rate-limit-limit", "x-rate-limit-remaining"), "0")
        return (
            httpx.Response(429, headers={**figures, "x-rate-limit-reset": "1"})
            if is_crowded
            else httpx.Response(200)
        )

    sent(httpx.MockTransport(answer), times(40))
    crowded = most.index(8)
    assert max(most[crowded + 1 :]) <= 5


def test_a_line_that_breaks_gives_its_place_back():
    """Else a run would stop for ever after eight of them."""
    org = MeteredOrg()
    answered = org.handle_async_request

    async def broken(request):
        if len(org.sent_at) < 20 and len(org.sent_at) % 2:
            org.sent_at.append(passed())
            raise httpx.ReadError("cut", request=request)
        return await answered(request)

    org.handle_async_request = broken
    sent(org, times(30), concurrency=2)
    assert sum(window.ours for window in org.windows) >= 30


def test_waiting_for_a_budget_is_no_retry():
    """Ten windows are longer than any retry may wait."""
    org = MeteredOrg(limits=(2,))
    sent(org, times(10))
    openings = [window.opened_at for window in org.windows]
    assert len(openings) == 10
    assert all(WINDOW_S <= b - a <= WINDOW_S + 3 for a, b in pairwise(openings))
    assert org.refusals == 0


def test_a_storm_ends_with_its_name():
    """And says what to do."""
    org = MeteredOrg(limits=(10,), others_at=lambda _: 10)
    with pytest.raises(ExceptionGroup) as caught:
        sent(org, times(20))
    assert all(isinstance(each, ConnectorError) for each in caught.value.exceptions)
    assert {each.code for each in caught.value.exceptions} == {"rate-limited"}
    assert all(each.status == 429 and each.hint for each in caught.value.exceptions)


async def _ending(_seconds):
    raise EndingError("run-ending", "no time")


def test_a_run_that_is_to_end_does_not_wait_for_a_budget():
    """The request was never sent."""
    org = MeteredOrg(limits=(2,))

    async def work(sender):
        await sender.get(sender.url(GROUP))
        with pytest.raises(EndingError):
            await sender.write("PUT", "/api/v1/groups/00g1/users/00u1")

    sent(org, work, sleep=_ending)
    assert len(org.sent_at) == 1
