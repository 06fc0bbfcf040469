"""When a grant holds: the one meaning of a bare date.

A date means a day in UTC. `starts` counts from its 00:00, `expires` through its end, `revoked.at`
from its 00:00. `now` is always a parameter.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache

__all__ = [
    "ACKNOWLEDGED_DAYS",
    "AnyApproval",
    "Approval",
    "ApprovalAtSource",
    "ApprovalSource",
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


class Phase(Enum):
    """Where an instant is: before a window, in it, or after it."""

    PENDING = "pending"
    LIVE = "live"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The half-open window in which a grant holds; `None` is unbounded."""

    starts_on: date | None = None
    expires_on: date | None = None
    revoked_on: date | None = None

    @property
    def ends_at(self) -> datetime | None:
        """The first instant at which the grant no longer holds."""
        return _ends_at(self.expires_on, self.revoked_on)

    def phase(self, now: datetime) -> Phase:
        """Where `now` is, compared by day, as the files say it; closed beats not yet open."""
        return _phase(self.starts_on, self.expires_on, self.revoked_on, now)

    def has_ended(self, now: datetime) -> bool:
        """Whether the window has closed by `now`."""
        return self.phase(now) is Phase.ENDED

    def is_live(self, now: datetime) -> bool:
        """Whether the grant holds at `now`."""
        return self.phase(now) is Phase.LIVE


# A million grants share a few hundred windows: each is made once and judged once.
@lru_cache(maxsize=4096)
def window(starts_on: date | None, expires_on: date | None, revoked_on: date | None) -> Validity:
    """The window between these days."""
    return Validity(starts_on=starts_on, expires_on=expires_on, revoked_on=revoked_on)


@lru_cache(maxsize=4096)
def _phase(
    starts_on: date | None, expires_on: date | None, revoked_on: date | None, now: datetime
) -> Phase:
    today = now.astimezone(UTC).date()
    is_past = expires_on is not None and expires_on < today
    if is_past or (revoked_on is not None and revoked_on <= today):
        return Phase.ENDED
    return Phase.LIVE if starts_on is None or starts_on <= today else Phase.PENDING


@lru_cache(maxsize=4096)
def _ends_at(expires_on: date | None, revoked_on: date | None) -> datetime | None:
    ends = []
    if expires_on is not None:
        ends.append(day_end(expires_on))
    if revoked_on is not None:
        ends.append(day_start(revoked_on))
    return min(ends) if ends else None


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
