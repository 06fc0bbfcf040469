"""Reading an answer to its announced end, and no further than is sane.

What an answer may cost is bounded in bytes, before and after unpacking, and in time. Unpacking is
done here and not by httpx, which unpacks a chunk whole: 1.4 KB, packed twice, become gigabytes.
"""

import asyncio
import zlib
from dataclasses import dataclass
from typing import TypeVar

import httpx
import msgspec

from reconciler.model.errors import IncompleteReadError
from reconciler.okta.responses import transport_errors
from reconciler.okta.responses.response import Answer, escape_unprintable

__all__ = ["BODY_BUDGET", "COMPRESSION", "BodyBudget", "decode_body", "read_whole"]

COMPRESSION = "gzip"
"""The one compression of an answer that is accepted and asked for."""

_GZIP_WINDOW = 31  # zlib's own name for gzip with its largest window
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyBudget:
    """What one answer may cost."""

    most_bytes: int
    longest_s: float


BODY_BUDGET = BodyBudget(most_bytes=64 * _MIB, longest_s=60.0)


class _IncompleteBodyError(Exception):
    """The answer cannot be taken; the text is our own. `is_final`: it would be so again."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_final = is_final


async def read_whole(
    request: httpx.Request,
    response: httpx.Response,
    budget: BodyBudget = BODY_BUDGET,
    *,
    is_kept: bool = True,
) -> Answer | transport_errors.Failure:
    """The whole answer, or why it is not whole. httpx itself notices only on a real connection.

    One that goes beyond the budget, or is compressed in another way, is raised. A body that is not
    kept is read to its end all the same.
    """
    try:
        async with asyncio.timeout(budget.longest_s):
            body = await _read_unpacked(response, budget.most_bytes, is_kept=is_kept)
        _require_announced(response)
    except TimeoutError:
        raise _incomplete_error(
            request, response, f"it took longer than {budget.longest_s:g} s"
        ) from None
    except _IncompleteBodyError as error:
        failure = transport_errors.failure_of_body(request, response, error.why)
        if error.is_final:
            raise failure.error from None
        return failure
    except httpx.TransportError as error:
        return transport_errors.failure_of_body(request, response, type(error).__name__)
    finally:
        await response.aclose()
    return Answer(
        method=request.method,
        path=request.url.path,
        status=response.status_code,
        headers=response.headers,
        body=body,
        unkept=0 if is_kept else response.num_bytes_downloaded,
    )


def _incomplete_error(request: httpx.Request, response: httpx.Response, why: str) -> Exception:
    return transport_errors.failure_of_body(request, response, why).error


def _require_announced(response: httpx.Response) -> None:
    announced = response.headers.get("content-length")
    if announced is not None and announced != str(response.num_bytes_downloaded):
        came = response.num_bytes_downloaded
        raise _IncompleteBodyError(f"{came} bytes came of {announced[:20]} announced")


async def _read_unpacked(response: httpx.Response, most: int, *, is_kept: bool) -> bytes:
    """The body's bytes, at most `most` of them on the way, and at most as many unpacked."""
    unpacker = _find_unpacker(response)
    chunks, size = [], 0
    async for chunk in response.aiter_raw():
        piece = chunk if unpacker is None else unpacker.decompress(chunk, most - size)
        if is_kept:
            chunks.append(piece)
        size += len(piece)
        if max(size, response.num_bytes_downloaded) > most:
            raise _IncompleteBodyError(f"it is larger than {_bytes(most)}", is_final=True)
    if unpacker is not None:
        unpacker.require_end()
    return b"".join(chunks)


def _find_unpacker(response: httpx.Response) -> "_GzipDecoder | None":
    """What unpacks the body; None where it is not packed."""
    encoding = ", ".join(response.headers.get_list("content-encoding")).strip().lower()
    if encoding in {"", "identity"}:
        return None
    if encoding != COMPRESSION:
        why = f"it is packed as {escape_unprintable(encoding, 40)}, which was not asked for"
        raise _IncompleteBodyError(why, is_final=True)
    return _GzipDecoder()


class _GzipDecoder:
    """Unpacks gzip piece by piece."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=_GZIP_WINDOW)
        self._has_begun = False

    def decompress(self, chunk: bytes, room: int) -> bytes:
        """What the chunk unpacks to, cut one byte past `room`."""
        self._has_begun = self._has_begun or bool(chunk)
        try:
            piece = self._inner.decompress(chunk, max(room, 0) + 1)
        except zlib.error:
            raise _IncompleteBodyError("it cannot be unpacked") from None
        if self._inner.unused_data:
            raise _IncompleteBodyError("there is more after the end of what is packed")
        return piece

    def require_end(self) -> None:
        """The packed bytes came to their end, or there were none."""
        if self._has_begun and not self._inner.eof:
            raise _IncompleteBodyError("it is packed, and breaks off in the middle")


def _bytes(number: int) -> str:
    return f"{number // _MIB} MiB" if number >= _MIB else f"{number} bytes"


_T = TypeVar("_T")


def decode_body(decoder: msgspec.json.Decoder[_T], answer: Answer) -> _T:
    """The body as the decoder reads it, or `IncompleteReadError`."""
    if not answer.is_json:
        raise malformed_error(answer, "it is not JSON")
    try:
        return decoder.decode(answer.body)
    except msgspec.ValidationError as error:
        raise malformed_error(answer, str(error)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise malformed_error(answer, "its JSON cannot be read") from error


def malformed_error(answer: Answer, why: str) -> IncompleteReadError:
    return IncompleteReadError(
        "answer-malformed",
        f"the answer to {answer.method} {answer.path} is not what Okta documents: {why}",
        "run again; if it stays so, a proxy may be changing Okta's answers",
        status=answer.status,
        request_id=answer.request_id,
    )
