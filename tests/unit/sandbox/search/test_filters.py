"""What each endpoint may be asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.sandbox.search.expression import ExpressionError
from reconciler.sandbox.search.filters import GROUP_FILTER, GROUP_SEARCH, USER_FILTER, USER_SEARCH

USER = {
    "id": "00u1",
    "status": "ACTIVE",
    "lastUpdated": "2026-05-01T12:00:00.000Z",
    "profile": {"login": "Jane@x.example", "age": 7, "teams": ["red", "blue"], "nick": None},
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('profile.login eq "jane@X.example"', True),
        ('profile.login sw "JANE"', True),
        ('profile.login co "e@x"', True),
        ('profile.login eq "june@x.example"', False),
        ("profile.age gt 6", True),
        ("profile.age le 6", False),
        ('profile.teams eq "blue"', True),
        ("profile.nick pr", False),
        ("profile.absent pr", False),
        ("status pr", True),
        ('lastUpdated gt "2026-05-01"', True),
        ('lastUpdated lt "2026-05-01T14:00:00+02:00"', False),
        ('profile.login eq "x" or (status eq "ACTIVE" and profile.age ge 7)', True),
        ("profile.login eq true", False),
    ],
)
def test_a_search_holds_for_what_it_describes(text, holds):
    """Case does not matter to a search."""
    assert USER_SEARCH.read(text).matches(USER) is holds


def test_case_matters_to_a_filter():
    """The one difference that hides a user."""
    assert USER_FILTER.read('profile.login eq "Jane@x.example"').matches(USER)
    assert not USER_FILTER.read('profile.login eq "jane@x.example"').matches(USER)


@pytest.mark.parametrize(
    ("grammar", "text"),
    [
        (USER_FILTER, 'status ne "ACTIVE"'),
        (USER_FILTER, 'profile.login sw "a"'),
        (USER_FILTER, 'profile.nick eq "a"'),
        (USER_SEARCH, 'status ne "ACTIVE"'),
        (USER_SEARCH, 'profile.login co "ab"'),
        (USER_SEARCH, 'nothing eq "a"'),
        (USER_SEARCH, 'created gt "soon"'),
        (GROUP_FILTER, 'profile.name eq "g"'),
        (GROUP_FILTER, 'created gt "2026-01-01"'),
        (GROUP_SEARCH, 'type co "OKTA"'),
        (USER_SEARCH, "not (status pr)"),
        (GROUP_FILTER, 'type eq "OKTA_GROUP" and not (id eq "x")'),
    ],
)
def test_what_may_not_be_asked_is_refused(grammar, text):
    """Okta answers these with E0000031."""
    with pytest.raises(ExpressionError):
        grammar.read(text)


def test_equalities_become_look_ups():
    """Two hundred ids over a hundred thousand users read two hundred rows."""
    assert USER_SEARCH.read('id eq "A" or profile.email eq "B"').keys() == {
        ("id", "A"),
        ("email_lower", "b"),
    }
    assert USER_SEARCH.read('status eq "ACTIVE" and profile.login eq "X"').keys() == {
        ("login_lower", "x")
    }
    assert USER_SEARCH.read('id eq "A" or status eq "ACTIVE"').keys() is None
    assert USER_SEARCH.read('profile.name eq "A"').keys() is None


@settings(deadline=None)
@given(st.sampled_from(["eq", "gt", "sw", "co", "pr", "le"]), st.text(max_size=20))
def test_no_value_crashes_a_question(operator, value):
    """A refusal or an answer, for any value."""
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    for attribute in ("id", "lastUpdated", "profile.login", "profile.age"):
        try:
            question = USER_SEARCH.read(f'{attribute} {operator} "{quoted}"')
        except ExpressionError:
            continue
        assert question.matches(USER) in (True, False)
