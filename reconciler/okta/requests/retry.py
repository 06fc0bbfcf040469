"""Whether a request is sent again, and when. Pure: chance and time are parameters.

Reads and membership writes say what shall be true, so they may be repeated; a creation may not,
once it can have arrived. The time spent waiting for one request is bounded.
"""

from dataclasses import dataclass
from http import HTTPStatus

from reconciler.okta.responses.transport_errors import Fault

__all__ = ["LONGEST_TOTAL_S", "MOST_ATTEMPTS", "Attempt", "GiveUp", "Refused", "Retry", "decide"]

MOST_ATTEMPTS = 5
LONGEST_TOTAL_S = 300.0
"""Four whole windows and a little: waiting for a budget is pacing, and not counted here."""
_LONGEST_BACKOFF_S = 30.0
_REPEATABLE_METHODS = frozenset({"GET", "PUT", "DELETE"})
_PASSING_STATUSES = frozenset(
    {
        HTTPStatus.INTERNAL_SERVER_ERROR,  # a list that timed out, a user not yet known everywhere
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An answer with an error status; `wait_s` is how long it asks to be left alone."""

    status: int
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The attempt that just failed: the first is number 1; `jitter` is 0 to 1."""

    number: int
    waited_s: float = 0.0
    jitter: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Send it again after the delay."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The last outcome stands."""


def decide(method: str, attempt: Attempt, outcome: Refused | Fault) -> Retry | GiveUp:
    """Retry where that is harmless, likely to help and within the bounds; else give up."""
    if attempt.number >= MOST_ATTEMPTS or not _is_worth_repeating(method, outcome):
        return GiveUp()
    delay_s = _delay(attempt, outcome)
    if attempt.waited_s + delay_s > LONGEST_TOTAL_S:
        return GiveUp()
    return Retry(delay_s=delay_s)


def _is_worth_repeating(method: str, outcome: Refused | Fault) -> bool:
    """A 429 was refused unread, so it may always be repeated."""
    if isinstance(outcome, Refused) and outcome.status == HTTPStatus.TOO_MANY_REQUESTS:
        return True
    if outcome is Fault.UNTRUSTED:  # a certificate is the same a second later
        return False
    if method not in _REPEATABLE_METHODS:
        return False
    return isinstance(outcome, Fault) or outcome.status in _PASSING_STATUSES


def _delay(attempt: Attempt, outcome: Refused | Fault) -> float:
    """What is asked for and up to a second more, or a doubling wait, half of it by chance."""
    asked_s = max(outcome.wait_s, 0.0) if isinstance(outcome, Refused) else 0.0
    if isinstance(outcome, Refused) and outcome.status == HTTPStatus.TOO_MANY_REQUESTS:
        return asked_s + attempt.jitter
    backoff = min(2.0 ** (attempt.number - 1), _LONGEST_BACKOFF_S) * (0.5 + attempt.jitter / 2)
    return float(max(backoff, asked_s + attempt.jitter if asked_s else 0.0))
