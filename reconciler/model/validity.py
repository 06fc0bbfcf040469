"""When a grant holds: the one meaning of a bare date, and of an instant in its place.

A date means a day in UTC. `starts` counts from its 00:00, `expires` through its end, `revoked.at`
from its 00:00. An instant means itself: a grant holds from the one and until the other, without
it. `now` is always a parameter.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from typing import Self

__all__ = [
    "ACKNOWLEDGED_DAYS",
    "AnyApproval",
    "Approval",
    "ApprovalAtSource",
    "ApprovalSource",
    "Duration",
    "DurationUnit",
    "Moment",
    "Phase",
    "Validity",
    "day_end",
    "day_start",
    "earliest",
    "format_instant",
    "latest",
    "window",
]

ACKNOWLEDGED_DAYS = 7
"""How long an acknowledgement may hold: an exception is for a few days."""


def day_start(day: date) -> datetime:
    """The first instant of the day, UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def day_end(day: date) -> datetime:
    """The first instant after the day, UTC; of the calendar's last day, its last instant."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return day_start(day + timedelta(days=1))


def earliest(day: date, at: time | None) -> datetime:
    """The first instant at which something happened that is said to be of that day, or at `at`."""
    return day_start(day) if at is None else datetime.combine(day, at, tzinfo=UTC)


def latest(day: date, at: time | None) -> datetime:
    """The last instant at which it happened: of a whole day, or of the second that is written."""
    if at is None:
        return datetime.combine(day, time.max, tzinfo=UTC)
    return datetime.combine(day, at.replace(microsecond=999_999), tzinfo=UTC)


def format_instant(day: date, at: time | None) -> str:
    """The day, or the instant, as a file writes it."""
    if at is None:
        return day.isoformat()
    return f"{day.isoformat()}T{at.isoformat('seconds' if at.second else 'minutes')}Z"


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or an instant of it: what `starts` and `expires` take.

    Two have no order of their own: of a whole day the one end counts as the first, the other as
    the last. Compare what is meant, `earliest` or `end`.
    """

    day: date
    at: time | None = None

    @classmethod
    def ending_at(cls, at: datetime) -> Self:
        """What a file would say of that end: of a midnight, the day before it."""
        end = at.astimezone(UTC)
        if end.time() == time.min:
            return cls((end - timedelta(days=1)).date())
        return cls(end.date(), end.time())

    @property
    def earliest(self) -> datetime:
        """The first instant at which a grant holds that starts with it."""
        return earliest(self.day, self.at)

    @property
    def end(self) -> datetime:
        """The first instant at which a grant no longer holds that expires with it."""
        return day_end(self.day) if self.at is None else earliest(self.day, self.at)

    @property
    def written(self) -> str:
        """The day, or the instant, as a file writes it."""
        return format_instant(self.day, self.at)

    def __str__(self) -> str:
        """The day, or the instant, as a sentence says it."""
        if self.at is None:
            return self.day.isoformat()
        return f"{self.day} {self.at.isoformat('seconds' if self.at.second else 'minutes')} UTC"


class DurationUnit(Enum):
    """In what a duration is counted. The value is how a file writes it."""

    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"


_UNITS = {
    DurationUnit.MINUTES: (timedelta(minutes=1), "minute"),
    DurationUnit.HOURS: (timedelta(hours=1), "hour"),
    DurationUnit.DAYS: (timedelta(days=1), "day"),
}


