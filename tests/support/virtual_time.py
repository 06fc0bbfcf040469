"""Time that passes only while everybody waits: hours of pacing in a moment, the same every time."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

__all__ = ["BEGINNING", "VirtualLoop", "passed", "run_virtually", "virtual_clock"]

BEGINNING = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)
"""Not at a full second: a window may begin at any instant."""
_MOST_IDLE_S = 0.05
T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that jumps to the next timer instead of sleeping."""

    def __init__(self) -> None:
        super().__init__()
        self._virtual_s = 0.0
        # typeshed leaves the loop's selector out.
        selector: Any = getattr(self, "_selector")  # noqa: B009 - mypy knows no such attribute
        wait: Callable[[float | None], list[Any]] = selector.select

        def select(timeout: float | None = None) -> list[Any]:
            events = wait(0)
            if not events and timeout is None:
                return wait(_MOST_IDLE_S)
            if not events and timeout:
                self._virtual_s += timeout
            return events

        selector.select = select

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._virtual_s


def passed() -> float:
    """Virtual seconds since the running loop was made."""
    return asyncio.get_running_loop().time()


def virtual_clock() -> datetime:
    """The virtual instant, as a product's clock tells it."""
    return BEGINNING + timedelta(seconds=passed())


def run_virtually(work: Coroutine[Any, Any, T]) -> T:
    """The outcome of the work, on a loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
