"""What went wrong at GitHub, in our own words: a body may quote anything, and is never quoted."""

from http import HTTPStatus

import httpx
import msgspec
from gidgethub import GitHubBroken, GitHubException, HTTPException, RateLimitExceeded

from reconciler.github.transport import GitHubStoppedError
from reconciler.model.directory import ReadFailure

__all__ = ["FAILURES", "is_limit", "to_read_failure", "to_write_failure"]

_MISSHAPEN = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    RecursionError,
    OverflowError,
    httpx.InvalidURL,
)
"""What an answer that is not of the documented shape raises on its way through gidgethub.

The last two: a limit that is reset at no instant, and a further page at no address.
"""

FAILURES = (GitHubException, msgspec.ValidationError, *_MISSHAPEN)
"""Whatever asking GitHub may raise."""


_REFUSED = {
    HTTPStatus.UNAUTHORIZED: "GitHub does not accept the credential",
    # A limit of writes need not say that it is one (GitHub: rate limits for the REST API).
    HTTPStatus.FORBIDDEN: "the credential lacks the permission for it, or too much was written at "
    "once",
    HTTPStatus.NOT_FOUND: "GitHub does not show it to the credential",
}


def to_read_failure(error: Exception, commit: str) -> ReadFailure:
    """A failure for whoever asked about the commit.

    A repository that the token may not see is answered with 404, an unknown commit with 422.
    """
    code, detail = _describe_failure(error, commit)
    return ReadFailure(code=code, detail=detail)


def to_write_failure(error: Exception, aim: str) -> ReadFailure:
    """A failure for whoever wanted to do something: `aim` is a verb and what it is done to."""
    if not isinstance(error, HTTPException) or isinstance(error, GitHubBroken) or is_limit(error):
        return to_read_failure(error, "")
    status = error.status_code
    why = _REFUSED.get(status, f"GitHub refused it (status {int(status)})")
    return ReadFailure(code="refused", detail=f"could not {aim}: {why}")


def _describe_failure(error: Exception, commit: str) -> tuple[str, str]:
    match error:
        case GitHubStoppedError():
            return "refused", str(error)
        case HTTPException() if is_limit(error):
            return "unreachable", "GitHub's rate limit is spent"
        case GitHubBroken():
            # Without an answer there is no status: the transport says one for want of it.
            cause = error.__cause__
            why = type(cause).__name__ if cause else f"status {int(error.status_code)}"
            return "unreachable", f"GitHub could not be reached ({why})"
        case HTTPException():
            return _describe_refusal(error.status_code, commit)
        case _:
            return "malformed", "GitHub's answer is not of the documented shape"


def is_limit(error: HTTPException) -> bool:
    """Whether it was one request too many, and no answer."""
    is_limited = isinstance(error, RateLimitExceeded) or "retry-after" in error.headers
    return is_limited or error.status_code == HTTPStatus.TOO_MANY_REQUESTS


def _describe_refusal(status: HTTPStatus, commit: str) -> tuple[str, str]:
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return "missing", f"GitHub does not know the commit {commit[:12]}"
    if status == HTTPStatus.NOT_FOUND:
        return "refused", "GitHub does not show the repository to the token"
    return "refused", f"GitHub refused the question (status {int(status)})"
