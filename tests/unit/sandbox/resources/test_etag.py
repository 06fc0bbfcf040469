"""The version of a user."""

import pytest

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.resources import users


@pytest.mark.parametrize(
    "given",
    [None, "*", users.etag(b"body"), users.etag(b"body").removeprefix("W/")],
)
def test_the_present_version_passes(given):
    """Weak, strong, any, or none named at all."""
    users.check_if_match(given, b"body")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (users.etag(b"other"), "E0000231"),
        ('W/"abc"', "E0000242"),
        ("", "E0000242"),
        (users.etag(b"body").replace('"', ""), "E0000242"),
    ],
)
def test_another_version_and_no_version_at_all_are_refused(given, code):
    """With errors of their own."""
    with pytest.raises(Failure) as caught:
        users.check_if_match(given, b"body")
    assert caught.value.code == code
