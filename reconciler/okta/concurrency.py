"""How many requests are on the wire at once: half after a refusal, slowly more while all is well.

Okta counts the whole org's requests and says neither how many places there are nor who holds them
(Okta: concurrency limits), so what is right is found by trying.
"""

__all__ = ["Concurrency"]

_CALM = 16
"""Answers per place, all of them well, before one more place is tried."""
_MOST_REFUSALS = 5
"""Refusals in a row, for each place there may be, before it is no use for a while."""
_A_WHILE_S = 60.0


class Concurrency:
    """The places on the wire: `most` at first and at most, one at least."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._in_flight = 0
        self._round = 0
        self._calm = 0
        self._refusals = 0
        self._refused_at = 0.0
        self.places = most

    @property
    def has_room(self) -> bool:
        """Whether one more request finds a place."""
        return self._in_flight < self.places

    def is_hopeless(self, now: float) -> bool:
        """Whether nothing but refusals came lately; `now` in seconds of the caller's clock."""
        is_recent = abs(now - self._refused_at) < _A_WHILE_S
        return is_recent and self._refusals >= _MOST_REFUSALS * self._most

    def begin(self) -> int:
        """A request takes a place; the round that is returned says after which refusal."""
        self._in_flight += 1
        return self._round

    def answered(self, begun_in: int) -> None:
        """The place is free, and was one of those that there are."""
        self.lost()
        self._refusals = 0
        self._calm += 1
        is_calm = begun_in == self._round and self._calm >= _CALM * self.places
        if is_calm and self.places < self._most:
            self._calm = 0
            self.places += 1

    def refused(self, begun_in: int, now: float) -> None:
        """There was no such place. Those that were refused together halve the places once."""
        self.lost()
        self._refusals, self._refused_at = self._refusals + 1, now
        if begun_in == self._round:
            self._round += 1
            self._calm = 0
            self.places = max(1, self.places // 2)

    def lost(self) -> None:
        """The place is free, and no answer says whether there was one."""
        self._in_flight -= 1
