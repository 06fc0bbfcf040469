"""Lines of YAML that a plan prints to be pasted into a grant or a binding."""

import json
from datetime import date, datetime

from reconciler.model.placeholders import YOUR_EMAIL
from reconciler.model.plan import GroupRef

__all__ = ["binding_stanza", "confirmation_stanza", "revocation_stanza"]


def binding_stanza(group: GroupRef) -> str:
    """What binds a group that was made by its id, in place of `create`."""
    return f"group: {{bind: {{id: {group.id}, name: {json.dumps(group.name)}}}}}"


def revocation_stanza(now: datetime, reason: str) -> str:
    """What ends a grant today; `reason` is our own plain words."""
    day = now.date().isoformat()
    return f"revoked: {{at: {day}, by: {YOUR_EMAIL}, reason: {reason}}}"


def confirmation_stanza(ticket: str, day: date) -> str:
    """What approves a grant anew, as of that day."""
    approved = f"approved_by: {YOUR_EMAIL}, approved_at: {day.isoformat()}"
    return f"approval: {{ticket: {json.dumps(ticket)}, {approved}}}"
