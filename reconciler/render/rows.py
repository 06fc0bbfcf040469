"""How single plan lines are put into words, shared by plans and results."""

from collections.abc import Iterable
from datetime import UTC, datetime

from reconciler.model.plan import (
    Action,
    Blocked,
    Change,
    Drift,
    GrantRef,
    GroupRef,
    GuardVerdict,
    PersonRef,
)
from reconciler.planning.refs import approved_when
from reconciler.render.document import Mark, Row, count

__all__ = [
    "blocked_row",
    "change_row",
    "drift_row",
    "grant_line",
    "group",
    "guard_row",
    "instant",
    "person",
]

_SEPARATOR = "·"
_MARKS = {Action.ADD: Mark.ADD, Action.REMOVE: Mark.REMOVE, Action.CREATE_GROUP: Mark.CREATE}


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
    until = f"through {ref.expires.isoformat()}" if ref.expires else "no end date"
    who = ", ".join(map(_escape_separator, ref.approved_by))
    parts = [
        f"grant {_escape_separator(ref.ticket)}",
        f"approved by {who} on {approved_when(ref)} ({_escape_separator(_describe_approval(ref))})",
        until,
    ]
    if ref.origin is not None:
        parts.append(f"{_escape_separator(ref.origin.path)}:{ref.origin.line}")
    return f" {_SEPARATOR} ".join(parts)


def _escape_separator(text: str) -> str:
    """A text that people wrote, as one part: it cannot go on in the tool's own words."""
    return text.replace(_SEPARATOR, rf"\u{{{ord(_SEPARATOR):x}}}")


def _describe_approval(ref: GrantRef) -> str:
    """Claimed, and why no more; or verified, and by which reviews."""
    reviews = (*((ref.review,) if ref.review else ()), *ref.other_reviews)
    if not reviews:
        return f"{ref.approval}: {ref.why_claimed}" if ref.why_claimed else ref.approval
    words = [f"@{r.reviewer} in {r.url} at {r.head_sha[:12]}" for r in reviews]
    return f"{ref.approval} by {', '.join(words)}"


def change_row(change: Change) -> Row:
    """One intended write, explained."""
    where = f"{change.tool}/{change.entitlement}"
    if change.action is Action.CREATE_GROUP or change.person is None:
        head = f'create group "{change.group.name}" for {where}'
        details = [change.reason, f"its description: {change.description}"]
    else:
        direction = "to" if change.action is Action.ADD else "from"
        head = (
            f"{change.action.value} {person(change.person)} {direction} "
            f"{group(change.group)} for {where}"
        )
        details = [f"{_escape_separator(change.reason)} {_SEPARATOR} risk {change.risk.value}"]
    if change.action is Action.REMOVE:
        kept = ", ".join(f'"{name}"' for name in change.keeps)
        details.append(f"keeps {kept}" if kept else "keeps no other managed group")
        if change.apps:
            details.append(f"apps assigned through this group: {', '.join(change.apps)}")
    details += _grant_lines(change.grants)
    mark = _MARKS[change.action]
    if change.held_by:
        mark = Mark.HELD
        details.insert(0, f"held by {', '.join(change.held_by)}: not carried out")
    return Row(mark=mark, head=head, details=tuple(details))


def _grant_lines(grants: Iterable[GrantRef]) -> list[str]:
    """Each grant in words, once: what a change edits is cited in both its forms."""
    return list(dict.fromkeys(grant_line(ref) for ref in grants))


def guard_row(verdict: GuardVerdict) -> Row:
    """What a guard found, and the file that would let it pass."""
    where = f" on {group(verdict.group)}" if verdict.group else ""
    if not verdict.is_refused:
        head = f"{verdict.guard}{where} let pass, acknowledged by {verdict.acknowledged_by}"
        return Row(mark=Mark.NOTE, head=head, details=(verdict.figures,))
    people = ", ".join(person(p) for p in verdict.people)
    return Row(
        mark=Mark.HELD,
        head=f"{verdict.guard}{where} holds {count(len(verdict.people), 'person', 'people')}",
        details=(
            verdict.figures,
            people,
            (f"if this is right, have this file reviewed: acknowledgements/{verdict.guard}.yaml"),
        ),
        verbatim=tuple(verdict.acknowledgement.splitlines()),
    )


def blocked_row(line: Blocked) -> Row:
    """Something wanted that is deliberately not done, and what would settle it."""
    who = f"{person(line.person)} in " if line.person else ""
    details = [line.summary, *_grant_lines(line.grants), f"hint: {line.hint}"]
    return Row(
        mark=Mark.BLOCKED,
        head=f"{line.code}: {who}{group(line.group)} for {line.tool}/{line.entitlement}",
        details=tuple(details),
    )


def drift_row(line: Drift) -> Row:
    """A member whom no grant names."""
    return Row(
        mark=Mark.NOTE,
        head=f"{person(line.person)} in {group(line.group)} ({line.authority.value})",
    )
