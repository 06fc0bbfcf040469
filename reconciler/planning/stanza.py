"""Lines of YAML that a plan prints to be pasted into a grant or a binding."""

import json
from datetime import UTC, datetime

from reconciler.model.placeholders import YOUR_EMAIL
from reconciler.model.plan import GroupRef

__all__ = ["binding_stanza", "confirmation_stanza", "moment", "revocation_stanza"]


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
