"""Where a group's members stand: set arithmetic over ids, and nothing else.

First match wins: protected, granted, ended, unapproved. Every set is disjoint from the others.
"""

from dataclasses import dataclass

from reconciler.model.directory import Members
from reconciler.planning.desired import GroupIntent

__all__ = ["Standing", "stand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One group's people by what git and Okta say of them together."""

    protected: Members
    granted_present: Members
    granted_absent: Members
    ended_present: Members
    pending_present: Members
    unapproved: Members


def stand(members: Members, intent: GroupIntent, protected: Members) -> Standing:
    """Everyone who is in the group or wanted there, classed once."""
    live = frozenset(intent.live)
    shielded = members & protected
    rest = members - shielded
    pending = (rest - live) & frozenset(intent.pending)
    ended = (rest - live - pending) & frozenset(intent.ended)
    return Standing(
        protected=shielded,
        granted_present=rest & live,
        granted_absent=live - members,
        ended_present=ended,
        pending_present=pending,
        unapproved=rest - live - pending - ended,
    )
