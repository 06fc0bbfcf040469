"""A token is used until shortly before its end, and only where it is of the kind that was asked."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from reconciler.model.errors import IncompleteReadError
from reconciler.okta.auth.access_token import build_token, decode_token
from reconciler.okta.responses.response import Answer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def answer(**changes):
    """The answer that brings a token, changed."""
    body = {"token_type": "Bearer", "expires_in": 3600, "access_token": "s3cr3t", **changes}
    made = httpx.Response(200, json=body)
    return Answer(
        method="POST",
        path="/oauth2/v1/token",
        status=200,
        headers=made.headers,
        body=made.content,
    )


def token(*, is_dpop=False, **changes):
    """The token of such an answer."""
    given = answer(**changes)
    asked = frozenset({"a", "b"})
    return build_token(decode_token(given), given, asked=asked, is_dpop=is_dpop, asked_at=NOW)


@pytest.mark.parametrize(("life_s", "early_s"), [(3600, 300), (3000, 300), (600, 60), (10, 1)])
def test_it_is_renewed_five_minutes_early_or_a_tenth_of_a_short_life(life_s, early_s):
    """Counted from when it was asked for: the answer took its time."""
    found = token(expires_in=life_s)
    assert found.expires_at == NOW + timedelta(seconds=life_s)
    assert found.refresh_at == found.expires_at - timedelta(seconds=early_s)


@pytest.mark.parametrize(
    ("changes", "scopes"), [({}, {"a", "b"}), ({"scope": "b"}, {"b"}), ({"scope": ""}, set())]
)
def test_it_allows_what_the_answer_says(changes, scopes):
    """Without a word on scopes, all that were asked for (RFC 6749, 5.1)."""
    assert token(**changes).scopes == scopes


@pytest.mark.parametrize(
    ("said", "is_dpop", "fits"),
    [
        ("Bearer", False, True),
        ("bearer", False, True),
        ("DPoP", True, True),
        ("dpop", True, True),
        ("Bearer", True, False),
        ("DPoP", False, False),
        ("mac", False, False),
    ],
)
def test_its_kind_is_the_one_that_was_asked_for(said, is_dpop, fits):
    """A bearer token in place of a bound one would work for whoever steals it."""
    if fits:
        assert token(token_type=said, is_dpop=is_dpop).is_dpop is is_dpop
        return
    with pytest.raises(IncompleteReadError) as caught:
        token(token_type=said, is_dpop=is_dpop)
    assert caught.value.code == "token-type-wrong"


def test_its_value_is_shown_nowhere():
    """Neither the answer's nor the token's."""
    assert "s3cr3t" not in f"{decode_token(answer())!r} {answer()!r} {token()!r}"
