"""From which day to which a proposed grant holds, within what its tool allows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from reconciler.model.catalog import Grant, Tool
from reconciler.model.validity import AnyApproval, Approval
from reconciler.proposals.nouns import Refusal

__all__ = ["Days", "end_of", "fit_days", "today"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The first day that a grant states, and its last; None where it states none."""

    starts: date | None = None
    expires: date | None = None


def today(now: datetime) -> date:
    """The day, in UTC, as files mean it."""
    return now.astimezone(UTC).date()


def end_of(grant: Grant) -> date:
    """The last day on which the grant holds; of one without end, the calendar's last."""
    ends = [grant.expires] if grant.expires is not None else []
    if grant.revoked is not None and grant.revoked.at > date.min:
        ends.append(grant.revoked.at - timedelta(days=1))
    return min(ends, default=date.max)


def fit_days(tool: Tool, wanted: Days, approval: AnyApproval, now: datetime) -> Days | Refusal:
    """The days as the grant has to state them.

    Where the tool bounds how long a grant lasts, it ends by then, and says when it begins if its
    approval does not: the length counts from a day that is written.
    """
    longest, starts = tool.max_duration_days, wanted.starts
    is_typed = isinstance(approval, Approval)
    if starts is None and longest is not None and not is_typed:
        starts = today(now)
    begins = starts or (approval.approved_at if isinstance(approval, Approval) else today(now))
    last = None if longest is None else _add(begins, longest)
    expires = wanted.expires or last
    problem = None if expires is None else _judge(tool, begins, expires, last, now)
    return problem or Days(starts=starts, expires=expires)


def _add(day: date, days: int) -> date:
    return day + min(timedelta(days=days), date.max - day)


def _judge(
    tool: Tool, begins: date, expires: date, last: date | None, now: datetime
) -> Refusal | None:
    if expires < today(now):
        return Refusal(
            code="end-passed",
            summary=f"{expires} has passed, so it would give nothing",
            hint="choose a day that is still to come",
        )
    if expires < begins:
        return Refusal(
            code="end-before-start",
            summary=f"it would end on {expires}, before it begins on {begins}",
            hint="choose a later end, or an earlier start",
        )
    if last is not None and expires > last:
        return Refusal(
            code="end-too-late",
            summary=f"a grant of {tool.id} lasts at most {tool.max_duration_days} days: "
            f"until {last}",
            hint=f"choose {last} or an earlier day, and renew it before it ends",
        )
    return None
