"""Waits come from Okta's clock and stay within bounds."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.rate_limits.headers import (
    LONGEST_WAIT_S,
    RateLimit,
    bucket_of,
    read_rate_limits,
    seconds_to_reset,
    seconds_to_wait,
    strictest_limit,
)

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def headers(limit="600", remaining="0", reset=NOW):
    """The three headers of one window."""
    return [
        ("X-Rate-Limit-Limit", limit),
        ("x-rate-limit-remaining", remaining),
        ("X-RATE-LIMIT-RESET", str(int(reset.timestamp()))),
    ]


def test_the_headers_are_read_whatever_their_case():
    """Recorded traffic has both."""
    assert strictest_limit(headers()) == RateLimit(limit=600, remaining=0, reset_at=NOW)


def test_the_strictest_of_several_windows_counts():
    """Okta repeats the headers when several limits apply."""
    later = NOW + timedelta(seconds=40)
    both = headers("600", "10", later) + headers("50", "3", NOW)
    joined = [("x-rate-limit-limit", "600, 50"), *headers("50", "3")[1:]]
    assert strictest_limit(both) == RateLimit(limit=50, remaining=3, reset_at=NOW)
    assert strictest_limit(joined) == RateLimit(limit=50, remaining=3, reset_at=NOW)


def test_limits_that_pair_up_are_kept_apart():
    """How much may be used is judged for each of them."""
    later = NOW + timedelta(seconds=40)
    large = RateLimit(limit=600, remaining=10, reset_at=later)
    small = RateLimit(limit=50, remaining=30, reset_at=NOW)
    both = headers("600", "10", later) + headers("50", "30", NOW)
    assert read_rate_limits(both) == (large, small)
    assert read_rate_limits(iter(headers())) == (RateLimit(limit=600, remaining=0, reset_at=NOW),)


def test_limits_that_do_not_pair_up_are_read_strictly():
    """Nobody knows which figure belongs to which."""
    odd = headers("600", "10") + headers("50", "3")[:2] + headers()[2:]
    assert read_rate_limits(odd[:5]) == (RateLimit(limit=50, remaining=3, reset_at=NOW),)
    assert read_rate_limits(headers()[:2]) == read_rate_limits([]) == ()


@pytest.mark.parametrize(("ahead_s", "wait"), [(-5, 0.0), (0, 0.0), (20, 20.0), (4000, 90.0)])
def test_a_window_is_over_by_oktas_clock_and_within_bounds(ahead_s, wait):
    """In the past, now, soon, and too far away to be believed."""
    window = RateLimit(limit=600, remaining=0, reset_at=NOW + timedelta(seconds=ahead_s))
    date = format_datetime(NOW, usegmt=True)
    assert seconds_to_reset(window, date, NOW + timedelta(hours=1)) == wait
    assert seconds_to_reset(window, "", NOW) == wait


@pytest.mark.parametrize("damaged", [[], headers()[:2], headers("x"), headers("-1"), headers("")])
def test_damaged_headers_are_no_window(damaged):
    """Then the wait grows by attempt."""
    assert strictest_limit(damaged) is None


def test_a_reset_beyond_the_calendar_is_still_an_instant():
    """No figure of the server may crash the run."""
    window = strictest_limit([*headers()[:2], ("x-rate-limit-reset", "999999999999")])
    assert window is not None
    assert seconds_to_wait(window, "", NOW, 1) == LONGEST_WAIT_S


@pytest.mark.parametrize("skew_s", [-3600, 0, 3600])
def test_the_wait_is_judged_by_oktas_clock(skew_s):
    """A runner whose clock is off waits as long as any other."""
    window = RateLimit(limit=600, remaining=0, reset_at=NOW + timedelta(seconds=20))
    date = format_datetime(NOW, usegmt=True)
    assert seconds_to_wait(window, date, NOW + timedelta(seconds=skew_s), 1) == 21.0


def test_our_clock_serves_where_the_date_is_missing_or_damaged():
    """The header is not guaranteed."""
    window = RateLimit(limit=600, remaining=0, reset_at=NOW + timedelta(seconds=20))
    assert [seconds_to_wait(window, d, NOW, 1) for d in ("", "rubbish", "Sun, 99 Foo")] == [
        21.0
    ] * 3


def test_too_many_at_once_backs_off_by_attempt():
    """The concurrency limit says zero of zero, and its reset is an estimate."""
    window = RateLimit(limit=0, remaining=0, reset_at=NOW + timedelta(seconds=60))
    assert window.is_concurrency
    assert [seconds_to_wait(window, "", NOW, n) for n in (1, 2, 3)] == [1.0, 2.0, 4.0]
    assert [seconds_to_wait(None, "", NOW, n) for n in (1, 2, 99)] == [1.0, 2.0, 90.0]


@given(
    st.integers(0, 10**12),
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001 - the strategy adds the zone
    st.integers(1, 100),
    st.text(max_size=30),
    st.text(max_size=30) | st.integers().map(str),
)
def test_no_wait_leaves_its_bounds(reset, now, attempt, date, asked):
    """Recorded resets lie up to 2 s in the past."""
    window = strictest_limit([*headers()[:2], ("x-rate-limit-reset", str(reset))])
    for limit in (window, None):
        wait_s = seconds_to_wait(limit, date, now.replace(tzinfo=UTC), attempt, asked)
        assert 0.0 <= wait_s <= LONGEST_WAIT_S


@pytest.mark.parametrize("passed_s", [0, 1, 2, 3600, 10**8])
def test_a_reset_that_has_passed_does_not_use_up_every_attempt_at_once(passed_s):
    """Five tries within a second would end the run; these reach past a whole window."""
    window = RateLimit(limit=600, remaining=0, reset_at=NOW - timedelta(seconds=passed_s))
    waits = [seconds_to_wait(window, "", NOW, attempt) for attempt in (1, 2, 3, 4)]
    assert waits == [1.0, 4.0, 16.0, 64.0]


@pytest.mark.parametrize(
    ("asked", "wait_s"),
    [
        ("30", 30.0),
        (" 7 ", 7.0),
        ("3600", LONGEST_WAIT_S),
        (format_datetime(NOW + timedelta(seconds=40), usegmt=True), 40.0),
        (format_datetime(NOW - timedelta(seconds=40), usegmt=True), 1.0),
        *((text, 1.0) for text in ("0", "", "soon", "-5", "1.5", "9" * 99, "٣")),
    ],
)
def test_an_answer_that_only_says_retry_after_is_heeded(asked, wait_s):
    """A gateway before Okta knows no windows. What it says in another form counts as unsaid."""
    assert seconds_to_wait(None, "", NOW, 1, asked) == wait_s


def test_of_reset_and_retry_after_the_later_counts():
    """Neither asks for less than it says."""
    window = RateLimit(limit=600, remaining=0, reset_at=NOW + timedelta(seconds=20))
    assert [seconds_to_wait(window, "", NOW, 1, asked) for asked in ("5", "50")] == [21.0, 50.0]


@pytest.mark.parametrize(
    ("request_line", "bucket"),
    [
        ("GET /api/v1/groups", "/api/v1/groups"),
        ("GET /api/v1/groups/00g1/users", "/api/v1/groups"),
        ("PUT /api/v1/groups/00g1/users/00u1", "/api/v1/groups"),
        ("GET /api/v1/groups/rules", "/api/v1/groups"),
        ("GET /api/v1/groups/00g1", "/api/v1/groups/{id}"),
        ("GET /api/v1/users", "/api/v1/users"),
        ("GET /api/v1/users/me", "/api/v1/users/{id} GET"),
        ("POST /api/v1/users/00u1/lifecycle/suspend", "/api/v1/users/{id} write"),
        ("GET /api/v1/users/00u1/groups", "/api/v1/*"),
        ("GET /api/v1/logs", "/api/v1/logs"),
        ("GET /.well-known/okta-organization", "/.well-known/okta-organization"),
    ],
)
def test_requests_that_draw_on_one_limit_share_a_bucket(request_line, bucket):
    """As recorded counters move together."""
    assert bucket_of(*request_line.split()) == bucket
