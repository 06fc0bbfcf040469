"""Why a line stands in the plan, in one sentence for its reader."""

import json
from datetime import UTC, datetime

from reconciler.model.catalog import YOUR_EMAIL, Authority, Grant
from reconciler.model.plan import Action, Change, GroupRef

__all__ = [
    "binding_stanza",
    "confirmation_stanza",
    "describe",
    "moment",
    "revocation_stanza",
    "why_added",
    "why_ended",
    "why_unapproved",
]


def why_added(grants: tuple[Grant, ...]) -> str:
    """Why a person is to be a member."""
    latest = max(grants, key=lambda g: (g.expires is None, g.expires or g.approval.approved_at))
    until = f"through {latest.expires.isoformat()}" if latest.expires else "with no end date"
    more = f"; {len(grants)} grants cover this" if len(grants) > 1 else ""
    return f"granted {until}{more}"


def why_ended(grants: tuple[Grant, ...], now: datetime) -> str:
    """Why a person is no longer to be a member: the grant that ended last says."""
    last = max(grants, key=lambda g: (g.validity.ends_at or now, g.approval.ticket))
    revoked, expires = last.revoked, last.expires
    if revoked is not None and (expires is None or revoked.at <= expires):
        return f"revoked {revoked.at.isoformat()} by {revoked.by}: {revoked.reason}"
    return f"the grant ended with {expires.isoformat() if expires else 'its window'}"


def why_unapproved(authority: Authority) -> str:
    """Why a member no grant ever named is removed."""
    return f"no grant ever named them, and the group is {authority.value}"


def describe(change: Change) -> str:
    """What the change does, to whom, where."""
    if change.action is Action.CREATE_GROUP or change.person is None:
        return f'create group "{change.group.name}"'
    direction = "to" if change.action is Action.ADD else "from"
    person = f"{change.person.login} ({change.person.id})"
    return f'{change.action.value} {person} {direction} "{change.group.name}"'


def binding_stanza(group: GroupRef) -> str:
    """What binds a group that was made by its id, in place of `create`."""
    return f"group: {{bind: {{id: {group.id}, name: {json.dumps(group.name)}}}}}"


def moment(at: datetime) -> str:
    """The instant as a file writes it, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def revocation_stanza(now: datetime, reason: str) -> str:
    """What ends a grant today; `reason` is our own plain words."""
    day = now.astimezone(UTC).date().isoformat()
    return f"revoked: {{at: {day}, by: {YOUR_EMAIL}, reason: {reason}}}"


def confirmation_stanza(ticket: str, at: datetime) -> str:
    """What approves a grant anew, as of that instant; it holds from the same second on."""
    approved = f"approved_by: {YOUR_EMAIL}, approved_at: {moment(at)}"
    return f"approval: {{ticket: {json.dumps(ticket)}, {approved}}}"
