"""Every string of the token endpoint has its meaning, and one that is new is shown as it came."""

from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.auth.token_errors import is_temporary, refusal_from
from reconciler.okta.responses.response import Answer

PATH = "/oauth2/v1/token"


def answer(status, error, description="", **more):
    """A refusal as an answer."""
    made = httpx.Response(status, json={"error": error, "error_description": description})
    return Answer(method="POST", path=PATH, status=status, body=made.content, **more)


CLIENT_ERRORS = [
    ("No client credentials found.", "token-endpoint-refused"),
    ("Invalid value for 'client_id' parameter.", "client-unknown"),
    ("The issuer claim for client_assertion is not a valid client_id.", "client-unknown"),
    ("The client_assertion token is expired.", "client-assertion-expired"),
    (
        "The client_assertion token has an expiration too far into the future.",
        "client-assertion-too-long",
    ),
    ("The client_assertion token must be issued before the current time.", "clock-skew"),
    (
        "The audience claim for client_assertion must be the endpoint invoked for the request.",
        "audience-wrong",
    ),
    ("The client_assertion token has already been used.", "client-assertion-replayed"),
    ("The client_assertion signature is invalid.", "key-mismatch"),
    ("The client_assertion JWT kid is invalid.", "key-id-unknown"),
    (
        "Client Credentials requests must use the private_key_jwt token_endpoint_auth_method.",
        "client-not-private-key-jwt",
    ),
    (
        "Only clients with 'application_type' of 'service' may use this grant.",
        "client-not-service",
    ),
    ("Something that Okta says one day.", "token-endpoint-refused"),
    ("", "token-endpoint-refused"),
]
OTHERS = [
    (400, "invalid_scope", "No scopes were requested.", "scope-not-granted"),
    (
        400,
        "invalid_scope",
        "One or more scopes are not configured for the authorization server resource.",
        "scope-not-granted",
    ),
    (400, "unauthorized_client", "", "token-endpoint-refused"),
    (400, "invalid_dpop_proof", "The DPoP proof JWT has already been used.", "dpop-proof-refused"),
    (
        400,
        "invalid_dpop_proof",
        "The DPoP proof JWT is issued more than five minutes in the past.",
        "dpop-proof-refused",
    ),
    (400, "use_dpop_nonce", "Authorization server requires nonce.", "dpop-proof-refused"),
    (
        403,
        "access_denied",
        "The request is made from outside the client's permitted network zones.",
        "network-zone",
    ),
    (403, "access_denied", "No.", "token-endpoint-refused"),
]


@pytest.mark.parametrize(
    ("status", "error", "description", "code"),
    [(401, "invalid_client", said, code) for said, code in CLIENT_ERRORS] + OTHERS,
)
def test_each_refusal_has_its_code(status, error, description, code):
    """With Okta's own words and what to do next."""
    made = refusal_from(
        answer(status, error, description), ahead=timedelta(seconds=3), has_proof=True
    )
    assert (made.code, made.status, made.okta_code) == (code, status, error)
    assert made.hint
    assert made.message.startswith(f"POST {PATH} answered {status}: {error} {description}")


@pytest.mark.parametrize(
    "said",
    [
        "The client_assertion token is expired.",
        "The client_assertion token has an expiration too far into the future.",
        "The client_assertion token must be issued before the current time.",
        "The DPoP proof JWT is issued more than five minutes in the past.",
    ],
)
@pytest.mark.parametrize(
    ("ahead", "words"), [(3600, "3600 s behind Okta's"), (-301, "301 s ahead of Okta's")]
)
def test_a_clock_that_is_off_is_named_with_its_seconds(said, ahead, words):
    """An assertion that was just made cannot be too old or too young in itself."""
    error = "invalid_dpop_proof" if "DPoP" in said else "invalid_client"
    made = refusal_from(answer(401, error, said), ahead=timedelta(seconds=ahead), has_proof=True)
    assert (made.code, made.hint.partition(",")[0]) == ("clock-skew", "set this machine's clock")
    assert made.message.endswith(f" (this machine's clock is {words})")


def test_a_clock_that_cannot_be_compared_is_still_blamed_for_the_future():
    """No Date came."""
    said = "The client_assertion token must be issued before the current time."
    made = refusal_from(answer(401, "invalid_client", said), ahead=None, has_proof=False)
    assert made.code == "clock-skew"
    assert made.message.endswith(" (this machine's clock and Okta's differ)")


@pytest.mark.parametrize("error", ["invalid_dpop_proof", "use_dpop_nonce"])
def test_a_proof_is_required_where_none_was_sent(error):
    """Whatever the words are."""
    made = refusal_from(answer(400, error), ahead=None, has_proof=False)
    assert made.code == "dpop-required"


@pytest.mark.parametrize(
    ("status", "body", "code", "passes"),
    [
        (429, b'{"errorCode": "E0000047", "errorSummary": "x"}', "rate-limited", True),
        (429, b'{"error": "invalid_client"}', "rate-limited", True),
        (503, b"<html>", "okta-unavailable", True),
        (403, b"<html>Zscaler</html>", "answer-not-okta", False),
        (302, b"", "answer-redirected", False),
        (400, b'{"error": 7}', "answer-not-okta", False),
        (400, b"[" * 100_000, "answer-not-okta", False),
        (400, b"\xff", "answer-not-okta", False),
        (401, b"", "token-refused", False),
    ],
)
def test_what_is_no_refusal_of_oauths_is_judged_as_any_answer(status, body, code, passes):
    """Limits, trouble, proxies."""
    made = refusal_from(
        Answer(method="POST", path=PATH, status=status, body=body), ahead=None, has_proof=False
    )
    assert (made.code, is_temporary(made)) == (code, passes)


@given(st.text(), st.text(min_size=1))
def test_what_okta_says_can_not_act_on_a_terminal(description, error):
    """It is cut and printable."""
    made = refusal_from(answer(400, error, description), ahead=None, has_proof=True)
    assert made.message.isprintable()
    assert len(made.message) < 260 * len(r"\U0001f600") + 200
