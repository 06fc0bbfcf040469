"""How many requests are on the wire at once: half after a refusal, slowly more while all is well.

Okta counts the whole org's requests and says neither how many places there are nor who holds them
(Okta: concurrency limits), so what is right is found by trying.
"""

__all__ = ["Concurrency"]

_CALM = 16
"""Answers per place, all of them well, before one more place is tried."""


class Concurrency:
    """The places on the wire: `most` at first and at most, one at least."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._in_flight = 0
        self._round = 0
        self._calm = 0
        self.places = most

    @property
    def has_room(self) -> bool:
        """Whether one more request finds a place."""
        return self._in_flight < self.places

    def begin(self) -> int:
        """A request takes a place; the round that is returned says after which refusal."""
        self._in_flight += 1
        return self._round

    def end(self, begun_in: int, *, is_crowded: bool) -> None:
        """The place is free. Those that were refused together halve the places once."""
        self._in_flight -= 1
        if not is_crowded:
            self._recover()
        elif begun_in == self._round:
            self._round += 1
            self._calm = 0
            self.places = max(1, self.places // 2)

    def _recover(self) -> None:
        self._calm += 1
        if self._calm >= _CALM * self.places and self.places < self._most:
            self._calm = 0
            self.places += 1
