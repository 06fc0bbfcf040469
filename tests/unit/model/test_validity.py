"""A bare date means a day in UTC, from its first instant."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.validity import Phase, Validity, day_start, window

DAY = date(2026, 11, 22)
TICK = timedelta(microseconds=1)


def at(text):
    """An instant as RFC 3339."""
    return datetime.fromisoformat(text)


def test_a_day_starts_at_midnight_utc():
    """Whoever runs the command, wherever they are, gets the same instant."""
    assert datetime(2026, 11, 22, tzinfo=UTC) == day_start(DAY)


@pytest.mark.parametrize(
    ("is_live", "days", "now"),
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
def test_a_grant_holds_from_the_start_of_its_first_day_through_its_last(is_live, days, now):
    """An off-by-one here removes somebody a day early or leaves them in a day long."""
    assert Validity(**days).is_live(at(now)) is is_live


@pytest.mark.parametrize(
    ("ends_at", "days"),
    [
        (None, {}),
        (None, {"starts_on": DAY}),
        (at("2026-11-23T00:00:00+00:00"), {"expires_on": DAY}),
        (at("2026-11-22T00:00:00+00:00"), {"revoked_on": DAY}),
        (at("2026-11-22T00:00:00+00:00"), {"expires_on": DAY, "revoked_on": DAY}),
        (at("2026-11-23T00:00:00+00:00"), {"expires_on": DAY, "revoked_on": date(2026, 11, 23)}),
    ],
)
def test_the_end_is_the_earlier_of_expiry_and_revocation(ends_at, days):
    """`expires` holds through its day, `revoked` ends at the beginning of its own."""
    assert ends_at == Validity(**days).ends_at


def test_the_last_day_of_the_calendar_is_a_day_like_any_other():
    """People write 9999-12-31 for "never"; it must not end the run with an overflow."""
    assert Validity(expires_on=date.max).is_live(at("2026-11-22T09:00:00+00:00"))


@given(
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.datetimes(datetime(2019, 1, 1), datetime(2031, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_an_instant_is_before_during_or_after_as_instants_say_it(starts, expires, revoked, naive):
    """The phase goes by days and the end by instants: they must mean the same window."""
    now = naive.replace(tzinfo=timezone(timedelta(hours=3)))
    found = Validity(starts_on=starts, expires_on=expires, revoked_on=revoked)
    if found.ends_at is not None and found.ends_at <= now:
        expected = Phase.ENDED
    elif starts is not None and now < day_start(starts):
        expected = Phase.PENDING
    else:
        expected = Phase.LIVE
    assert found.phase(now) is expected
    assert found.is_live(now) is (expected is Phase.LIVE)


def test_one_window_is_one_object_and_knows_its_days():
    """A million grants share a few hundred windows."""
    days = (DAY, DAY + timedelta(days=1), None)
    assert window(*days) is window(*days)
    assert window(*days) == Validity(starts_on=DAY, expires_on=DAY + timedelta(days=1))


def test_the_instant_before_the_end_is_live_and_the_end_is_not():
    """The window is half open: no instant belongs to two states."""
    found = Validity(expires_on=DAY)
    end = found.ends_at
    assert (found.is_live(end - TICK), found.is_live(end)) == (True, False)
