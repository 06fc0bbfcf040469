"""Why no whole answer came, told without what the request held."""

import ssl

import httpx
import pytest

from reconciler.okta.responses import transport_errors
from reconciler.okta.responses.transport_errors import Fault

REQUEST = httpx.Request("GET", "https://acme.okta.com/api/v1/users?search=secret")


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (httpx.ConnectError("certificate verify failed"), Fault.UNREACHED, "org-unreachable"),
        (httpx.ConnectTimeout(""), Fault.UNREACHED, "org-connection-timeout"),
        (httpx.PoolTimeout(""), Fault.UNREACHED, "org-connection-timeout"),
        (httpx.ReadTimeout(""), Fault.LOST, "answer-lost"),
        (httpx.WriteError(""), Fault.LOST, "answer-lost"),
        (httpx.RemoteProtocolError(""), Fault.LOST, "answer-lost"),
    ],
)
def test_what_never_left_is_told_from_what_may_have_arrived(error, kind, code):
    """A retry and an operator both need to know."""
    failure = transport_errors.failure_of_sending(REQUEST, error)
    assert (failure.kind, failure.error.code) == (kind, code)
    assert failure.error.hint


def test_a_certificate_that_does_not_fit_is_told_from_nobody_at_all():
    """It is the same a second later."""
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError("expired")
    error.__cause__.verify_code = 10
    failure = transport_errors.failure_of_sending(REQUEST, error)
    assert (failure.kind, failure.error.code) == (Fault.UNTRUSTED, "org-certificate-expired")


def test_what_a_protocol_error_quotes_is_not_repeated():
    """It may quote a header."""
    failure = transport_errors.failure_of_sending(
        REQUEST, httpx.LocalProtocolError("Illegal header b'SSWS 00x'")
    )
    assert "SSWS" not in failure.error.message
    assert "secret" not in failure.error.message
