"""Being asked to end: the write in flight is finished, and the rest is recorded as not run."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["politely"]


@contextmanager
def politely(
    say: Callable[[str], None], asked: asyncio.Event | None = None
) -> Iterator[Callable[[], bool]]:
    """Within, SIGTERM and SIGINT only raise the flag; a second SIGINT interrupts at once."""
    loop = asyncio.get_running_loop()
    asked = asked or asyncio.Event()

    def ask() -> None:
        asked.set()
        # Before it is said: whoever reads it and interrupts again at once is not overheard.
        loop.remove_signal_handler(signal.SIGINT)
        say("asked to end: finishing the writes in flight; interrupt again to break them off")

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    try:
        yield asked.is_set
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
