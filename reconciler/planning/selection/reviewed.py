"""Which lines of a reviewed plan an apply may carry out.

A line is carried out when it stands in the reviewed plan, in a plan made again at the reviewed
instant, and in a plan made now. Lines that only the new plan has are never carried out: an extra
removal, or any extra line that the catalog caused, refuses the whole run.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.model.plan import Action, Blocked, Change, Intent, Plan

__all__ = ["Comparison", "compare", "find_blocked_line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of the reviewed lines."""

    agreed: tuple[Change, ...]
    """To be carried out, as they stand in the newest plan."""
    left: tuple[Change, ...]
    """Reviewed, but no longer so: another run did them, or time passed."""
    refused: tuple[Change, ...]
    """Not reviewed, and reason enough to do nothing at all."""
    extra: tuple[Change, ...]
    """Not reviewed and not carried out: Okta changed since."""


def compare(reviewed: Plan, again: Plan, now: Plan) -> Comparison:
    """The reviewed plan against the same question asked again, then and now.

    `again` is planned at the reviewed as-of from today's files and today's Okta; `now` likewise at
    the present instant.
    """
    known = {c.intent for c in reviewed.changes}
    current = {c.intent: c for c in now.changes}
    repeated = {c.intent for c in again.changes}
    same_files = reviewed.catalog.digest == again.catalog.digest
    news = _distinct((*again.changes, *now.changes), known)
    by_time = {c.intent for c in now.changes} - repeated
    refused = tuple(c for c in news if _is_refused(c, same_files, is_by_time=c.intent in by_time))
    agreed = tuple(
        current[c.intent] for c in reviewed.changes if c.intent in repeated and c.intent in current
    )
    done = {c.intent for c in agreed}
    return Comparison(
        agreed=agreed,
        left=tuple(c for c in reviewed.changes if c.intent not in done),
        refused=refused,
        extra=tuple(c for c in news if c not in refused),
    )


def find_blocked_line(change: Change, now: Plan) -> Blocked | None:
    """The line that stands where the change stood: ids alone, since a status may differ."""
    if change.person is None:
        return None
    place = (change.group.key, change.person.id)
    return next((b for b in now.blocked if b.person and (b.group.key, b.person.id) == place), None)


def _is_refused(change: Change, same_files: bool, *, is_by_time: bool) -> bool:
    """Time alone may bring new lines (a grant ended): they wait for their own review."""
    if is_by_time:
        return False
    return change.action is Action.REMOVE or not same_files


def _distinct(changes: Iterable[Change], known: set[Intent]) -> tuple[Change, ...]:
    found = {c.intent: c for c in changes if c.intent not in known}
    return tuple(found.values())
