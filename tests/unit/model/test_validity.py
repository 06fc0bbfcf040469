"""A bare date means a day in UTC, from its first instant."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.validity import Validity, day_start

DAY = date(2026, 11, 22)
TICK = timedelta(microseconds=1)


def at(text):
    """An instant as RFC 3339."""
    return datetime.fromisoformat(text)


def test_a_day_starts_at_midnight_utc():
    """Whoever runs the command, wherever they are, gets the same instant."""
    assert datetime(2026, 11, 22, tzinfo=UTC) == day_start(DAY)


@pytest.mark.parametrize(
    ("is_live", "window", "now"),
    [
        (True, {}, "2026-11-22T09:00:00+00:00"),
        (False, {"starts_on": DAY}, "2026-11-21T23:59:59.999999+00:00"),
        (True, {"starts_on": DAY}, "2026-11-22T00:00:00+00:00"),
        (True, {"expires_on": DAY}, "2026-11-22T23:59:59.999999+00:00"),
        (False, {"expires_on": DAY}, "2026-11-23T00:00:00+00:00"),
        (True, {"revoked_on": DAY}, "2026-11-21T23:59:59.999999+00:00"),
        (False, {"revoked_on": DAY}, "2026-11-22T00:00:00+00:00"),
        (False, {"expires_on": date(2027, 1, 1), "revoked_on": DAY}, "2026-11-22T00:00:00+00:00"),
        (False, {"expires_on": DAY, "revoked_on": date(2027, 1, 1)}, "2026-11-23T00:00:00+00:00"),
        (False, {"starts_on": DAY, "revoked_on": DAY}, "2026-11-22T12:00:00+00:00"),
        (True, {"starts_on": DAY, "expires_on": DAY}, "2026-11-22T12:00:00+00:00"),
        (False, {"starts_on": DAY}, "2026-11-22T04:59:59+05:00"),
        (True, {"starts_on": DAY}, "2026-11-22T05:00:00+05:00"),
        (True, {"expires_on": DAY}, "2026-11-22T23:59:59-00:00"),
        (False, {"expires_on": DAY}, "2026-11-22T19:00:00-05:00"),
    ],
)
def test_a_grant_holds_from_the_start_of_its_first_day_through_its_last(is_live, window, now):
    """An off-by-one here removes somebody a day early or leaves them in a day long."""
    assert Validity(**window).is_live(at(now)) is is_live


@pytest.mark.parametrize(
    ("ends_at", "window"),
    [
        (None, {}),
        (None, {"starts_on": DAY}),
        (at("2026-11-23T00:00:00+00:00"), {"expires_on": DAY}),
        (at("2026-11-22T00:00:00+00:00"), {"revoked_on": DAY}),
        (at("2026-11-22T00:00:00+00:00"), {"expires_on": DAY, "revoked_on": DAY}),
        (at("2026-11-23T00:00:00+00:00"), {"expires_on": DAY, "revoked_on": date(2026, 11, 23)}),
    ],
)
def test_the_end_is_the_earlier_of_expiry_and_revocation(ends_at, window):
    """`expires` holds through its day, `revoked` ends at the beginning of its own."""
    assert ends_at == Validity(**window).ends_at


def test_the_last_day_of_the_calendar_is_a_day_like_any_other():
    """People write 9999-12-31 for "never"; it must not end the run with an overflow."""
    assert Validity(expires_on=date.max).is_live(at("2026-11-22T09:00:00+00:00"))


@given(
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.datetimes(datetime(2019, 1, 1), datetime(2031, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_an_instant_is_before_during_or_after_and_nothing_else(starts, expires, revoked, naive):
    """A grant that is neither pending, live nor ended would vanish from every table."""
    now = naive.replace(tzinfo=timezone(timedelta(hours=3)))
    window = Validity(starts_on=starts, expires_on=expires, revoked_on=revoked)
    is_pending = not window.has_started(now) and not window.has_ended(now)
    assert [is_pending, window.is_live(now), window.has_ended(now)].count(True) == 1


def test_the_instant_before_the_end_is_live_and_the_end_is_not():
    """The window is half open: no instant belongs to two states."""
    window = Validity(expires_on=DAY)
    end = window.ends_at
    assert (window.is_live(end - TICK), window.is_live(end)) == (True, False)
