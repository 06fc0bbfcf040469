"""How many requests the org answers at once."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from reconciler.sandbox import Fault, Sandbox
from reconciler.sandbox.limits.concurrency import InFlight, places_for
from reconciler.sandbox.world.options import Options


def test_a_place_is_free_again_when_its_request_is_answered():
    """Also when it failed."""
    in_flight = InFlight()
    with in_flight.place(1) as first, in_flight.place(1) as second:
        assert (first, second) == (True, False)
    with pytest.raises(OSError, match="cut"), in_flight.place(1):
        raise OSError("cut")
    with in_flight.place(1) as again, in_flight.place(None) as endless:
        assert (again, endless) == (True, True)


def statuses(org, count):
    """The answers to so many requests at once, each taking a moment."""
    org.faults.add(Fault(kind="delay", seconds=0.01, times=0))

    async def ask():
        headers = {"Authorization": f"SSWS {org.token()}"}
        client = httpx.AsyncClient(
            transport=org.transport(), base_url="https://acme.okta.com", headers=headers
        )
        async with client, asyncio.TaskGroup() as group:
            tasks = [group.create_task(client.get("/api/v1/org")) for _ in range(count)]
        return [task.result() for task in tasks]

    return asyncio.run(ask())


def test_a_request_without_a_place_is_told_so(world):
    """429 with both numbers 0; the others are answered, and the next one too."""
    with Sandbox.open(None, world=replace(world, options=Options(concurrency=3))) as org:
        answers = statuses(org, 5)
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 429, 429]
        turned = next(answer for answer in answers if answer.status_code == 429)
        assert turned.json()["errorCode"] == "E0000047"
        assert turned.headers["x-rate-limit-limit"] == "0"
        assert turned.headers["x-rate-limit-remaining"] == "0"
        assert int(turned.headers["x-rate-limit-reset"]) > world.now.timestamp()
        assert [answer.status_code for answer in statuses(org, 3)] == [200] * 3


@pytest.mark.parametrize(("rate_limit", "refused"), [("okta", 2), ("off", 0), (500, 0)])
def test_oktas_number_holds_only_with_oktas_limits(world, rate_limit, refused):
    """A benchmark measures the client."""
    with Sandbox.open(None, world=world, rate_limit=rate_limit) as org:
        answers = [
            answer.status_code
            for answer in statuses(org, places_for("/api/v1/users", None, "okta") + 2)
        ]
        assert answers.count(429) == refused


def test_a_request_without_a_place_uses_nothing_up(world):
    """Neither a rate limit nor a fault that waits."""
    with Sandbox.open(
        None, world=replace(world, options=Options(concurrency=1)), rate_limit=10
    ) as org:
        answers = statuses(org, 4)
        left = [answer.headers["x-rate-limit-remaining"] for answer in answers]
        assert sorted(left) == ["0", "0", "0", "9"]
