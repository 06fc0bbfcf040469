"""Signatures are dated by Okta's clock, where that is near ours."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from reconciler.okta.auth.token_endpoint import OktaClock

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def clock(date):
    """Our clock, after an answer with that Date."""
    made = OktaClock(lambda: NOW)
    made.note_answer(httpx.Headers({"date": date} if date else {}))
    return made


@pytest.mark.parametrize(
    ("date", "ahead_s", "corrected_s"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", 0, 0),
        ("Sun, 22 Nov 2026 12:04:59 GMT", 299, 299),
        ("Sun, 22 Nov 2026 11:55:00 GMT", -300, -300),
        ("Sun, 22 Nov 2026 12:05:01 GMT", 301, 0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", -10800, 0),
        ("Sun, 22 Nov 2026 12:00:09", 9, 9),
    ],
)
def test_a_small_difference_is_corrected_and_a_large_one_is_left_to_be_refused(
    date, ahead_s, corrected_s
):
    """A clock that is hours off judges grants wrongly: that must come out."""
    made = clock(date)
    assert made.ahead == timedelta(seconds=ahead_s)
    assert made.now() == NOW + timedelta(seconds=corrected_s)


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Nov 2026 12:00:00 GMT", "\x00", "0"])
def test_without_a_date_our_own_clock_counts(date):
    """Nothing is known, and nothing breaks."""
    made = clock(date)
    assert (made.ahead, made.now()) == (None, NOW)
