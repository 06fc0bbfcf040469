"""Status, error code and challenge decide; nothing else of an answer is repeated."""

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.responses.okta_errors import error_from
from reconciler.okta.responses.response import Answer

CHALLENGE = (
    'Bearer authorization_uri="http://acme.okta.com/authorize", scope="okta.groups.read", '
    'error="insufficient_scope", error_description="The access token provided does not contain…"'
)


def challenge(error, scheme="Bearer"):
    """A challenge about that error."""
    return f'{scheme} realm="http://acme.okta.com", scope="okta.groups.read", error="{error}"'


def answer(status, body=b"", **headers):
    """An answer to a read of one group."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value.encode() for name, value in headers.items()}
    path = "/api/v1/groups/00g1"
    return Answer(
        method="GET", path=path, status=status, headers=httpx.Headers(named), body=content
    )


def okta(code, summary="Said by Okta"):
    """An error object as recorded."""
    return {"errorCode": code, "errorSummary": summary, "errorId": "oae1", "errorCauses": []}


@pytest.mark.parametrize(
    ("given_answer", "code"),
    [
        (answer(400, okta("E0000001")), "request-refused"),
        (answer(400, okta("E0000031")), "request-refused"),
        (answer(401, okta("E0000011")), "token-refused"),
        (answer(401, okta("E0000015")), "token-refused"),
        (answer(401), "token-refused"),
        (answer(403, okta("E0000005")), "auth-scheme-wrong"),
        (answer(403, okta("E0000006")), "permission-missing"),
        (answer(403, okta("E0000038")), "status-forbids"),
        (answer(403, okta("E0000111")), "group-read-only"),
        (answer(501, okta("E0000060")), "group-read-only"),
        (answer(403, www_authenticate=CHALLENGE), "scope-missing"),
        (answer(403, www_authenticate=challenge("insufficient_scope", "DPoP")), "scope-missing"),
        (answer(401, www_authenticate=challenge("invalid_token")), "token-refused"),
        (answer(401, www_authenticate=challenge("invalid_token", "DPoP")), "token-refused"),
        (
            answer(400, www_authenticate=challenge("invalid_dpop_proof", "DPoP")),
            "dpop-proof-refused",
        ),
        (answer(401, www_authenticate=challenge("use_dpop_nonce", "DPoP")), "dpop-proof-refused"),
        (answer(401, www_authenticate=challenge("new_error")), "token-refused"),
        (answer(503, www_authenticate=challenge("invalid_token")), "okta-unavailable"),
        (answer(403), "request-refused"),
        (answer(404, okta("E0000007")), "not-found"),
        (answer(404, {"status": 404, "message": "Resource not found"}), "answer-not-okta"),
        (answer(429, okta("E0000047")), "rate-limited"),
        (answer(429, b"<html>slow down</html>"), "rate-limited"),
        (answer(500, okta("E0000009")), "okta-unavailable"),
        (answer(502, b"<html>Bad gateway</html>"), "okta-unavailable"),
        (answer(503), "okta-unavailable"),
        (answer(302, location="https://evil.io"), "answer-redirected"),
        (answer(407, b"<html>Proxy</html>"), "answer-not-okta"),
        (answer(403, b"[" * 100_000), "answer-not-okta"),
        (answer(403, b"\xff{"), "answer-not-okta"),
    ],
)
def test_each_refusal_has_its_code(given_answer, code):
    """And a hint that says what to do next."""
    error = error_from(given_answer)
    assert (error.code, error.status) == (code, given_answer.status)
    assert error.hint


def test_the_error_carries_what_support_asks_for():
    """Code, words and ids of Okta's."""
    error = error_from(answer(403, okta("E0000006", "No\x1b[31m"), x_okta_request_id="r\x07eq"))
    assert (error.okta_code, error.request_id) == ("E0000006", "r\\x07eq")
    assert error.message == ("GET /api/v1/groups/00g1 answered 403: E0000006 No\\x1b[31m (oae1)")


def test_the_missing_scope_is_named():
    """OAuth refusals have an empty body."""
    error = error_from(answer(403, www_authenticate=CHALLENGE))
    assert error.hint == "grant the scope okta.groups.read to the service app"


def test_an_empty_body_is_made_up_for_by_the_challenge():
    """OAuth's word for it, and nothing that follows."""
    error = error_from(answer(401, www_authenticate=challenge("invalid_token") + ', x="SSWS 00t"'))
    assert error.message == "GET /api/v1/groups/00g1 answered 401: invalid_token"


def test_a_body_that_is_not_oktas_is_not_repeated():
    """It may hold anything, the credential too."""
    error = error_from(answer(403, b"<html>SSWS 00token</html>", authorization="SSWS 00token"))
    assert "token" not in f"{error.message} {error.hint} {error.request_id}"


@given(st.text())
def test_what_okta_says_can_not_act_on_a_terminal(summary):
    """Names in it are written by strangers; the message is cut and printable."""
    message = error_from(answer(403, okta("E0000006", summary))).message
    assert message.isprintable()
    assert len(message) < 200 * len(r"\U0001f600") + 100
