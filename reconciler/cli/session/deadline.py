"""How long a run waits: until it is asked to end, and never past the minutes that it was given."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.model.errors import EndingError

__all__ = ["GRACE_S", "Deadline", "interruptible", "stop_when_asked"]

GRACE_S = 60.0
"""After the last minute, for answers to what was begun and for one look at what was written."""


@dataclass(slots=True, kw_only=True)
class Deadline:
    """The waits of one run. Without `minutes` only being asked ends them."""

    clock: Callable[[], datetime]
    minutes: int | None = None
    began_at: datetime
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the run is asked to end."""
    _is_over: bool = False

    def left_s(self, grace_s: float = 0.0) -> float | None:
        """How many seconds an answer may still take; None where the run has no end."""
        if self.minutes is None:
            return None
        left = self.began_at + timedelta(minutes=self.minutes) - self.clock()
        return max(left.total_seconds() + grace_s, 0.0)

    async def sleep(self, seconds: float) -> None:
        """So many seconds passed; raises `EndingError` when they may not, or no longer."""
        self._is_over = self._is_over or not self._has(seconds)
        self._check()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.asked.wait(), seconds)
        self._check()

    def why_end(self) -> str:
        """Why nothing more is begun: empty while there is time."""
        if self._is_over or not self._has(0):
            return f"the {_minutes(self.minutes)} of --max-minutes were over"
        return ""

    def _has(self, seconds: float) -> bool:
        if self.minutes is None:
            return True
        ends_at = self.began_at + timedelta(minutes=self.minutes)
        return self.clock() + timedelta(seconds=seconds) < ends_at

    def _check(self) -> None:
        why = "the run was asked to end" if self.asked.is_set() else self.why_end()
        if why:
            raise EndingError(
                "run-ending", f"{why} before Okta's limit had room", "the next plan has the rest"
            )


def _minutes(number: int | None) -> str:
    return "1 minute" if number == 1 else f"{number} minutes"


@contextmanager
def stop_when_asked(
    say: Callable[[str], None], asked: asyncio.Event | None = None
) -> Iterator[Callable[[], bool]]:
    """Within, SIGTERM and SIGINT only raise the flag; a second SIGINT interrupts at once."""
    loop = asyncio.get_running_loop()
    asked = asked or asyncio.Event()

    def ask() -> None:
        asked.set()
        # Before it is said: a second interrupt may follow at once.
        loop.remove_signal_handler(signal.SIGINT)
        say("asked to end: finishing the writes in flight; interrupt again to break them off")

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    try:
        yield asked.is_set
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


@contextmanager
def interruptible() -> Iterator[None]:
    """Within, SIGINT breaks off a question at the terminal; an event loop waits for its answer."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
