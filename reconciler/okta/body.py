"""Reading an answer to its announced end, and no further than is sane."""

import httpx

from reconciler.okta import fault
from reconciler.okta.answer import Answer

__all__ = ["MOST_BYTES", "read_whole"]

MOST_BYTES = 64 * 1024 * 1024


async def read_whole(request: httpx.Request, response: httpx.Response) -> Answer | fault.Failure:
    """The whole answer, or why it is not whole. httpx itself notices only on a real connection.

    One that is too large is raised: it would be so again.
    """
    chunks, size = [], 0
    try:
        async for chunk in response.aiter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if size > MOST_BYTES:
                raise fault.of_body(request, response, "it is larger than 64 MiB").error
    except (httpx.TransportError, httpx.DecodingError) as error:
        return fault.of_body(request, response, type(error).__name__)
    finally:
        await response.aclose()
    announced = response.headers.get("content-length")
    if announced is not None and announced != str(response.num_bytes_downloaded):
        why = f"{response.num_bytes_downloaded} bytes came of {announced[:20]} announced"
        return fault.of_body(request, response, why)
    return Answer(
        method=request.method,
        path=request.url.path,
        status=response.status_code,
        headers=response.headers,
        body=b"".join(chunks),
    )
