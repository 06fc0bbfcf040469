"""Which lines of a reviewed plan an apply may carry out.

A line is carried out when it stands in the reviewed plan, in a plan made again at the reviewed
instant, and in a plan made now. Lines that only the new plan has are never carried out: an extra
removal, or any extra line that the catalog caused, refuses the whole run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from reconciler.model.plan import AccountChange, Action, Blocked, Change, Plan

__all__ = ["Comparison", "compare", "compare_accounts", "find_blocked_line"]


_Line = TypeVar("_Line", bound=Change | AccountChange)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Generic[_Line]):
    """What became of the reviewed lines."""

    agreed: tuple[_Line, ...]
    """To be carried out, as they stand in the newest plan."""
    left: tuple[_Line, ...]
    """Reviewed, but no longer so: another run did them, or time passed."""
    refused: tuple[_Line, ...]
    """Not reviewed, and reason enough to do nothing at all."""
    extra: tuple[_Line, ...]
    """Not reviewed and not carried out: Okta changed since."""


@dataclass(frozen=True, slots=True)
class _Three(Generic[_Line]):
    """The lines of the three plans that are compared."""

    reviewed: tuple[_Line, ...]
    again: tuple[_Line, ...]
    now: tuple[_Line, ...]


def compare(reviewed: Plan, again: Plan, now: Plan) -> Comparison[Change]:
    """The reviewed plan against the same question asked again, then and now.

    `again` is planned at the reviewed as-of from today's files and today's Okta; `now` likewise at
    the present instant.
    """
    lines = _Three(reviewed.changes, again.changes, now.changes)
    return _compare(
        lines, lambda c: c.action is Action.REMOVE, same_files=_has_same_files(reviewed, again)
    )


def compare_accounts(reviewed: Plan, again: Plan, now: Plan) -> Comparison[AccountChange]:
    """The same of the account lines: one that takes away what nobody reviewed refuses the run."""
    lines = _Three(reviewed.accounts, again.accounts, now.accounts)
    return _compare(
        lines, lambda c: c.action.takes_away, same_files=_has_same_files(reviewed, again)
    )


def _has_same_files(reviewed: Plan, again: Plan) -> bool:
    return reviewed.catalog.digest == again.catalog.digest


def _compare(
    lines: _Three[_Line],
    takes_away: Callable[[_Line], bool],
    same_files: bool,
) -> Comparison[_Line]:
    """Time alone may bring new lines (a grant ended): they wait for their own review."""
    known = {c.intent for c in lines.reviewed}
    current = {c.intent: c for c in lines.now}
    repeated = {c.intent for c in lines.again}
    news = {c.intent: c for c in (*lines.again, *lines.now) if c.intent not in known}
    by_time = current.keys() - repeated
    refused = tuple(
        c for c in news.values() if c.intent not in by_time and (takes_away(c) or not same_files)
    )
    agreed = tuple(
        current[c.intent] for c in lines.reviewed if c.intent in repeated and c.intent in current
    )
    done, stopping = {c.intent for c in agreed}, {c.intent for c in refused}
    return Comparison(
        agreed=agreed,
        left=tuple(c for c in lines.reviewed if c.intent not in done),
        refused=refused,
        extra=tuple(c for c in news.values() if c.intent not in stopping),
    )


def find_blocked_line(change: Change, now: Plan) -> Blocked | None:
    """The line that stands where the change stood: ids alone, since a status may differ."""
    if change.person is None:
        return None
    place = (change.group.key, change.person.id)
    return next((b for b in now.blocked if b.person and (b.group.key, b.person.id) == place), None)
