"""Whatever an org's limits and its other applications do, nobody is starved and all of it ends."""

import asyncio
from itertools import pairwise
from random import Random

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cli.session.connection import add_pacing
from reconciler.model.errors import ConnectorError
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions
from tests.support.metered_org import WINDOW_S, MeteredOrg
from tests.support.virtual_time import passed, run_virtually, virtual_clock

pytestmark = pytest.mark.slow

FEW = settings(max_examples=20)
BASE = "https://acme.okta.com"
LIMITS = st.lists(st.integers(1, 60), min_size=1, max_size=4).map(tuple)
SHARES = st.integers(1, 100)
REQUESTS = st.integers(1, 80)
LATENCIES = st.sampled_from([0.0, 0.05, 0.9, 7.0])
SEEDS = st.integers(0, 2**32)
NUMBERS = st.one_of(
    st.integers(0, 10**12).map(str), st.sampled_from(["", "-1", "x", "5, 5", "1e3"])
)
DAMAGE = st.dictionaries(
    st.sampled_from(["date", *(f"x-rate-limit-{n}" for n in ("limit", "remaining", "reset"))]),
    NUMBERS,
)


def ours(limit, share):
    """Requests of a window that are this run's."""
    return max(1, limit * share // 100)


def asked(org, requests, share, seed=0, concurrency=8):
    """Seconds until every request was answered, or refused to the end; how each ended."""
    chance = Random(seed)  # noqa: S311 - chance that can be repeated
    options = SenderOptions(clock=virtual_clock, jitter=chance.random, concurrency=concurrency)
    ends = []

    async def ask(sender, number):
        try:
            await sender.get(sender.url(f"/api/v1/groups/{number}/users"))
        except ConnectorError as error:
            ends.append(error.code)
        else:
            ends.append("")

    async def work():
        origin = OrgUrl.parse(BASE, pinned_host=None)
        signer = SswsAuth("00" + "t" * 40)
        async with (
            Sender(origin, signer, add_pacing(options, share), transport=org) as sender,
            asyncio.TaskGroup() as tasks,
        ):
            for number in range(requests):
                tasks.create_task(ask(sender, number))
        return passed()

    return run_virtually(work()), ends


def slow(longest, seed):
    """Answers that overtake each other."""
    chance = Random(seed)  # noqa: S311 - chance that can be repeated
    return lambda _: chance.random() * longest


@FEW
@given(LIMITS, SHARES, REQUESTS, LATENCIES, SEEDS, st.sampled_from([-3600.0, 0.0, 3600.0]))
def test_alone_the_share_is_used_and_never_more(limits, share, requests, latency, seed, skew_s):
    """No 429, and no window gives more than the share; whatever the clocks say."""
    org = MeteredOrg(limits=limits, latency=slow(latency, seed), skew_s=skew_s)
    seconds, ends = asked(org, requests, share, seed)
    assert ends == [""] * requests
    assert org.refusals == 0
    assert all(window.ours <= ours(window.limit, share) for window in org.windows)
    least = min(ours(limit, share) for limit in limits)
    assert seconds <= (WINDOW_S + 4 + latency) * (requests / least + 1) + latency * requests


@FEW
@given(LIMITS, SHARES, REQUESTS, SEEDS)
def test_alone_every_window_but_the_last_is_used_up(limits, share, requests, seed):
    """Waiting longer than the limits ask for helps nobody."""
    org = MeteredOrg(limits=limits)
    asked(org, requests, share, seed)
    *full, _last = org.windows
    assert all(window.ours == ours(window.limit, share) for window in full)
    openings = [window.opened_at for window in org.windows]
    assert all(b - a <= WINDOW_S + 3 for a, b in pairwise(openings))


@FEW
@given(st.integers(1, 60), SHARES, st.integers(1, 40), LATENCIES, SEEDS, st.data())
def test_what_is_kept_for_others_is_theirs(limit, share, requests, latency, seed, data):
    """Once they use the bucket, one request a window is all that may come out of their part.

    That one asks how much is left; beside it there are those on the wire while others came.
    """
    rate = data.draw(st.floats(0, 2 * limit / WINDOW_S))
    at_once = data.draw(st.integers(0, limit))
    org = MeteredOrg(
        limits=(limit,),
        others_at=lambda s: at_once + int(rate * s),
        latency=slow(latency, seed),
    )
    asked(org, requests, share, seed)
    kept = limit - ours(limit, share)
    for window in org.windows:
        taken_by_us = min(window.ours, kept - window.lowest)
        assert taken_by_us <= max(1, int(rate * latency) + 8 * (latency > 0) + 1)


@FEW
@given(st.integers(1, 30), SHARES, st.integers(1, 12), SEEDS)
def test_others_who_use_everything_only_cost_time(limit, share, requests, seed):
    """One request a window leaves, so the last of them has its answer too."""
    org = MeteredOrg(limits=(limit,), others_at=lambda s: limit - 1 if s < 1 else limit)
    seconds, ends = asked(org, requests, share, seed)
    assert ends == [""] * requests
    assert seconds <= (WINDOW_S + 4) * (requests + 1) * 2


@FEW
@given(st.lists(st.tuples(st.integers(0, 5), DAMAGE), max_size=60), SHARES, REQUESTS, SEEDS)
def test_damaged_headers_neither_stop_nor_crash_a_run(damages, share, requests, seed):
    """Missing, negative, far in the future or the past: every request ends, and in bounded time."""
    spoilt = {number * step: damage for number, (step, damage) in enumerate(damages)}

    def spoil(number, response):
        return httpx.Response(
            response.status_code,
            headers={k: v for k, v in {**response.headers, **spoilt.get(number, {})}.items() if v},
        )

    org = MeteredOrg(limits=(40,), spoil=spoil)
    seconds, ends = asked(org, requests, share, seed)
    assert set(ends) <= {"", "rate-limited"}
    assert len(ends) == requests
    assert seconds <= 95 * (2 * requests + 1)


@FEW
@given(SHARES, SEEDS, st.integers(1, 200))
def test_a_storm_of_refusals_ends_within_minutes_for_everybody(share, seed, requests):
    """Five refusals in a row, and those that wait are told; not five for each of them."""
    org = MeteredOrg(limits=(10,), others_at=lambda _: 10)
    seconds, ends = asked(org, requests, share, seed)
    assert set(ends) == {"rate-limited"}
    assert seconds <= 5 * (WINDOW_S + 4)
    assert len(org.sent_at) <= 5 * 8


@FEW
@given(SHARES, SEEDS, st.integers(1, 200))
def test_an_org_without_a_free_place_is_given_up_within_a_minute(share, seed, requests):
    """Okta then says a limit of zero; each request is sent five times, the first eight of them."""
    org = MeteredOrg(limits=(0,))
    seconds, ends = asked(org, requests, share, seed)
    assert set(ends) == {"rate-limited"}
    assert seconds <= 60
    assert len(org.sent_at) <= 5 * 8 + 8
