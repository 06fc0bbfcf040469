"""How the lines about memberships are put into words."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.model.plan import Action, Blocked, Change, Drift, GrantRef
from reconciler.planning.approvals.effect import UNVERIFIED, VOID
from reconciler.render.document import Mark, Row
from reconciler.render.rows.citations import (
    SEPARATOR,
    escape_separator,
    grant_line,
    group,
    person,
)

__all__ = ["blocked_row", "change_row", "drift_row"]

_MARKS = {Action.ADD: Mark.ADD, Action.REMOVE: Mark.REMOVE, Action.CREATE_GROUP: Mark.CREATE}


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
        details = [f"{escape_separator(change.reason)} {SEPARATOR} risk {change.risk.value}"]
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


def blocked_row(line: Blocked) -> Row:
    """Something wanted that is deliberately not done, and what would settle it."""
    who = f"{person(line.person)} in " if line.person else ""
    grants = line.grants
    if len(grants) == 1 and line.code in {UNVERIFIED, VOID}:
        grants = (replace(grants[0], why_claimed=""),)  # the summary says it
    details = [line.summary, *_grant_lines(grants), f"hint: {line.hint}"]
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
