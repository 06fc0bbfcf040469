"""Values that others wrote are shown so that they can do no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.policy.quoting import guess, quoted

TOKEN = "00" + "aB3_-" * 8
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLW5vYm9keQ"


@given(st.text())
def test_quoted_text_is_printable_and_short(text):
    """No colour, no line break, no turned direction."""
    shown = quoted(text)
    assert shown.isprintable()
    assert len(shown) <= 80 * 10 + 3


@pytest.mark.parametrize("secret", [TOKEN, JWT, "-----BEGIN RSA PRIVATE KEY-----"])
def test_what_looks_like_a_secret_is_never_shown(secret):
    """Nor any part of the value around it."""
    assert quoted(f"x {secret} y") == '"…"'


def test_a_guess_names_the_nearest_or_else_the_choice():
    """A typo is answered with the word."""
    assert guess("expire", ["expires", "tool"]) == 'did you mean "expires"?'
    assert guess("zzz", ["a", "b"]) == 'there is "a", "b"'
    assert guess("zzz", ["a"], "nothing") == "nothing"
