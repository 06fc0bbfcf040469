"""Counts with their unit, and marks without colour."""

import pytest

from reconciler.render.document import Mark, count


@pytest.mark.parametrize(
    ("words", "number", "more"),
    [
        ("0 groups", 0, ("group",)),
        ("1 group", 1, ("group",)),
        ("2 groups", 2, ("group",)),
        ("1,000 groups", 1000, ("group",)),
        ("1 person", 1, ("person", "people")),
        ("3 people", 3, ("person", "people")),
    ],
)
def test_a_number_has_its_unit(words, number, more):
    """Nobody guesses what is counted."""
    assert words == count(number, *more)


def test_every_mark_is_another_character():
    """Meaning hangs on the mark, not on a colour."""
    assert len({mark.value for mark in Mark}) == len(Mark)
