"""What a group's guards judge: numbers and names, gathered once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.identity.resolve import Resolved
from reconciler.model.directory import Members
from reconciler.model.evidence import RecentWrites
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
    added: Members = frozenset()
    """Members whom runs of the last day added: a group is judged without them too."""
    added_visible: int = 0
    """Those of the `visible` whom runs of the last day added."""
    gone_ended: Members = frozenset()
    gone_others: Members = frozenset()
    """Whom runs of the last day took out of the group, and who is no member now."""

    @property
    def gone(self) -> int:
        """How many runs of the last day took out."""
        return len(self.gone_ended | self.gone_others)

    @property
    def before(self) -> int:
        """How many members there were, and would be but for the runs of the last day."""
        return self.members - len(self.added) + self.gone


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
    visible = group.members & frozenset(intent.live)
    added, gone_ended, gone_others = _lately(group, context.recent)
    return GroupFacts(
        group=group.ref,
        members=len(group.members),
        granted=len(intent.live),
        visible=len(visible),
        min_members=min_members,
        required=frozenset(required),
        required_absent=len(required - group.members),
        required_unresolved=tuple(sorted(unresolved)),
        added=added,
        added_visible=len(visible & added),
        gone_ended=gone_ended,
        gone_others=gone_others,
    )


def _lately(group: ManagedGroup, recent: RecentWrites) -> tuple[Members, Members, Members]:
    """Who of the group was added, and who went: by an ended grant, and otherwise."""
    added, ended, others = (
        frozenset(user for where, user in found if where == group.ref.id)
        for found in (recent.added, recent.ended - recent.added, recent.others - recent.added)
    )
    return added & group.members, ended - group.members, others - group.members