@dataclass(frozen=True, slots=True)
class Duration:
    """So many days, hours or minutes."""

    count: int
    unit: DurationUnit

    @property
    def span(self) -> timedelta:
        """How long it is."""
        return self.count * _UNITS[self.unit][0]

    def is_exceeded(self, begins: Moment, ends: datetime) -> bool:
        """Whether a grant lasts longer that begins and ends so.

        A limit in days allows every hour of the day on which it runs out; one in hours is exact.
        """
        return self._length(begins, ends) > self.span

    def last_end(self, begins: Moment) -> Moment:
        """The latest `expires` that it allows; at the end of the calendar, the last day."""
        try:
            last = begins.earliest + self.span
        except OverflowError:
            return Moment(date.max)
        return Moment(last.date(), None if self.unit is DurationUnit.DAYS else last.time())

    def measure(self, begins: Moment, ends: datetime) -> str:
        """How long a grant lasts that begins and ends so, counted as this is."""
        length = self._length(begins, ends)
        if self.unit is DurationUnit.DAYS:
            return _count(-(-length // timedelta(days=1)), "day")
        hours, rest = divmod(length, timedelta(hours=1))
        minutes = -(-rest // timedelta(minutes=1))
        return (
            f"{_count(hours, 'hour')} {_count(minutes, 'minute')}"
            if rest
            else _count(hours, "hour")
        )

    def _length(self, begins: Moment, ends: datetime) -> timedelta:
        if self.unit is DurationUnit.DAYS:
            return ends - day_start(begins.day) - timedelta(days=1)
        return ends - begins.earliest

    def __str__(self) -> str:
        """The duration as a sentence says it."""
        return _count(self.count, _UNITS[self.unit][1])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Phase(Enum):
    """Where an instant is: before a window, in it, or after it."""

    PENDING = "pending"
    LIVE = "live"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The half-open window in which a grant holds; `None` is unbounded."""

    starts_at: datetime | None = None
    """The first instant at which it holds."""
    ends_at: datetime | None = None
    """The first instant at which it no longer holds."""

    def phase(self, now: datetime) -> Phase:
        """Where `now` is; closed beats not yet open."""
        if self.ends_at is not None and self.ends_at <= now:
            return Phase.ENDED
        is_open = self.starts_at is None or self.starts_at <= now
        return Phase.LIVE if is_open else Phase.PENDING

    def has_ended(self, now: datetime) -> bool:
        """Whether the window has closed by `now`."""
        return self.ends_at is not None and self.ends_at <= now

    def is_live(self, now: datetime) -> bool:
        """Whether the grant holds at `now`."""
        return self.phase(now) is Phase.LIVE


# A million grants share a few hundred windows: each is made once.
@lru_cache(maxsize=4096)
def window(starts: Moment | None, expires: Moment | None, revoked_on: date | None) -> Validity:
    """The window that a file writes so."""
    ends = [] if expires is None else [expires.end]
    if revoked_on is not None:
        ends.append(day_start(revoked_on))
    return Validity(
        starts_at=None if starts is None else starts.earliest, ends_at=min(ends, default=None)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who asked, who agreed, and where that is written down."""

    ticket: str
    approved_by: tuple[str, ...]
    approved_at: date
    requested_by: str | None = None
    approved_time: time | None = None
    """The time of that day, UTC, where the file says it."""

    @property
    def earliest(self) -> datetime:
        """The first instant at which it may have been given."""
        return earliest(self.approved_at, self.approved_time)

    @property
    def latest(self) -> datetime:
        """The last instant at which it may have been given."""
        return latest(self.approved_at, self.approved_time)

    @property
    def written(self) -> str:
        """When it was given, as the file says it."""
        return format_instant(self.approved_at, self.approved_time)


class ApprovalSource(Enum):
    """Where people approve, and where an approval is read again."""

    GITHUB = "github"
    JIRA = "jira"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAtSource:
    """An approval that the file only points at: who agreed, and when, is read at its source.

    `ticket` is the issue's key where the source is Jira; a review is found by git. `no_later_than`
    is when the words came onto the branch, where git tells: nobody agreed to them after that.
    """

    by: ApprovalSource
    ticket: str = ""
    requested_by: str | None = None
    no_later_than: datetime | None = field(default=None, compare=False)
    approved_by: tuple[str, ...] = field(default=(), init=False)
    """Nobody, as far as the file says."""

    @property
    def earliest(self) -> datetime:
        """The first instant at which it may have been given: any."""
        return datetime.min.replace(tzinfo=UTC)

    @property
    def latest(self) -> datetime:
        """The last instant at which it may have been given, as far as is known."""
        return self.no_later_than or datetime.max.replace(tzinfo=UTC)

    @property
    def written(self) -> str:
        """What the file says in place of an instant."""
        return f"by {self.by.value}"


AnyApproval = Approval | ApprovalAtSource
