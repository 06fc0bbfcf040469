"""A secret is masked within one value, and no value can hide another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.secret_patterns import MARKS, looks_like_secret, mask, mask_line

LONG = "aB3dE6gH9jK2" * 4
PIECES = (
    *("-----BEGIN A-----", "-----END A-----", "-----BEGIN A-----\\n", "\\n-----END A-----"),
    *("Authorization:", "authorization=Bearer", '"authorization"', "authorization: Basic"),
    *("SSWS", "Bearer", "DPoP", "eyJhbGciOi.", "ghp_", "00aB3", "xoxb-", "x", LONG),
)
SHOWN = "approved by lead.approver.number1@example.com on 2026-11-20 (claimed) · through 2027-02-18"
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join)


@given(HOSTILE, HOSTILE, st.sampled_from([" · ", ", ", ": ", " (", '", "', " "]))
def test_no_two_values_of_a_line_hide_what_stands_between_them(before, after, between):
    """Approver, date and end are read, whatever stands before them and after."""
    shown = mask_line(f"grant {before}{between}{SHOWN}{between}{after}.yaml:1")
    assert "lead.approver.number1@example.com on 2026-11-20" in shown
    assert "through 2027-02-18" in shown


@given(HOSTILE, HOSTILE)
def test_a_value_is_masked_by_itself(one, other):
    """Whatever is masked in it is masked wherever it stands."""
    if mask(one) == one and mask(other) == other:
        return
    assert MARKS.search(f"{one}\n{other}") is not None


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"key -----BEGIN A----- {LONG} {LONG} Ab== -----END A----- end", "key *** end"),
        (f"-----BEGIN A-----\\n{LONG}\\nAb==\\n-----END A-----", "***"),
        ("-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nMIIE\n-----END A-----", "***"),
        ("-----BEGIN A----- remove amy -----END A-----", "*** remove amy -----END A-----"),
        (f"sent Bearer {LONG}", "sent Bearer ***"),
        (f"Authorization: Basic {LONG}", "Authorization: ***"),
        (f"a 00{LONG[:40]} b ghp_{LONG[:36]}", "a *** b ***"),
    ],
)
def test_a_secret_in_a_line_is_masked_all_the_same(line, shown):
    """What is one by itself needs no neighbour to be known."""
    assert mask_line(line) == shown


def test_a_short_word_after_a_header_is_masked_in_a_value_alone():
    """In a line it may be another value's."""
    assert mask("Authorization: abc") == "Authorization: ***"
    assert mask_line("Authorization: abc") == "Authorization: abc"


TOKEN = "00" + "aB3_-" * 8
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLW5vYm9keQ"


@pytest.mark.parametrize("secret", [TOKEN, "-----BEGIN RSA PRIVATE KEY-----", JWT])
def test_what_is_surely_a_secret_is_known_for_one(secret):
    """An API token, a private key, a JWT: a file that holds one is refused."""
    assert looks_like_secret(f"x {secret} y")


@pytest.mark.parametrize(
    "harmless",
    ["00g1abcdefGHIJKLM5d7", "00" + "a" * 41, "-----BEGIN CERTIFICATE-----", "eyJ.a.b"],
)
def test_what_only_begins_like_a_secret_is_none(harmless):
    """An id, a digest, a certificate."""
    assert not looks_like_secret(harmless)


@pytest.mark.parametrize("before", ["", " ", '"', "\n", "ü", "SSWS "])
@pytest.mark.parametrize("text", [TOKEN, "eyJ" + "a" * 10 + "." + "b" * 10 + "." + "c" * 10])
def test_a_secret_begins_at_the_edge_of_a_word(before, text):
    """Inside a longer word the same letters are part of something else, such as a digest."""
    assert looks_like_secret(f"{before}{text}")
    for letter in "a0_-":
        assert not looks_like_secret(f"{before}{letter}{text}")
