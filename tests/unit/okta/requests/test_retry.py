"""A retry is bounded, and never repeats what may have happened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.requests.retry import (
    LONGEST_TOTAL_S,
    MOST_ATTEMPTS,
    Attempt,
    GiveUp,
    Refused,
    Retry,
    decide,
)
from reconciler.okta.responses.transport_errors import Fault

METHODS = st.sampled_from(["GET", "PUT", "DELETE", "POST", "PATCH"])
OUTCOMES = st.one_of(
    st.sampled_from(list(Fault)),
    st.builds(
        Refused,
        status=st.sampled_from([400, 401, 403, 404, 429, 500, 501, 502, 503, 504]),
        wait_s=st.floats(0, 90),
    ),
)

PASSING = [fault for fault in Fault if fault is not Fault.UNTRUSTED]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("outcome", [*PASSING, *(Refused(status=s) for s in (500, 502, 503, 504))])
def test_passing_trouble_is_waited_out(method, outcome):
    """Reads and membership writes say what shall be true, so they may be repeated."""
    waits = [decide(method, Attempt(number=n), outcome) for n in (1, 2, 3, 4)]
    assert waits == [Retry(delay_s=0.75 * 2**n) for n in range(4)]


@given(METHODS)
def test_a_certificate_that_does_not_fit_is_not_tried_again(method):
    """It is the same a second later, and somebody is waiting for the answer."""
    assert decide(method, Attempt(number=1), Fault.UNTRUSTED) == GiveUp()


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 501])
def test_a_clear_no_is_not_asked_again(status):
    """It would be no again."""
    assert decide("GET", Attempt(number=1), Refused(status=status)) == GiveUp()


def test_a_429_waits_as_long_as_okta_says_and_a_little_more():
    """The jitter keeps many requests from returning at once."""
    outcome = Refused(status=429, wait_s=21.0)
    assert decide("GET", Attempt(number=1, jitter=0.25), outcome) == Retry(delay_s=21.25)


@given(METHODS, st.lists(OUTCOMES, min_size=1, max_size=20), st.floats(0, 1))
def test_attempts_and_waiting_are_bounded(method, outcomes, jitter):
    """Whatever happens in whatever order."""
    waited = 0.0
    for number, outcome in enumerate(outcomes, start=1):
        verdict = decide(method, Attempt(number=number, waited_s=waited, jitter=jitter), outcome)
        if isinstance(verdict, GiveUp):
            return
        assert verdict.delay_s >= 0
        waited += verdict.delay_s
        assert number < MOST_ATTEMPTS
        assert waited <= LONGEST_TOTAL_S


@given(st.sampled_from(["POST", "PATCH"]), OUTCOMES, st.integers(1, 9))
def test_a_creation_that_may_have_arrived_is_never_repeated(method, outcome, number):
    """Only a 429 says that it was turned away unread."""
    verdict = decide(method, Attempt(number=number), outcome)
    was_unread = isinstance(outcome, Refused) and outcome.status == 429
    assert was_unread or verdict == GiveUp()


def test_two_whole_windows_are_not_too_long_to_wait():
    """Four are the most; a fifth refusal is the last."""
    outcome, waited = Refused(status=429, wait_s=61.0), 0.0
    for number in range(1, MOST_ATTEMPTS):
        verdict = decide("PUT", Attempt(number=number, waited_s=waited), outcome)
        assert verdict == Retry(delay_s=61.5)
        waited += verdict.delay_s
    assert decide("PUT", Attempt(number=MOST_ATTEMPTS, waited_s=waited), outcome) == GiveUp()
