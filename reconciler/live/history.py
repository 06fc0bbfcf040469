"""Asks the System Log, once, what became of the memberships that first plans would add."""

from reconciler.live.ports import DirectoryReader
from reconciler.model.directory import Unread
from reconciler.model.membership_log import MembershipLog
from reconciler.model.plan import Action, Change, Plan
from reconciler.planning.hold import effective_at

__all__ = ["additions", "fetch_history"]


def additions(*plans: Plan) -> tuple[Change, ...]:
    """The lines that add somebody to a group that is there: a new one has no past."""
    lines = (change for plan in plans for change in plan.changes)
    return tuple(c for c in lines if c.action is Action.ADD and c.group.id and c.person is not None)


async def fetch_history(reader: DirectoryReader, *plans: Plan) -> MembershipLog | Unread | None:
    """The log since the earliest day that matters; None, and no request, when nobody is added."""
    lines = additions(*plans)
    if not lines:
        return None
    return await reader.fetch_membership_log(
        min(effective_at(line.grants, is_early=True) for line in lines),
        groups=sorted({line.group.id for line in lines if line.group.id}),
        users=sorted({line.person.id for line in lines if line.person and line.person.id}),
    )
