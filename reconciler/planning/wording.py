"""Why a line stands in the plan, in one sentence for its reader."""

from datetime import datetime, timedelta

from reconciler.model.catalog import Authority, Grant
from reconciler.model.plan import AccountChange, Action, Change
from reconciler.model.validity import Duration, Moment, day_start

__all__ = [
    "describe",
    "describe_account",
    "describe_end",
    "describe_lag",
    "explain_addition",
    "explain_end",
    "explain_unapproved",
    "find_lag",
]


def explain_addition(grants: tuple[Grant, ...], applied_every: Duration | None = None) -> str:
    """Why a person is to be a member, and until when; where known, how late the end may come."""
    ends = [grant.expires for grant in grants if grant.expires is not None]
    until = "with no end date"
    if len(ends) == len(grants):
        last = max(ends, key=lambda each: each.end)
        lag = describe_lag(find_lag(last, applied_every))
        until = describe_end(last) + (f" (ends {lag})" if lag else "")
    more = f"; {len(grants)} grants cover this" if len(grants) > 1 else ""
    return f"granted {until}{more}"


def describe_end(expires: Moment) -> str:
    """Until when a grant holds: through a whole day, or until an instant."""
    return f"through {expires}" if expires.at is None else f"until {expires}"


def find_lag(expires: Moment, applied_every: Duration | None) -> int | None:
    """How many minutes after an instant the next scheduled apply may come; None of a day."""
    if expires.at is None or applied_every is None:
        return None
    return applied_every.span // timedelta(minutes=1)


def describe_lag(minutes: int | None) -> str:
    """How late an end may come; empty where that is not known."""
    return "" if minutes is None else f"within {minutes:,} minutes after, by the schedule"


def explain_end(grants: tuple[Grant, ...], now: datetime) -> str:
    """Why a person is no longer to be a member: the grant that ended last says."""
    last = max(grants, key=lambda g: (g.validity.ends_at or now, g.approval.ticket))
    revoked, expires = last.revoked, last.expires
    if revoked is not None and (expires is None or day_start(revoked.at) < expires.end):
        return f"revoked {revoked.at.isoformat()} by {revoked.by}: {revoked.reason}"
    if expires is None:
        return "the grant ended with its window"
    return f"the grant ended {'with' if expires.at is None else 'at'} {expires}"


def explain_unapproved(authority: Authority) -> str:
    """Why a member no grant ever named is removed."""
    return f"no grant ever named them, and the group is {authority.value}"


def describe(change: Change) -> str:
    """What the change does, to whom, where."""
    if change.action is Action.CREATE_GROUP or change.person is None:
        return f'create group "{change.group.name}"'
    direction = "to" if change.action is Action.ADD else "from"
    person = f"{change.person.login} ({change.person.id})"
    return f'{change.action.value} {person} {direction} "{change.group.name}"'


def describe_account(change: AccountChange) -> str:
    """What the line does with whose account."""
    person = change.person
    return f"{change.action.value} {person.login} ({person.id}, {person.status})"
