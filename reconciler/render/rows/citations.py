"""How a line cites an instant, a person, a group, and the grant that justifies it."""

from datetime import UTC, datetime

from reconciler.model.plan import GrantRef, GroupRef, PersonRef
from reconciler.planning.refs import approved_when
from reconciler.planning.wording import describe_end

__all__ = ["SEPARATOR", "escape_separator", "grant_line", "group", "instant", "person"]

SEPARATOR = "·"
"""What stands between two parts of a line that people wrote."""


def instant(at: datetime) -> str:
    """An instant to the minute, always in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def person(ref: PersonRef) -> str:
    """Login and id, and the status where it is not the usual one."""
    status = f", {ref.status}" if ref.status not in {"", "ACTIVE"} else ""
    return f"{ref.login} ({ref.id}{status})" if ref.id else ref.login


def group(ref: GroupRef) -> str:
    """Name and id, or that it is yet to be made."""
    return f'"{ref.name}" ({ref.id or "to be created"})'


def grant_line(ref: GrantRef) -> str:
    """Where the grant stands, who agreed, and until when."""
    until = describe_end(ref.ends) if ref.ends else "no end date"
    who = ", ".join(map(escape_separator, ref.approved_by))
    parts = [
        f"grant {escape_separator(ref.ticket)}",
        f"approved by {who} on {approved_when(ref)} ({escape_separator(_describe_approval(ref))})",
        until,
    ]
    if ref.origin is not None:
        parts.append(f"{escape_separator(ref.origin.path)}:{ref.origin.line}")
    return f" {SEPARATOR} ".join(parts)


def escape_separator(text: str) -> str:
    """A text that people wrote, as one part: it cannot go on in the tool's own words."""
    return text.replace(SEPARATOR, rf"\u{{{ord(SEPARATOR):x}}}")


def _describe_approval(ref: GrantRef) -> str:
    """Claimed, and why no more; or verified, and by which reviews."""
    reviews = (*((ref.review,) if ref.review else ()), *ref.other_reviews)
    if not reviews:
        return f"{ref.approval}: {ref.why_claimed}" if ref.why_claimed else ref.approval
    words = [f"@{r.reviewer} in {r.url} at {r.head_sha[:12]}" for r in reviews]
    return f"{ref.approval} by {', '.join(words)}"
