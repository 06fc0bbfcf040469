"""A body is read to its announced end, or it is not taken."""

import asyncio
import gzip
import tracemalloc
import zlib

import httpx
import pytest

from reconciler.model.errors import IncompleteReadError
from reconciler.okta.responses.body import BODY_BUDGET, BodyBudget, read_whole

pytestmark = pytest.mark.anyio


async def test_a_body_shorter_than_announced_is_asked_again_and_never_taken(org):
    """In process nothing else would notice."""

    def short():
        return httpx.Response(200, headers={"content-length": "99"}, content=b"[]")

    answers = iter([short(), httpx.Response(200, content=b"[]")])
    sender = org.sender(lambda _: next(answers))
    assert (await sender.get(sender.url("/x"))).body == b"[]"
    sender = org.sender(lambda _: short())
    with pytest.raises(IncompleteReadError) as caught:
        await sender.get(sender.url("/x"))
    assert caught.value.code == "answer-short"


class _Endless(httpx.AsyncByteStream):
    """More than anyone wants."""

    read = 0

    async def __aiter__(self):
        while True:
            self.read += 1 << 20
            yield b" " * (1 << 20)


class _Cut(httpx.AsyncByteStream):
    """A connection that breaks inside the body."""

    async def __aiter__(self):
        yield b"["
        raise httpx.ReadError("cut")


async def test_a_body_without_end_is_left(org):
    """Memory is bounded; it is not asked for again either."""
    endless = _Endless()
    sender = org.sender(lambda _: httpx.Response(200, stream=endless))
    with pytest.raises(IncompleteReadError):
        await sender.get(sender.url("/x"))
    assert (len(org.requests), endless.read) == (1, BODY_BUDGET.most_bytes + (1 << 20))


async def test_a_body_that_breaks_off_is_never_taken(org):
    """Neither is one that cannot be unpacked."""
    packed = {"content-encoding": "gzip"}
    for broken in (
        lambda: httpx.Response(200, stream=_Cut()),
        lambda: httpx.Response(200, headers=packed, stream=httpx.ByteStream(b"no gzip")),
    ):
        sender = org.sender(lambda _, answer=broken: answer())
        with pytest.raises(IncompleteReadError) as caught:
            await sender.get(sender.url("/x"))
        assert caught.value.code == "answer-short"


def packed(body, encoding="gzip"):
    """An answer whose bytes are packed already."""
    return httpx.Response(
        200, headers={"content-encoding": encoding}, stream=httpx.ByteStream(body)
    )


async def refusal(org, answer):
    """What is said of an answer that is not taken, and how often it was asked for."""
    sender = org.sender(lambda _: answer())
    with pytest.raises(IncompleteReadError) as caught:
        await sender.get(sender.url("/x"))
    return caught.value.message, len(org.requests)


async def test_a_packed_answer_is_unpacked(org):
    """However small the pieces it comes in."""

    class Pieces(httpx.AsyncByteStream):
        async def __aiter__(self):
            for byte in gzip.compress(b'[{"id": "00g1"}]'):
                yield bytes([byte])

    sender = org.sender(
        lambda _: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Pieces())
    )
    assert (await sender.get(sender.url("/x"))).body == b'[{"id": "00g1"}]'
    assert org.requests[0].headers["accept-encoding"] == "gzip"


@pytest.mark.slow
async def test_a_small_answer_that_unpacks_to_gigabytes_costs_no_memory(org):
    """The bound is kept while unpacking, not after."""
    squeezer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([*(squeezer.compress(b" " * (1 << 24)) for _ in range(32)), squeezer.flush()])
    assert len(bomb) < 1 << 20
    tracemalloc.start()
    said, times = await refusal(org, lambda: packed(bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ("larger than 64 MiB" in said, times) == (True, 1)
    assert peak < 3 * BODY_BUDGET.most_bytes


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,gzip", "br", "zstd", "deflate", "x-gzip"])
async def test_an_answer_packed_twice_or_otherwise_than_asked_is_refused(org, encoding):
    """1.4 KB packed twice cost 6 GiB."""
    said, times = await refusal(org, lambda: packed(gzip.compress(b"[]"), encoding))
    assert (f"packed as {encoding}" in said, times) == (True, 1)


async def test_two_headers_that_pack_are_two_packings(org):
    """One header line each is the same as a list."""
    twice = [("content-encoding", "gzip"), ("content-encoding", "gzip")]
    body = gzip.compress(gzip.compress(b"[]"))
    said, _ = await refusal(
        org, lambda: httpx.Response(200, headers=twice, stream=httpx.ByteStream(body))
    )
    assert "packed as gzip, gzip" in said


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"[]" * 99)[:-9], gzip.compress(b"[]") + b"x", gzip.compress(b"[]") * 2],
    ids=["cut", "more", "two"],
)
async def test_a_packed_answer_that_is_not_just_one_whole_is_never_taken(org, body):
    """A page that was cut must not look like a short page."""
    assert "not whole" in (await refusal(org, lambda: packed(body)))[0]


async def test_an_answer_that_trickles_is_left_when_its_time_is_over():
    """A byte now and then keeps every other timeout away."""

    class Trickle(httpx.AsyncByteStream):
        async def __aiter__(self):
            while True:
                yield b" "
                await asyncio.sleep(0.01)

    request = httpx.Request("GET", "https://acme.okta.com/api/v1/groups")
    answer = httpx.Response(200, stream=Trickle())
    with pytest.raises(IncompleteReadError, match=r"took longer than 0\.1 s"):
        await read_whole(request, answer, BodyBudget(most_bytes=1 << 20, longest_s=0.1))
    assert answer.is_closed


async def test_empty_pieces_without_end_are_bytes_on_the_way_too(org):
    """A packed stream can go on for ever and unpack to nothing."""
    squeezer = zlib.compressobj(wbits=31)
    start = squeezer.compress(b"") + squeezer.flush(zlib.Z_SYNC_FLUSH)
    nothing = b"\x00\x00\x00\xff\xff" * (1 << 18)

    class Hollow(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield start
            while True:
                yield nothing

    said, times = await refusal(
        org, lambda: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Hollow())
    )
    assert ("larger than 64 MiB" in said, times) == (True, 1)
