"""An instant is a day in UTC or says its zone."""

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.cli.clock import parse_duration, parse_instant, stopwatch, wall_clock
from reconciler.model.errors import UsageError


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (datetime(2026, 12, 1, tzinfo=UTC), "2026-12-01"),
        (datetime(2026, 12, 1, 9, 0, tzinfo=UTC), "2026-12-01T09:00:00Z"),
        (datetime(2026, 12, 1, 7, 0, tzinfo=UTC), "2026-12-01T09:00:00+02:00"),
        (datetime(2026, 12, 1, 9, 0, 0, 500000, tzinfo=UTC), "2026-12-01T09:00:00.5Z"),
    ],
)
def test_a_day_or_an_instant_with_its_zone_is_understood(expected, text):
    """And it comes out in UTC, whatever zone it was written in."""
    found = parse_instant(text)
    assert (expected, UTC) == (found, found.tzinfo)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-13-01",
        "2026-02-30",
        "2026-12-01T09:00:00",
        "2026-12-01T25:00:00Z",
        "01.12.2026",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:00:00-05:00",
    ],
)
def test_anything_else_is_a_usage_error(text):
    """Nobody guesses a zone, and an instant that UTC cannot hold is no instant."""
    with pytest.raises(UsageError) as caught:
        parse_instant(text)
    assert (caught.value.code, caught.value.exit_code) == ("as-of-invalid", 64)
    assert repr(text) in caught.value.message


def test_the_wall_clock_is_in_utc():
    """Everything below compares aware instants."""
    assert wall_clock().tzinfo is UTC


def test_a_stopwatch_counts_from_when_it_was_started():
    """It never runs backwards, whatever is done to the wall clock."""
    elapsed = stopwatch()
    first = elapsed()
    assert 0 <= first <= elapsed()


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (timedelta(hours=26), "26h"),
        (timedelta(minutes=90), "90m"),
        (timedelta(days=2), "2d"),
    ],
)
def test_a_duration_is_a_number_and_a_unit(expected, text):
    """Minutes, hours or days."""
    assert expected == parse_duration(text)


@pytest.mark.parametrize("text", ["", "26", "h", "0h", "-1h", "1.5h", "26 h", "1w", "٢h", "2h\n"])
def test_anything_else_is_no_duration(text):
    """Nothing is guessed."""
    with pytest.raises(UsageError) as caught:
        parse_duration(text)
    assert caught.value.code == "duration-invalid"
