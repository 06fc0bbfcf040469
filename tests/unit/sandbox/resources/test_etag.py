"""The version of a user."""

import pytest

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.resources import users_and_groups


@pytest.mark.parametrize(
    "given",
    [None, "*", users_and_groups.of(b"body"), users_and_groups.of(b"body").removeprefix("W/")],
)
def test_the_present_version_passes(given):
    """Weak, strong, any, or none named at all."""
    users_and_groups.check(given, b"body")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (users_and_groups.of(b"other"), "E0000231"),
        ('W/"abc"', "E0000242"),
        ("", "E0000242"),
        (users_and_groups.of(b"body").replace('"', ""), "E0000242"),
    ],
)
def test_another_version_and_no_version_at_all_are_refused(given, code):
    """With errors of their own."""
    with pytest.raises(Failure) as caught:
        users_and_groups.check(given, b"body")
    assert caught.value.code == code
