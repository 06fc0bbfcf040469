"""The two sides of a binding that ends: the group it keeps, and the one its people leave.

A retired binding only leaves. A moved one keeps its new group and leaves the group it replaces, as
if a retired binding were there: what it granted there has ended. Nobody loses the old group before
they are in the new one, or come to it by the same plan. One that moved and is retired leaves both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.model.catalog import Authority, BindGroup, Binding, Grant
from reconciler.model.ids import EntitlementId, OktaUserId, ToolId
from reconciler.model.plan import Action, Blocked, Change

__all__ = ["Access", "Leaving", "hold_moves", "is_moved", "sides", "why_leaving"]

Access = tuple[ToolId, EntitlementId, OktaUserId]
"""Who has what, by whichever group."""
Leaving = tuple[str, OktaUserId]
"""A group by its key, and a member of it."""
NOTHING = frozenset[Access]()


def sides(bindings: Iterable[Binding]) -> Iterator[Binding]:
    """Every binding, and beside one that moved its retired side.

    Whoever no grant named is left where they are: the group is no longer this binding's to rule.
    """
    for binding in bindings:
        ending = replace(binding, retired=True, authority=Authority.ADDITIVE, unattended=False)
        yield ending if binding.retired else binding
        if binding.replaces is not None:
            old = BindGroup(id=binding.replaces, name=binding.replaces)
            # Who leaves a binding that is retired itself waits for no other group.
            towards = None if binding.retired else binding.replaces
            yield replace(ending, group=old, replaces=towards)


def is_moved(binding: Binding) -> bool:
    """Whether this is the side that a moved binding leaves."""
    group = binding.group
    return binding.retired and isinstance(group, BindGroup) and group.id == binding.replaces


def why_leaving(bindings: Iterable[Binding], grants: tuple[Grant, ...], now: datetime) -> str:
    """Why a grant that has not ended no longer keeps anybody in this group; empty if it has."""
    lasting = {(g.tool, g.entitlement) for g in grants if not g.validity.has_ended(now)}
    for binding in bindings:
        if binding.retired and (binding.tool, binding.entitlement) in lasting:
            moved = f"{binding.name} moved to another group"
            return moved if is_moved(binding) else f"{binding.name} is retired"
    return ""


def hold_moves(
    changes: Iterable[Change], moving: Mapping[Leaving, frozenset[Access]], there: frozenset[Access]
) -> tuple[tuple[Change, ...], tuple[Blocked, ...]]:
    """The changes, and a blocked line for every removal that would leave somebody without access.

    `moving` is what a member of a group has there by a binding that moved on, and keeps having;
    `there` is who has what by a group that is kept, or comes to it by this plan.
    """
    kept: list[Change] = []
    held: list[Blocked] = []
    for change in changes:
        person = change.person.id if change.person else None
        lasting = moving.get((change.group.key, person), NOTHING) if person else NOTHING
        if change.action is Action.REMOVE and not lasting <= there:
            held.append(_waits(change))
        else:
            kept.append(change)
    return tuple(kept), tuple(held)


def _waits(change: Change) -> Blocked:
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
