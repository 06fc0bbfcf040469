"""How many requests the org answers at once.

A Workforce org has 75 places (Okta: documented). The places are counted in memory, so that a
process that is killed leaves none taken: two processes on one file have their own places each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

WORKFORCE: int = 75
"""The places of a Workforce org."""


class InFlight:
    """The requests that are being answered."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0

    @contextmanager
    def place(self, most: int | None) -> Iterator[bool]:
        """Whether the request has a place, which it holds until it is answered."""
        with self._lock:
            has_place = most is None or self._count < most
            self._count += has_place
        try:
            yield has_place
        finally:
            with self._lock:
                self._count -= has_place
