"""Less than the whole user."""

import pytest

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.resources import sparse_fields

USER = {"id": "1", "status": "ACTIVE", "profile": {"login": "a", "email": "b"}, "created": "c"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("status", {"id": "1", "status": "ACTIVE"}),
        ("profile:(login)", {"id": "1", "profile": {"login": "a"}}),
        (
            "id,profile:( login , nothing ),status",
            {"id": "1", "status": "ACTIVE", "profile": {"login": "a"}},
        ),
        ("profile", {"id": "1", "profile": USER["profile"]}),
        ("nothing", {"id": "1"}),
        ("", {"id": "1"}),
    ],
)
def test_only_what_is_named_is_left(text, left):
    """And the id, which is always there."""
    assert sparse_fields.parse_fields(text).select(USER) == left


@pytest.mark.parametrize("text", ["a b", "profile:(", "profile:login", ")", "1"])
def test_what_cannot_be_read_is_refused(text):
    """Rather than guessed."""
    with pytest.raises(Failure):
        sparse_fields.parse_fields(text)


@pytest.mark.parametrize(
    ("header", "omitted"),
    [
        (None, set()),
        ("application/json", set()),
        ("application/json; charset=utf-8", set()),
        ("application/json; okta-response=omitCredentials", {"omitCredentials"}),
        (
            'application/json; okta-response="omitCredentials, omitCredentialsLinks"',
            {"omitCredentials", "omitCredentialsLinks"},
        ),
    ],
)
def test_the_content_type_says_what_to_omit(header, omitted):
    """Quoted or not."""
    assert sparse_fields.parse_omissions(header) == omitted


def test_what_is_omitted_is_gone():
    """Only the links that have to do with credentials are."""
    user = {
        "credentials": {},
        "transitioningToStatus": None,
        "_links": {"self": {}, "unlock": {}, "suspend": {}},
    }
    every = {"omitCredentials", "omitCredentialsLinks", "omitTransitioningToStatus"}
    assert sparse_fields.omit(user, frozenset(every)) == {"_links": {"self": {}, "suspend": {}}}
    assert sparse_fields.omit(user, frozenset()) == user
