"""Which failed reads leave one answer unknown, and which end the run."""

from http import HTTPStatus

from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError, IncompleteReadError
from reconciler.okta.responses.transport_errors import UNREACHED

__all__ = ["is_too_long", "to_read_failure"]

# Statuses by which a long expression is refused (Okta: E0000031, E0000256; the edge: 414).
_TOO_LONG = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    }
)
_NOT_OKTA = frozenset({"answer-not-okta", "answer-redirected"})


def is_too_long(error: ConnectorError) -> bool:
    """Whether asking for less at once may help."""
    return error.status in _TOO_LONG and not isinstance(error, IncompleteReadError)


def to_read_failure(error: ConnectorError, *, has_answered: bool) -> ReadFailure:
    """The failure as a value; raises it where every further read would fail alike.

    That is a refused credential (401), and an org that no request ever reached.
    """
    if error.status == HTTPStatus.UNAUTHORIZED:
        raise error
    if error.code in UNREACHED and not has_answered:
        raise error
    return ReadFailure(code=_code(error), detail=error.message, cause=error.code, hint=error.hint)


def _code(error: ConnectorError) -> str:
    if isinstance(error, IncompleteReadError) or error.code in _NOT_OKTA:
        return "malformed"
    if error.status == HTTPStatus.NOT_FOUND:
        return "missing"
    if (
        error.status is None
        or error.status == HTTPStatus.TOO_MANY_REQUESTS
        or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return "unreachable"
    return "refused"
