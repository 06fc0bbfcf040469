"""How a line cites an instant, a person, a group, and the grant that justifies it."""

from datetime import UTC, datetime

from reconciler.model.plan import GrantRef, GroupRef, PersonRef
from reconciler.model.validity import ApprovalSource
from reconciler.planning.refs import approved_when
from reconciler.planning.wording import describe_end

__all__ = ["SEPARATOR", "escape_separator", "grant_line", "group", "instant", "person"]

SEPARATOR = "·"
"""What stands between two parts of a line that people wrote."""
_SOURCES = {ApprovalSource.GITHUB: "GitHub", ApprovalSource.JIRA: "Jira"}


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
    parts = [f"grant {escape_separator(ref.ticket)}".rstrip(), _cite_approval(ref), until]
    asked = ref.requested_by or ref.asked_by
    if ref.source is not None and asked:
        parts.insert(1, f"requested by {escape_separator(asked)}")
    if ref.origin is not None:
        parts.append(f"{escape_separator(ref.origin.path)}:{ref.origin.line}")
    return f" {SEPARATOR} ".join(parts)


def _cite_approval(ref: GrantRef) -> str:
    """Who agreed, where and when; or where it is to be seen, while nobody saw it."""
    state = escape_separator(_describe_approval(ref))
    if ref.approved_at is None:
        where = _SOURCES[ref.source] if ref.source else "an unknown place"
        return f"approval at {where} ({state})"
    who = ", ".join(map(escape_separator, ref.approved_by))
    is_elsewhere = ref.issue is not None and ref.issue.key != ref.ticket.upper()
    where = f" in {escape_separator(ref.issue.key)}" if ref.issue and is_elsewhere else ""
    return f"approved by {who}{where} on {approved_when(ref)} ({state})"


def escape_separator(text: str) -> str:
    """A text that people wrote, as one part: it cannot go on in the tool's own words."""
    return text.replace(SEPARATOR, rf"\u{{{ord(SEPARATOR):x}}}")


def _describe_approval(ref: GrantRef) -> str:
    """Claimed, and why no more; or verified, and by which reviews or issue."""
    reviews = (*((ref.review,) if ref.review else ()), *ref.other_reviews)
    if ref.issue is not None:
        unbound = f"; it does not say: {', '.join(ref.issue.unbound)}" if ref.issue.unbound else ""
        return f"{ref.approval} in Jira: {ref.issue.url}{unbound}"
    if not reviews:
        state = "not verified" if ref.source else ref.approval
        return f"{state}: {ref.why_claimed}" if ref.why_claimed else state
    words = [f"@{r.reviewer} in {r.url} at {r.head_sha[:12]}" for r in reviews]
    return f"{ref.approval} by {', '.join(words)}"
