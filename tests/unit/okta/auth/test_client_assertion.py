"""An assertion says who asks, to whom, and that it is fresh."""

from datetime import UTC, datetime

import jwt
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.auth.client_assertion import build_client_assertion
from reconciler.okta.auth.keys import parse_key
from tests.unit.okta.service_app import PRIVATE, TOKEN_URL, pem_of

KEY = parse_key(pem_of(PRIVATE), "kid-1")
MOMENTS = st.floats(0, 4e9).map(lambda seconds: datetime.fromtimestamp(seconds, tz=UTC))


def claims_of(assertion):
    """Its claims, signature and audience verified."""
    options = {"verify_exp": False, "verify_iat": False}
    public = PRIVATE.public_key()
    return jwt.decode(assertion, public, algorithms=["ES256"], audience=TOKEN_URL, options=options)


@given(MOMENTS)
def test_it_lives_less_than_five_minutes_and_never_begins_in_the_future(now):
    """Whole seconds, as Okta asks for."""
    claims = claims_of(build_client_assertion(KEY, "0oa1", TOKEN_URL, now))
    assert claims["iat"] <= now.timestamp()
    assert now.timestamp() + 240 < claims["exp"] <= now.timestamp() + 300
    assert claims["exp"] - claims["iat"] <= 300
    assert {type(claims["iat"]), type(claims["exp"])} == {int}
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("0oa1", "0oa1", TOKEN_URL)


def test_no_two_are_the_same():
    """Not even within one second."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    made = [build_client_assertion(KEY, "0oa1", TOKEN_URL, now) for _ in range(100)]
    assert len({claims_of(one)["jti"] for one in made}) == 100
    assert all(jwt.get_unverified_header(one)["kid"] == "kid-1" for one in made)
