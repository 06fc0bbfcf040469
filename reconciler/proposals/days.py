"""From when until when a proposed grant holds, within what its tool allows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from reconciler.model.catalog import Grant, Tool
from reconciler.model.validity import AnyApproval, Approval, Duration, DurationUnit, Moment
from reconciler.proposals.nouns import Refusal

__all__ = ["ENDLESS", "Days", "begin_now", "end_of", "fit_days", "today"]

ENDLESS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What a grant states of its begin and its end; None where it states none."""

    starts: Moment | None = None
    expires: Moment | None = None


def today(now: datetime) -> date:
    """The day, in UTC, as files mean it."""
    return now.astimezone(UTC).date()


def begin_now(longest: Duration | None, now: datetime) -> Moment:
    """Today, in UTC, as files mean it; or the minute, where a length is counted in hours."""
    at = now.astimezone(UTC)
    is_exact = longest is not None and longest.unit is not DurationUnit.DAYS
    return Moment(at.date(), at.time().replace(second=0, microsecond=0) if is_exact else None)


def end_of(grant: Grant) -> datetime:
    """The first instant at which the grant no longer holds; of one without end, the last of all."""
    return grant.validity.ends_at or ENDLESS


def fit_days(tool: Tool, wanted: Days, approval: AnyApproval, now: datetime) -> Days | Refusal:
    """The begin and the end as the grant has to state them.

    Where the tool bounds how long a grant lasts, it ends by then, and says when it begins if its
    approval does not: the length counts from what is written, hours not from a day.
    """
    longest, starts = tool.max_duration, wanted.starts
    if starts is None and longest is not None and not _says_begin(approval, longest):
        starts = begin_now(longest, now)
    begins = starts or _find_begin(approval, now)
    expires = wanted.expires or (longest.last_end(begins) if longest is not None else None)
    problem = None if expires is None else _judge(tool, begins, expires, now)
    return problem or Days(starts=starts, expires=expires)


def _says_begin(approval: AnyApproval, longest: Duration) -> bool:
    is_of_days = longest.unit is DurationUnit.DAYS
    return isinstance(approval, Approval) and (is_of_days or approval.approved_time is not None)


def _find_begin(approval: AnyApproval, now: datetime) -> Moment:
    """From when a grant counts that does not say it itself."""
    if isinstance(approval, Approval):
        return Moment(approval.approved_at, approval.approved_time)
    return begin_now(None, now)


def _judge(tool: Tool, begins: Moment, expires: Moment, now: datetime) -> Refusal | None:
    longest = tool.max_duration
    if expires.end <= now:
        return Refusal(
            code="end-passed",
            summary=f"{expires} has passed, so it would give nothing",
            hint="choose a day that is still to come",
        )
    if expires.end <= begins.earliest:
        return Refusal(
            code="end-before-start",
            summary=f"it would end on {expires}, before it begins on {begins}",
            hint="choose a later end, or an earlier start",
        )
    if longest is not None and longest.is_exceeded(begins, expires.end):
        last = longest.last_end(begins)
        return Refusal(
            code="end-too-late",
            summary=f"a grant of {tool.id} lasts at most {longest}: until {last}",
            hint=f"choose {last} or an earlier end, and renew it before it ends",
        )
    return None
