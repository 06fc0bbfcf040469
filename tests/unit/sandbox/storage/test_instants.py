"""Instants read and written as Okta does."""

from datetime import UTC, datetime

from reconciler.sandbox.storage.clock import http_date, parse_instant, precise_stamp, stamp

MORNING = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)


def test_a_stamp_has_milliseconds_and_a_z():
    """The form of every timestamp in a body, whose milliseconds are none but in the log."""
    late = MORNING.replace(microsecond=987654)
    assert stamp(MORNING) == stamp(late) == "2026-01-10T08:00:00.000Z"
    assert precise_stamp(late) == "2026-01-10T08:00:00.987Z"


def test_every_offset_becomes_utc():
    """Two ways to write one instant are one instant."""
    assert (
        parse_instant("2026-01-10T09:00:00+01:00")
        == parse_instant("2026-01-10T08:00:00Z")
        == MORNING
    )


def test_no_offset_means_utc():
    """A bare date is its midnight."""
    assert parse_instant("2026-01-10") == datetime(2026, 1, 10, tzinfo=UTC)


def test_a_date_header_is_in_gmt():
    """The form of RFC 9110."""
    assert http_date(MORNING) == "Sat, 10 Jan 2026 08:00:00 GMT"
