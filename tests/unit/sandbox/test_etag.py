"""The version of a user."""

import pytest

from reconciler.sandbox import etag
from reconciler.sandbox.failures import Failure


@pytest.mark.parametrize(
    "given", [None, "*", etag.of(b"body"), etag.of(b"body").removeprefix("W/")]
)
def test_the_present_version_passes(given):
    """Weak, strong, any, or none named at all."""
    etag.check(given, b"body")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (etag.of(b"other"), "E0000231"),
        ('W/"abc"', "E0000242"),
        ("", "E0000242"),
        (etag.of(b"body").replace('"', ""), "E0000242"),
    ],
)
def test_another_version_and_no_version_at_all_are_refused(given, code):
    """With errors of their own."""
    with pytest.raises(Failure) as caught:
        etag.check(given, b"body")
    assert caught.value.code == code
