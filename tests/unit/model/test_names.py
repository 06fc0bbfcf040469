"""Names of people are compared in two ways, each for its own question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.ids import fold, is_same_login, login_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("weiß@example.com", "weiss@example.com"),
        ("bo\N{LATIN SMALL LETTER LONG S}s@example.com", "boss@example.com"),
        ("\N{LATIN SMALL LIGATURE FI}ona@example.com", "fiona@example.com"),
        ("fi\N{ZERO WIDTH SPACE}ona@example.com", "fiona@example.com"),
    ],
)
def test_two_accounts_of_okta_are_found_apart_and_doubted_together(one, other):
    """What Okta holds apart is never one account here; it may still be one person."""
    assert not is_same_login(one, other)
    assert fold(one) == fold(other)


def test_capitals_make_no_other_account():
    """Okta compares logins without regard to case."""
    assert is_same_login("Jane.Doe@Example.COM", "jane.doe@example.com")


@given(st.text())
def test_folding_again_changes_nothing(name):
    """A folded name is compared with folded names, so folding has to settle."""
    assert fold(fold(name)) == fold(name)


@given(st.text(), st.text())
def test_one_account_is_never_taken_for_two_people(one, other):
    """Whoever is found as one account is one person in every doubt as well."""
    if login_key(one) == login_key(other):
        assert fold(one) == fold(other)


@given(st.text())
def test_a_login_is_found_in_any_case(name):
    """The key of a key is the key."""
    assert login_key(login_key(name)) == login_key(name)
