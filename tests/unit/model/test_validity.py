"""A bare date means a day in UTC, from its first instant; an instant means itself."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.validity import (
    Duration,
    DurationUnit,
    Moment,
    Phase,
    day_end,
    day_start,
    window,
)

DAY = date(2026, 11, 22)
NOON = Moment(DAY, time(12))
TICK = timedelta(microseconds=1)


def at(text):
    """An instant as RFC 3339."""
    return datetime.fromisoformat(text)


def held(starts=None, expires=None, revoked=None):
    """The window that a file writes so; a date is a whole day."""
    wrapped = (Moment(each) if type(each) is date else each for each in (starts, expires))
    return window(*wrapped, revoked)


def test_a_day_starts_at_midnight_utc():
    """Whoever runs the command, wherever they are, gets the same instant."""
    assert datetime(2026, 11, 22, tzinfo=UTC) == day_start(DAY)


@pytest.mark.parametrize(
    ("is_live", "days", "now"),
    [
        (True, {}, "2026-11-22T09:00:00+00:00"),
        (False, {"starts": DAY}, "2026-11-21T23:59:59.999999+00:00"),
        (True, {"starts": DAY}, "2026-11-22T00:00:00+00:00"),
        (True, {"expires": DAY}, "2026-11-22T23:59:59.999999+00:00"),
        (False, {"expires": DAY}, "2026-11-23T00:00:00+00:00"),
        (True, {"revoked": DAY}, "2026-11-21T23:59:59.999999+00:00"),
        (False, {"revoked": DAY}, "2026-11-22T00:00:00+00:00"),
        (False, {"expires": date(2027, 1, 1), "revoked": DAY}, "2026-11-22T00:00:00+00:00"),
        (False, {"expires": DAY, "revoked": date(2027, 1, 1)}, "2026-11-23T00:00:00+00:00"),
        (False, {"starts": DAY, "revoked": DAY}, "2026-11-22T12:00:00+00:00"),
        (True, {"starts": DAY, "expires": DAY}, "2026-11-22T12:00:00+00:00"),
        (False, {"starts": DAY}, "2026-11-22T04:59:59+05:00"),
        (True, {"starts": DAY}, "2026-11-22T05:00:00+05:00"),
        (True, {"expires": DAY}, "2026-11-22T23:59:59-00:00"),
        (False, {"expires": DAY}, "2026-11-22T19:00:00-05:00"),
        (False, {"starts": NOON}, "2026-11-22T11:59:59.999999+00:00"),
        (True, {"starts": NOON}, "2026-11-22T12:00:00+00:00"),
        (True, {"expires": NOON}, "2026-11-22T11:59:59.999999+00:00"),
        (False, {"expires": NOON}, "2026-11-22T12:00:00+00:00"),
        (False, {"expires": NOON}, "2026-11-22T17:00:00+05:00"),
        (False, {"starts": NOON, "expires": NOON}, "2026-11-22T12:00:00+00:00"),
        (False, {"expires": NOON, "revoked": DAY}, "2026-11-22T00:00:00+00:00"),
        (False, {"expires": NOON, "revoked": date(2026, 11, 23)}, "2026-11-22T12:00:00+00:00"),
    ],
)
def test_a_grant_holds_from_what_it_starts_with_to_what_it_expires_with(is_live, days, now):
    """An off-by-one here removes somebody a day early or leaves them in a day long."""
    assert held(**days).is_live(at(now)) is is_live


@pytest.mark.parametrize(
    ("ends_at", "days"),
    [
        (None, {}),
        (None, {"starts": DAY}),
        (at("2026-11-23T00:00:00+00:00"), {"expires": DAY}),
        (at("2026-11-22T12:00:00+00:00"), {"expires": NOON}),
        (at("2026-11-22T00:00:00+00:00"), {"revoked": DAY}),
        (at("2026-11-22T00:00:00+00:00"), {"expires": DAY, "revoked": DAY}),
        (at("2026-11-23T00:00:00+00:00"), {"expires": DAY, "revoked": date(2026, 11, 23)}),
    ],
)
def test_the_end_is_the_earlier_of_expiry_and_revocation(ends_at, days):
    """`expires` holds through its day, `revoked` ends at the beginning of its own."""
    assert ends_at == held(**days).ends_at


def test_the_last_day_of_the_calendar_is_a_day_like_any_other():
    """People write 9999-12-31 for "never"; it must not end the run with an overflow."""
    assert held(expires=date.max).is_live(at("2026-11-22T09:00:00+00:00"))


DAYS = st.none() | st.dates(date(2026, 11, 20), date(2026, 11, 24))
WHEN = DAYS | st.builds(
    Moment,
    st.dates(date(2026, 11, 20), date(2026, 11, 24)),
    st.none() | st.sampled_from([time(0), time(12), time(23, 59, 59)]),
)
CLOCKS = st.times().map(lambda at: at.replace(microsecond=0))
INSTANTS = st.one_of(
    st.datetimes(datetime(2026, 11, 19), datetime(2026, 11, 26)),  # noqa: DTZ001 - made aware below
    st.sampled_from([datetime(2026, 11, 21, 12), datetime(2026, 11, 22)]),  # noqa: DTZ001 - the same
)


@given(DAYS, DAYS, DAYS, INSTANTS)
def test_a_grant_of_days_alone_holds_by_the_days_of_utc(starts, expires, revoked, naive):
    """As the files say it: from the first day through the last, without the day of its end."""
    now = naive.replace(tzinfo=timezone(timedelta(hours=3)))
    today = now.astimezone(UTC).date()
    is_past = (expires is not None and expires < today) or (
        revoked is not None and revoked <= today
    )
    is_early = starts is not None and today < starts
    expected = Phase.ENDED if is_past else Phase.PENDING if is_early else Phase.LIVE
    assert held(starts, expires, revoked).phase(now) is expected


@given(WHEN, WHEN, DAYS, INSTANTS)
def test_an_instant_is_before_during_or_after_as_the_ends_of_the_window_say_it(
    starts, expires, revoked, naive
):
    """Half open: the first instant belongs to it, and the end does not."""
    now = naive.replace(tzinfo=UTC)
    found = held(starts, expires, revoked)
    if found.ends_at is not None and found.ends_at <= now:
        expected = Phase.ENDED
    elif found.starts_at is not None and now < found.starts_at:
        expected = Phase.PENDING
    else:
        expected = Phase.LIVE
    assert found.phase(now) is expected
    assert found.is_live(now) is (expected is Phase.LIVE)
    assert found.has_ended(now) is (expected is Phase.ENDED)


def test_one_window_is_one_object():
    """A million grants share a few hundred windows."""
    assert held(DAY, NOON) is held(DAY, NOON)


@pytest.mark.parametrize("expires", [DAY, NOON])
def test_the_instant_before_the_end_is_live_and_the_end_is_not(expires):
    """The window is half open: no instant belongs to two states."""
    found = held(expires=expires)
    end = found.ends_at
    assert (found.is_live(end - TICK), found.is_live(end)) == (True, False)


@pytest.mark.parametrize(
    ("moment", "said", "written"),
    [
        (Moment(DAY), "2026-11-22", "2026-11-22"),
        (NOON, "2026-11-22 12:00 UTC", "2026-11-22T12:00Z"),
        (Moment(DAY, time(0)), "2026-11-22 00:00 UTC", "2026-11-22T00:00Z"),
        (Moment(DAY, time(9, 5, 7)), "2026-11-22 09:05:07 UTC", "2026-11-22T09:05:07Z"),
    ],
)
def test_a_moment_is_said_and_written_no_finer_than_it_is(moment, said, written):
    """Seconds stand there only where they count."""
    assert (str(moment), moment.written) == (said, written)


@given(st.builds(Moment, st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.none() | CLOCKS))
def test_an_end_is_said_as_a_file_would_write_it(expires):
    """The last day, or the instant; midnight is the end of the day before."""
    found = Moment.ending_at(expires.end.astimezone(timezone(timedelta(hours=-5))))
    assert found.end == expires.end
    assert (found.at is None) is (expires.end.time() == time.min)


def days(number):
    """A limit in days."""
    return Duration(number, DurationUnit.DAYS)


def hours(number):
    """A limit in hours."""
    return Duration(number, DurationUnit.HOURS)


@pytest.mark.parametrize(
    ("limit", "begins", "expires", "measured", "is_exceeded"),
    [
        (days(90), Moment(DAY), Moment(date(2027, 2, 20)), "90 days", False),
        (days(90), Moment(DAY), Moment(date(2027, 2, 21)), "91 days", True),
        (days(90), NOON, Moment(date(2027, 2, 20)), "90 days", False),
        (days(90), NOON, Moment(date(2027, 2, 20), time(23, 59, 59)), "90 days", False),
        (days(90), NOON, Moment(date(2027, 2, 21), time(0)), "90 days", False),
        (days(90), NOON, Moment(date(2027, 2, 21), time(0, 1)), "91 days", True),
        (days(1), Moment(DAY), Moment(date(2026, 11, 23)), "1 day", False),
        (hours(8), NOON, Moment(DAY, time(20)), "8 hours", False),
        (hours(8), NOON, Moment(DAY, time(20, 0, 1)), "8 hours 1 minute", True),
        (hours(8), NOON, Moment(DAY, time(22, 30)), "10 hours 30 minutes", True),
        (hours(8), NOON, Moment(DAY), "12 hours", True),
        (hours(24), Moment(DAY), Moment(DAY), "24 hours", False),
        (hours(8), Moment(DAY), Moment(DAY, time(8)), "8 hours", False),
        (hours(1), NOON, Moment(DAY, time(13)), "1 hour", False),
    ],
)
def test_a_limit_in_days_ends_with_a_day_and_one_in_hours_to_the_second(
    limit, begins, expires, measured, is_exceeded
):
    """A whole day more, by counting it in hours, would be a longer grant than was meant."""
    found = limit.measure(begins, expires.end), limit.is_exceeded(begins, expires.end)
    assert found == (measured, is_exceeded)


@given(
    st.dates(date(2020, 1, 1), date.max),
    st.dates(date(2020, 1, 1), date.max),
    st.integers(1, 99_999),
)
def test_a_limit_in_days_counts_days_of_the_calendar(begins, expires, limit):
    """From the first day to the last: that is what every file meant that has no instant."""
    lasts = (expires - begins).days
    found = days(limit)
    assert found.is_exceeded(Moment(begins), day_end(expires)) is (lasts > limit)
    assert found.measure(Moment(begins), day_end(expires)).split()[0] == str(lasts)


@given(
    st.builds(Moment, st.dates(date(2020, 1, 1)), st.none() | st.just(time(14, 30))),
    st.builds(Duration, st.integers(1, 99_999), st.sampled_from(DurationUnit)),
)
def test_the_latest_end_that_a_limit_allows_is_within_it_and_nothing_later_is(begins, limit):
    """What is proposed without an end gets this one."""
    last = limit.last_end(begins)
    assert not limit.is_exceeded(begins, last.end)
    if last.day != date.max:
        assert limit.is_exceeded(begins, last.end + TICK)


@pytest.mark.parametrize(
    ("said", "count", "unit"),
    [
        ("180 days", 180, DurationUnit.DAYS),
        ("1 hour", 1, DurationUnit.HOURS),
        ("30 minutes", 30, DurationUnit.MINUTES),
    ],
)
def test_a_duration_is_said_with_its_unit(said, count, unit):
    """One of a thing is no several."""
    assert str(Duration(count, unit)) == said
