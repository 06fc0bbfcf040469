"""A failed read is doubt, unless every further one would fail alike."""

import pytest

from reconciler.model.errors import ConnectorError, IncompleteReadError
from reconciler.okta.api.read_failures import is_too_long, to_read_failure
from reconciler.okta.responses.transport_errors import UNREACHED


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (IncompleteReadError("page-repeated", "m"), "malformed"),
        (IncompleteReadError("answer-malformed", "m", status=200), "malformed"),
        (ConnectorError("answer-not-okta", "m", status=404), "malformed"),
        (ConnectorError("not-found", "m", status=404), "missing"),
        (ConnectorError("permission-missing", "m", status=403), "refused"),
        (ConnectorError("rate-limited", "m", status=429), "unreachable"),
        (ConnectorError("okta-unavailable", "m", status=503), "unreachable"),
        (ConnectorError("answer-lost", "m"), "unreachable"),
        (ConnectorError("org-unreachable", "m"), "unreachable"),
    ],
)
def test_each_failure_is_one_kind_of_doubt(error, code):
    """With what people need to know."""
    error.hint = "do this"
    doubt = to_read_failure(error, has_answered=True)
    assert (doubt.code, doubt.detail) == (code, "m")
    assert (doubt.cause, doubt.hint) == (error.code, "do this")


@pytest.mark.parametrize(
    ("error", "has_answered"),
    [
        (ConnectorError("token-refused", "m", status=401), True),
        (ConnectorError("answer-not-okta", "m", status=401), True),
        *((ConnectorError(code, "m"), False) for code in sorted(UNREACHED)),
    ],
)
def test_what_ends_the_run_is_raised(error, has_answered):
    """No group is judged by it."""
    with pytest.raises(ConnectorError) as caught:
        to_read_failure(error, has_answered=has_answered)
    assert caught.value is error


def test_only_a_long_question_is_asked_in_parts():
    """A damaged answer would be damaged again."""
    long_ones = [ConnectorError("x", "m", status=s) for s in (400, 414, 431)]
    assert all(map(is_too_long, long_ones))
    assert not is_too_long(ConnectorError("x", "m", status=403))
    assert not is_too_long(IncompleteReadError("x", "m", status=400))
