"""Where a group's members stand: set arithmetic over ids, and nothing else.

First match wins: protected, rule-fed, granted, ended, unapproved. Every set is disjoint from the
others. A member of whom it is not known whether a rule put them there is never unapproved.
"""

from dataclasses import dataclass

from reconciler.model.directory import Members
from reconciler.planning.desired import GroupIntent
from reconciler.planning.scope import ManagedGroup

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
    rule_fed: Members = frozenset()
    unattributed: Members = frozenset()
    """Members no grant ever named, whom a rule may have put there."""


def stand(group: ManagedGroup, intent: GroupIntent, protected: Members) -> Standing:
    """Everyone who is in the group or wanted there, classed once."""
    members = group.members
    live = frozenset(intent.live)
    shielded = members & protected
    fed = (members & group.rule_fed) - shielded
    rest = members - shielded - fed
    pending = (rest - live) & frozenset(intent.pending)
    ended = (rest - live - pending) & frozenset(intent.ended)
    unnamed = rest - live - pending - ended
    return Standing(
        protected=shielded,
        rule_fed=fed,
        granted_present=rest & live,
        granted_absent=live - members,
        ended_present=ended,
        pending_present=pending,
        unapproved=unnamed - group.unattributed,
        unattributed=unnamed & group.unattributed,
    )
