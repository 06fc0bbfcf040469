"""A refusal with an empty body says why in its challenge."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.responses.okta_errors import Challenge, read_challenge

BEARER = (
    'Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", '
    'realm="http://acme.okta.com", scope="okta.groups.read", error="insufficient_scope", '
    'error_description="The access token provided does not contain the required scopes.", '
    'resource="/api/v1/groups/00g1"'
)
DPOP = (
    'DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512", authorization_uri="http://acme.okta.com/x", '
    'realm="http://acme.okta.com", scope="okta.groups.read", error="invalid_dpop_proof", '
    "error_description=\"'htu' claim in the DPoP proof JWT is invalid.\""
)


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (BEARER, Challenge(error="insufficient_scope", scope="okta.groups.read")),
        (DPOP, Challenge(error="invalid_dpop_proof", scope="okta.groups.read")),
        ('DPoP error="use_dpop_nonce"', Challenge(error="use_dpop_nonce")),
        ("Basic", Challenge()),
        ('Bearer scope="<script>", error="a b"', Challenge()),
        (None, Challenge()),
    ],
)
def test_the_error_and_the_scope_are_read_from_either_form(header, challenge):
    """As seen at real orgs."""
    headers = httpx.Headers({} if header is None else {"WWW-Authenticate": header})
    assert read_challenge(headers) == challenge


def test_a_challenge_may_come_in_two_headers():
    """One scheme each."""
    headers = httpx.Headers(
        [("www-authenticate", "Basic"), ("www-authenticate", 'DPoP error="invalid_token"')]
    )
    assert read_challenge(headers).error == "invalid_token"


@given(st.text())
def test_nothing_that_could_act_on_a_terminal_is_read(text):
    """Words of letters, dots and underscores, or nothing."""
    headers = httpx.Headers([(b"www-authenticate", text.encode())])
    found = read_challenge(headers)
    assert f"{found.error}{found.scope}".isascii()
    assert f"{found.error}{found.scope}".isprintable()
