"""Expressions say exactly what was asked, whatever the names hold."""

import json

from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.api.search import any_of, equals, person_matcher, person_terms


def test_quotes_and_backslashes_stay_inside_the_value():
    """A name must not become an operator."""
    assert equals("profile.name", 'a" or id pr or "\\') == (
        'profile.name eq "a\\" or id pr or \\"\\\\"'
    )


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_value_is_read_back_as_it_was(value):
    """A SCIM value is a JSON string."""
    prefix, _, quoted = equals("x", value).partition(" eq ")
    assert (prefix, json.loads(quoted)) == ("x", value)


def test_one_person_is_one_term_however_asked():
    """A request asks for 20 people, not for 20 comparisons."""
    terms = person_terms(["00u1", "00u1"], ["A@x.io", "b@x.io"], ["a@x.io", "c@x.io"])
    assert terms == [
        'id eq "00u1"',
        'profile.login eq "A@x.io" or profile.email eq "a@x.io"',
        'profile.login eq "b@x.io"',
        'profile.email eq "c@x.io"',
    ]


def test_no_address_is_nobodys():
    """Many accounts have no e-mail address; they are not found by its absence."""
    assert person_terms([], [""], [""]) == []
    assert not person_matcher([], [""], [""])("00u1", "a@x.io", "")


def test_terms_are_joined_by_or():
    """SCIM binds `or` last."""
    assert any_of(["a", "b"]) == "a or b"


def test_only_exact_matches_are_people_who_were_asked_for():
    """Whatever their case, as Okta."""
    is_asked = person_matcher(["00u1"], ["A@x.io"], ["C@x.io"])
    assert is_asked("00u1", "z", "z")
    assert is_asked("00u2", "a@X.io", "")
    assert is_asked("00u2", "z", "c@x.io")
    assert not is_asked("00u2", "a@x.iox", "a@x.io")


def test_names_that_only_look_alike_are_asked_for_apart():
    """Okta holds both; asking for one of them would leave the other unfound."""
    assert len(person_terms([], ["weiß@x.io", "weiss@x.io"], [])) == 2
    assert not person_matcher([], ["weiß@x.io"], [])("00u1", "weiss@x.io", "")
