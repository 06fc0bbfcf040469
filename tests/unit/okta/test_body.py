"""A body is read to its announced end, or it is not taken."""

import httpx
import pytest

from reconciler.model.errors import IncompleteReadError
from reconciler.okta.body import MOST_BYTES

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
    assert (len(org.requests), endless.read) == (1, MOST_BYTES + (1 << 20))


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
