"""Values that others wrote are shown so that they can do no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.policy.quoting import guess, looks_like_secret, quoted


@given(st.text())
def test_quoted_text_is_printable_and_short(text):
    """No colour, no line break, no turned direction."""
    shown = quoted(text)
    assert shown.isprintable()
    assert len(shown) <= 80 * 10 + 3


def test_what_looks_like_a_secret_is_never_shown():
    """An API token, a private key, a JWT."""
    jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLW5vYm9keQ"
    for secret in ("00" + "aB3_-" * 8, "-----BEGIN RSA PRIVATE KEY-----", jwt):
        assert looks_like_secret(f"x {secret} y")
        assert secret not in quoted(secret)
    for harmless in (
        "00g1abcdefGHIJKLM5d7",
        "00" + "a" * 41,
        "-----BEGIN CERTIFICATE-----",
        "eyJ.a.b",
    ):
        assert not looks_like_secret(harmless)


@pytest.mark.parametrize("before", ["", " ", '"', "\n", "ü", "SSWS "])
@pytest.mark.parametrize(
    "text", ["00" + "aB3_-" * 8, "eyJ" + "a" * 10 + "." + "b" * 10 + "." + "c" * 10]
)
def test_a_secret_begins_at_the_edge_of_a_word(before, text):
    """Inside a longer word the same letters are part of something else, such as a digest."""
    assert looks_like_secret(f"{before}{text}")
    for letter in "a0_-":
        assert not looks_like_secret(f"{before}{letter}{text}")


def test_a_guess_names_the_nearest_or_else_the_choice():
    """A typo is answered with the word."""
    assert guess("expire", ["expires", "tool"]) == 'did you mean "expires"?'
    assert guess("zzz", ["a", "b"]) == 'there is "a", "b"'
    assert guess("zzz", ["a"], "nothing") == "nothing"
