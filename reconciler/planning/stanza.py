"""Lines of YAML that a plan prints to be pasted into a grant."""

import json
from datetime import date, datetime

from reconciler.model.placeholders import YOUR_EMAIL

__all__ = ["confirmation_stanza", "revocation_stanza"]


def revocation_stanza(now: datetime, reason: str) -> str:
    """What ends a grant today; `reason` is our own plain words."""
    day = now.date().isoformat()
    return f"revoked: {{at: {day}, by: {YOUR_EMAIL}, reason: {reason}}}"


def confirmation_stanza(ticket: str, day: date) -> str:
    """What approves a grant anew, as of that day."""
    approved = f"approved_by: {YOUR_EMAIL}, approved_at: {day.isoformat()}"
    return f"approval: {{ticket: {json.dumps(ticket)}, {approved}}}"
