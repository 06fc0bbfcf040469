"""The org's time: it starts at the world's `now` and runs in real time from the seed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from reconciler.sandbox.storage.database import Database

WallClock = Callable[[], float]
wall_clock: WallClock = time.time  # noqa: TID251 -- the one place where real time enters the sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Both instants of the seed are in the database, so that two processes agree."""

    database: Database
    wall: WallClock

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

    def nearest(self, instant: float) -> float:
        """The org's time, or the machine's where the instant is nearer to that.

        The org's time is made up, and programs that know nothing of it sign by the machine's: a
        signed instant is judged by the clock that it was plainly read from.
        """
        return min(self.seconds(), self.wall(), key=lambda now: abs(now - instant))


def parse_instant(text: str) -> datetime:
    """The aware UTC instant that an ISO 8601 text means; no offset means UTC."""
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def stamp(instant: datetime) -> str:
    """The instant as it stands in Okta's bodies, `2026-01-10T08:00:00.000Z`."""
    return precise_stamp(instant.replace(microsecond=0))


def precise_stamp(instant: datetime) -> str:
    """The instant as it stands in the System Log, `2026-01-10T08:00:00.123Z`."""
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def http_date(instant: datetime) -> str:
    """The instant as it stands in a Date header."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)


def millis(instant: datetime) -> int:
    """The instant in whole milliseconds since the epoch, cut as `stamp` cuts it."""
    return int(instant.timestamp()) * 1000 + instant.microsecond // 1000
