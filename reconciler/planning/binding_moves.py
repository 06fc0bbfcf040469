"""The two sides of a binding that ends: the group it keeps, and the one its people leave.

A retired binding only leaves. A moved one keeps its new group and leaves the group it replaces, as
if a retired binding were there: what it granted there has ended. Nobody loses the old group before
they are in the new one, or come to it by the same plan. One that moved and is retired leaves both.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from reconciler.model.catalog import BindGroup, Binding, Grant
from reconciler.model.evidence import PastRun
from reconciler.model.ids import EntitlementId, OktaUserId, ToolId
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Action, Blocked, Change, Plan

__all__ = [
    "Access",
    "GroupMember",
    "explain_leaving",
    "find_emptied",
    "hold_moves",
    "is_finished",
    "is_moved",
]


class Access(NamedTuple):
    """What a person has, by whichever group."""

    tool: ToolId
    entitlement: EntitlementId
    user_id: OktaUserId


class GroupMember(NamedTuple):
    """A member of a group, which is known by its key: it may be yet to be made."""

    group_key: str
    user_id: OktaUserId


NOTHING = frozenset[Access]()


def is_moved(binding: Binding) -> bool:
    """Whether this is the side that a moved binding leaves."""
    group = binding.group
    return binding.retired and isinstance(group, BindGroup) and group.id == binding.replaces


def explain_leaving(bindings: Iterable[Binding], grants: tuple[Grant, ...], now: datetime) -> str:
    """Why a grant that has not ended no longer keeps anybody in this group; empty if it has."""
    lasting = {(g.tool, g.entitlement) for g in grants if not g.validity.has_ended(now)}
    for binding in bindings:
        if binding.retired and (binding.tool, binding.entitlement) in lasting:
            moved = f"{binding.name} moved to another group"
            return moved if is_moved(binding) else f"{binding.name} is retired"
    return ""


def hold_moves(
    changes: Iterable[Change],
    moving: Mapping[GroupMember, frozenset[Access]],
    there: frozenset[Access],
) -> tuple[tuple[Change, ...], tuple[Blocked, ...]]:
    """The changes, and a blocked line for every removal that would leave a person without access.

    `moving` is what a member of a group has there by a binding that moved on, and keeps having;
    `there` is who has what by a group that is kept, or comes to it by this plan.
    """
    kept: list[Change] = []
    held: list[Blocked] = []
    for change in changes:
        person = change.person.id if change.person else None
        lasting = moving.get(GroupMember(change.group.key, person), NOTHING) if person else NOTHING
        if change.action is Action.REMOVE and not lasting <= there:
            held.append(_block_removal(change))
        else:
            kept.append(change)
    return tuple(kept), tuple(held)


def _block_removal(change: Change) -> Blocked:
    login = change.person.login if change.person else ""
    return Blocked(
        code="move-waits",
        summary=f"{login} stays in the old group until they are in the new one",
        hint="settle what keeps them out of the new group; the removal follows by itself",
        group=change.group,
        tool=change.tool,
        entitlement=change.entitlement,
        person=change.person,
        grants=change.grants,
    )


_DONE = frozenset({Outcome.VERIFIED.value, Outcome.ALREADY.value})


def find_emptied(plan: Plan) -> frozenset[tuple[str, str]]:
    """The bindings, each with a group that was read and has no line about one of its members."""
    concerned = {c.group.key for c in plan.changes if c.action is Action.REMOVE}
    concerned |= {b.group.key for b in plan.blocked}
    return frozenset(
        (name, summary.group.id or "")
        for summary in plan.groups
        if summary.members is not None and summary.group.key not in concerned
        for name in summary.bindings
    )


def is_finished(run: PastRun) -> bool:
    """Whether the run came to its end and left nothing: no line, no question, nothing held.

    One on call looked at one person, and shows nothing of groups.
    """
    is_well = run.is_complete and run.exit_code == 0 and not run.blocked and not run.held
    return run.is_whole and is_well and all(line.outcome in _DONE for line in run.lines)
