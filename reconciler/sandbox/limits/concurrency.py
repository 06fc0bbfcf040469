"""How many requests the org answers at once.

A Workforce org answers 75 (Okta: documented). They are counted in memory, so that a killed process
leaves none counted: two processes on one file have a limit of their own each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from reconciler.sandbox.limits.rate import RateLimit

_WORKFORCE: Final = 75
"""The places of a Workforce org."""


def places_for(path: str, setting: int | None, rate_limit: RateLimit) -> int | None:
    """How many requests are answered at once; the API's are counted, others have no limit."""
    if not path.startswith("/api/v1/"):
        return None
    return _WORKFORCE if setting is None and rate_limit == "okta" else setting


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
