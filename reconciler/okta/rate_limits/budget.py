"""What may be spent of one bucket, learnt from the answers' headers. No I/O: time is a parameter.

A share of the bucket is ours. Of what a header says is left, the rest of the limit is kept for
other clients: what they use comes out of our share first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from reconciler.okta.rate_limits.headers import LONGEST_WAIT_S, RateLimit

__all__ = ["DEFAULT_SHARE", "MOST_REFUSALS", "Budget", "Ticket", "Verdict", "Wait"]

DEFAULT_SHARE = 50
"""Percent of each bucket that a run uses at most."""
MOST_REFUSALS = 5
"""429s in a row, each after a wait, until the waiting requests give up."""
_SAME_WINDOW_S = 5.0
"""Two servers may name the reset of one window a little differently."""
_LONGEST_PAUSE_S = LONGEST_WAIT_S + 30.0
"""No wait is meant to be longer: beyond it our clock was set back."""
_LONGEST_BARREN_S = 15.0
_AFTERMATH_S = 5.0
"""So that the other waiting requests give up too, rather than trying in turn."""


class Verdict(Enum):
    """What a request may do other than wait."""

    GO = "go"
    GIVE_UP = "give up"


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet: for so many seconds, or until the next answer when that decides."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request on its way, and the window that it was sent in."""

    window: int
    is_probe: bool


class _State(Enum):
    """What is known: nothing, a window, that there is no limit, or that everyone has to wait."""

    UNKNOWN = "unknown"
    MEASURED = "measured"
    UNLIMITED = "unlimited"
    PAUSED = "paused"


class Budget:
    """One bucket. Instants are seconds of any one clock.

    What is not known is asked by one request, while the others wait for its answer. A window that
    is over is not known again. So one request a window leaves even where others use everything.
    """

    def __init__(self, share: int = DEFAULT_SHARE) -> None:
        self._share = share
        self._state = _State.UNKNOWN
        self._window = 0
        self._headroom = 0
        self._reset_epoch = 0.0
        self._opens_at = 0.0
        self._in_flight = 0
        self._is_probed = False
        self._barren = 0
        self._refusals = 0

    def judge(self, now: float) -> Verdict | Wait:
        """Whether one more request may leave."""
        self._open_when_due(now)
        match self._state:
            case _State.UNLIMITED:
                return Verdict.GO
            case _State.UNKNOWN:
                return Wait(None) if self._is_probed else Verdict.GO
            case _State.PAUSED if self._refusals >= MOST_REFUSALS:
                return Verdict.GIVE_UP
            case _State.MEASURED if self._headroom > self._in_flight:
                return Verdict.GO
            case _State.MEASURED if self._in_flight:
                return Wait(None)
            case _:
                return Wait(self._opens_at - now)

    def take_ticket(self) -> Ticket:
        """One request leaves."""
        is_probe = self._state is _State.UNKNOWN
        self._is_probed = self._is_probed or is_probe
        self._in_flight += 1
        return Ticket(window=self._window, is_probe=is_probe)

    def note_loss(self, ticket: Ticket) -> None:
        """No answer came, or none that says what is left: Okta may have counted the request."""
        self._end_request(ticket)
        self._headroom -= 1

    def note_no_limits(self, ticket: Ticket) -> None:
        """An answer without headers that speak of a limit: where none is known, none holds us."""
        self.note_loss(ticket)
        self._refusals = 0
        if self._state is _State.UNKNOWN:
            self._state = _State.UNLIMITED

    def strictest(self, limits: Sequence[RateLimit]) -> RateLimit:
        """Of several limits that one answer names, the one that leaves us the least."""
        return min(
            limits, key=lambda limit: (self._headroom_of(limit), -limit.reset_at.timestamp())
        )

    def note_limits(self, ticket: Ticket, limit: RateLimit, now: float, opens_in: float) -> None:
        """An answer that says what is left; the window that it speaks of is over in `opens_in` s.

        Answers overtake each other, so within a window only the lowest figure counts.
        """
        self._end_request(ticket)
        reset, headroom = limit.reset_at.timestamp(), self._headroom_of(limit)
        if self._is_of_another_window(ticket, reset):
            return
        self._refusals = 0
        if self._state is _State.MEASURED:
            self._headroom = min(self._headroom, headroom)
            return
        self._state = _State.MEASURED
        self._headroom, self._reset_epoch = headroom, reset
        self._barren = 0 if headroom > 0 else min(self._barren + 1, 10)
        least = min(2.0**self._barren, _LONGEST_BARREN_S) if self._barren else 0.0
        self._opens_at = now + max(opens_in, least)

    def note_refusal(self, ticket: Ticket, now: float, wait_s: float) -> None:
        """A 429: no request is sent before the wait is over. Refusals of one window count once."""
        self._end_request(ticket)
        if ticket.window < self._window:
            return
        self._enter(_State.PAUSED)
        self._refusals += 1
        is_hopeless = self._refusals >= MOST_REFUSALS
        self._opens_at = now + wait_s + (_AFTERMATH_S if is_hopeless else 0.0)

    @property
    def refusals(self) -> int:
        """429s in a row, each after a wait."""
        return self._refusals

    def _open_when_due(self, now: float) -> None:
        is_open = now >= self._opens_at or self._opens_at - now > _LONGEST_PAUSE_S
        if is_open and self._state in {_State.MEASURED, _State.PAUSED}:
            self._enter(_State.UNKNOWN)

    def _enter(self, state: _State) -> None:
        self._state = state
        self._window += 1
        self._is_probed = False

    def _end_request(self, ticket: Ticket) -> None:
        self._in_flight -= 1
        if ticket.is_probe and ticket.window == self._window:
            self._is_probed = False

    def _is_of_another_window(self, ticket: Ticket, reset: float) -> bool:
        """Whether the answer is late, and speaks of a window that is over."""
        if ticket.window == self._window:
            return False
        if self._state is _State.MEASURED:
            return reset < self._reset_epoch - _SAME_WINDOW_S
        return self._state is _State.PAUSED or reset <= self._reset_epoch + _SAME_WINDOW_S

    def _headroom_of(self, limit: RateLimit) -> int:
        """Requests until only the others' part of the limit is left, those in flight included."""
        ours = max(1, limit.limit * self._share // 100)
        return min(limit.remaining, limit.limit) - (limit.limit - ours)
