"""Why a line stands in the plan, in one sentence for its reader."""

from datetime import datetime

from reconciler.model.catalog import Authority, Grant
from reconciler.model.plan import AccountChange, Action, Change

__all__ = [
    "describe",
    "describe_account",
    "explain_addition",
    "explain_end",
    "explain_unapproved",
]


def explain_addition(grants: tuple[Grant, ...]) -> str:
    """Why a person is to be a member."""
    latest = max(grants, key=lambda g: (g.expires is None, g.expires or g.approval.latest.date()))
    until = f"through {latest.expires.isoformat()}" if latest.expires else "with no end date"
    more = f"; {len(grants)} grants cover this" if len(grants) > 1 else ""
    return f"granted {until}{more}"


def explain_end(grants: tuple[Grant, ...], now: datetime) -> str:
    """Why a person is no longer to be a member: the grant that ended last says."""
    last = max(grants, key=lambda g: (g.validity.ends_at or now, g.approval.ticket))
    revoked, expires = last.revoked, last.expires
    if revoked is not None and (expires is None or revoked.at <= expires):
        return f"revoked {revoked.at.isoformat()} by {revoked.by}: {revoked.reason}"
    return f"the grant ended with {expires.isoformat() if expires else 'its window'}"


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
