"""Every request passes the wire: judged first, then paced, then counted."""

import asyncio

import httpx
import pytest

from reconciler.model.errors import GuardRefused
from reconciler.okta.observers import NoPacer, NoProgress
from reconciler.okta.requests.transport import PacedTransport
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.okta.responses.transport_errors import failure_of_sending

pytestmark = pytest.mark.anyio
BASE = "https://acme.okta.com"


def wire(answer, writes=None, pace=None):
    """A wire to a function."""
    inner = httpx.MockTransport(answer)
    return PacedTransport(
        inner, base=BASE, writes=writes, pace=pace or NoPacer(), progress=NoProgress()
    )


async def test_no_client_can_go_round_the_allow_list():
    """A bare httpx client on this wire is refused as well."""
    sent = []
    line = wire(
        lambda request: sent.append(request) or httpx.Response(204), WriteAllowlist(["00g1"])
    )
    async with httpx.AsyncClient(transport=line, base_url=BASE) as client:
        await client.put("/api/v1/groups/00g1/users/00u1")
        for method, path in (
            ("PUT", "/api/v1/groups/00g2/users/00u1"),
            ("DELETE", "/api/v1/groups/00g1"),
            ("POST", "/api/v1/users/00u1/lifecycle/deactivate"),
            ("PUT", "/api/v1/groups/00g1/users/../../00g2/users/00u1"),
        ):
            with pytest.raises(GuardRefused):
                await client.request(method, path)
    assert (len(sent), line.calls) == (1, 1)


async def test_a_redirect_that_is_followed_after_all_ends_at_the_wire():
    """Even a client that follows them takes no token elsewhere."""
    moved = httpx.Response(302, headers={"location": "https://evil.io/"})
    async with httpx.AsyncClient(
        transport=wire(lambda _: moved), base_url=BASE, follow_redirects=True
    ) as client:
        with pytest.raises(GuardRefused):
            await client.get("/api/v1/groups")


async def test_the_pace_sees_every_request_before_and_after():
    """What is refused is not paced."""
    seen = []

    class Pace:
        """Writes down."""

        async def before(self, request):
            seen.append(("before", request.method))

        async def after(self, request, response):
            seen.append(("after", request.method, response.status_code))

    line = wire(lambda _: httpx.Response(200), pace=Pace())
    async with httpx.AsyncClient(transport=line, base_url=BASE) as client:
        await client.get("/x")
        with pytest.raises(GuardRefused):
            await client.delete("/x")
    assert seen == [("before", "GET"), ("after", "GET", 200)]


async def test_the_pace_hears_of_a_request_that_got_no_answer():
    """Its place on the wire is free again."""
    seen = []

    class Pace(NoPacer):
        """Writes down."""

        async def after(self, request, _response):
            seen.append(("after", request.method))

        def note_loss(self, request):
            seen.append(("lost", request.method))

    def cut(request):
        raise httpx.ReadError("cut", request=request)

    async with httpx.AsyncClient(transport=wire(cut, pace=Pace()), base_url=BASE) as client:
        with pytest.raises(httpx.ReadError):
            await client.get("/x")
    assert seen == [("lost", "GET")]


async def test_an_answer_that_never_begins_is_left_when_its_time_is_over():
    """A header now and then keeps every other timeout away; the pace still hears of it."""
    note_loss = []

    class Pace(NoPacer):
        """Writes down."""

        def note_loss(self, request):
            note_loss.append(request.method)

    async def never(_):
        await asyncio.sleep(60)

    line = PacedTransport(
        httpx.MockTransport(never),
        base=BASE,
        writes=None,
        pace=Pace(),
        progress=NoProgress(),
        longest_s=0.05,
    )
    async with httpx.AsyncClient(transport=line, base_url=BASE) as client:
        with pytest.raises(httpx.ReadTimeout) as caught:
            await client.get("/api/v1/groups")
    failure = failure_of_sending(caught.value.request, caught.value)
    assert failure.error.code == "answer-lost"
    assert "no answer began within 0.05 s" in failure.error.message
    assert note_loss == ["GET"]
