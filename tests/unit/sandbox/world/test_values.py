"""The shapes of a world's values."""

import pytest

from reconciler.sandbox.world.values import FieldReader, did_you_mean


@pytest.mark.parametrize(("value", "seconds"), [(0, 0.0), (2, 2.0), (1.5, 1.5)])
def test_seconds_are_a_number(value, seconds):
    """Whole or not."""
    shapes = FieldReader()
    assert shapes.seconds({"lag": value}, "lag", "world") == seconds
    assert shapes.problems == []


@pytest.mark.parametrize("value", [-1, "2", True, float("inf"), float("nan"), [1]])
def test_what_is_no_number_of_seconds_is_noted(value):
    """And none is taken instead."""
    shapes = FieldReader()
    assert shapes.seconds({"lag": value}, "lag", "world") == 0.0
    assert shapes.problems == [f"world: lag is no number of seconds: {value}"]


@pytest.mark.parametrize("value", [-1, "2", True, 1.5])
def test_a_count_is_whole(value):
    """Half a request cannot be in flight."""
    shapes = FieldReader()
    assert shapes.count({"n": value}, "n", "world", 7) == 7
    assert shapes.problems == [f"world: n is no whole number: {value}"]


def test_an_unknown_key_comes_with_the_nearest_known():
    """When one is near."""
    shapes = FieldReader()
    assert shapes.mapping({"membres": 1, "zzz": 2}, "groups[0]", ("name", "members")) == {}
    assert shapes.problems == [
        'groups[0]: unknown key: membres; did you mean "members"?',
        "groups[0]: unknown key: zzz",
    ]
    assert did_you_mean("qqq", ("name",)) == ""
