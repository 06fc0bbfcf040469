"""When a grant holds: the one meaning of a bare date.

A date means a day in UTC. `starts` counts from its 00:00, `expires` through its end, `revoked.at`
from its 00:00. `now` is always a parameter.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

__all__ = ["ACKNOWLEDGED_DAYS", "Validity", "day_end", "day_start"]

ACKNOWLEDGED_DAYS = 7
"""How long an acknowledgement may hold: an exception is of the moment."""


def day_start(day: date) -> datetime:
    """The first instant of the day, UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def day_end(day: date) -> datetime:
    """The first instant after the day, UTC; of the calendar's last day, its last instant."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return day_start(day + timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The half-open window in which a grant holds; `None` is unbounded."""

    starts_on: date | None = None
    expires_on: date | None = None
    revoked_on: date | None = None

    @property
    def ends_at(self) -> datetime | None:
        """The first instant at which the grant no longer holds."""
        ends = []
        if self.expires_on is not None:
            ends.append(day_end(self.expires_on))
        if self.revoked_on is not None:
            ends.append(day_start(self.revoked_on))
        return min(ends) if ends else None

    def has_started(self, now: datetime) -> bool:
        """Whether the window has opened by `now`."""
        return self.starts_on is None or self.starts_on <= now.astimezone(UTC).date()

    def has_ended(self, now: datetime) -> bool:
        """Whether the window has closed by `now`: compared by day, as the files say it."""
        today = now.astimezone(UTC).date()
        is_past = self.expires_on is not None and self.expires_on < today
        return is_past or (self.revoked_on is not None and self.revoked_on <= today)

    def is_live(self, now: datetime) -> bool:
        """Whether the grant holds at `now`."""
        return self.has_started(now) and not self.has_ended(now)
