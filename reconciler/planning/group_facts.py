"""What a group's guards judge: numbers and names, gathered once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.identity.resolve import Resolved
from reconciler.model.directory import Members
from reconciler.model.plan import GroupRef
from reconciler.planning.context import Context
from reconciler.planning.desired import GroupIntent
from reconciler.planning.scope import ManagedGroup

if TYPE_CHECKING:
    from reconciler.model.ids import OktaUserId

__all__ = ["GroupFacts", "facts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """One group as its guards see it."""

    group: GroupRef
    members: int
    granted: int
    """People with a live grant, resolved."""
    visible: int
    """Those of them who are in the group as it was read."""
    min_members: int
    required: Members
    required_absent: int
    required_unresolved: tuple[str, ...]
    """Required subjects who are nobody in particular."""


def facts(group: ManagedGroup, intent: GroupIntent, context: Context) -> GroupFacts:
    """What the group's guards need to know."""
    required: set[OktaUserId] = set()
    unresolved: list[str] = []
    min_members = 0
    for binding in (b for b in group.bindings if not b.retired):
        entitlement = context.catalog.tools[binding.tool].entitlements[binding.entitlement]
        min_members = max(min_members, entitlement.min_members)
        for subject in entitlement.required_members:
            resolution = context.known.of(subject)
            if isinstance(resolution, Resolved):
                required.add(resolution.user.id)
            else:
                unresolved.append(subject)
    return GroupFacts(
        group=group.ref,
        members=len(group.members),
        granted=len(intent.live),
        visible=len(group.members & frozenset(intent.live)),
        min_members=min_members,
        required=frozenset(required),
        required_absent=len(required - group.members),
        required_unresolved=tuple(sorted(unresolved)),
    )
