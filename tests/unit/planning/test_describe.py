"""A change in one line of words."""

import pytest

from reconciler.planning.wording import describe
from tests.support.nouns import change, creation, removal


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ('add jane@example.com (00ujane) to "Claude users"', change()),
        ('remove jane@example.com (00ujane) from "Claude users"', removal()),
        ('create group "Cursor users"', creation()),
    ],
)
def test_a_change_is_said_in_a_line(words, line):
    """Errors and prompts name lines in the same words."""
    assert words == describe(line)
