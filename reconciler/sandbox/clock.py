"""The org's time: it starts at the world's `now` and runs in real time from the seed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.sandbox.database import Database

Wall = Callable[[], float]
wall_clock: Wall = time.time  # noqa: TID251 -- the one place where real time enters the sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Both instants of the seed are in the database, so that two processes agree."""

    database: Database
    wall: Wall

    def seconds(self) -> float:
        """The org's time, in seconds since the epoch."""
        row = self.database.first("SELECT epoch, wall FROM settings")
        if row is None:
            return self.wall()
        epoch, seeded = row
        return float(epoch) + self.wall() - float(seeded)

    def now(self) -> datetime:
        """The org's time, as an instant."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def near(self, instant: float) -> float:
        """The org's time, or the machine's where the instant is nearer to that.

        The org's time is made up, and programs that know nothing of it sign by the machine's: a
        signed instant is judged by the clock that it was plainly read from.
        """
        return min(self.seconds(), self.wall(), key=lambda now: abs(now - instant))
