"""The two sides of a binding that ends: the group it keeps, and the one its people leave.

A retired binding only leaves. A moved one keeps its new group and leaves the group it replaces, as
if a retired binding were there: what it granted there has ended. Nobody loses the old group before
they are in the new one, or come to it by the same plan.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.model.catalog import Authority, BindGroup, Binding, Grant
from reconciler.model.ids import EntitlementId, OktaUserId, ToolId
from reconciler.model.plan import Action, Blocked, Change, GrantRef
from reconciler.model.validity import Validity

__all__ = ["Access", "hold_moves", "is_moved", "sides", "why_leaving"]

Access = tuple[ToolId, EntitlementId, OktaUserId]
"""Who has what, by whichever group."""


def sides(bindings: Iterable[Binding]) -> Iterator[Binding]:
    """Every binding, and beside one that moved its retired side.

    Whoever no grant named is left where they are: the group is no longer this binding's to rule.
    """
    for binding in bindings:
        if binding.retired:
            yield replace(binding, authority=Authority.ADDITIVE, unattended=False)
            continue
        yield binding
        if binding.replaces is not None:
            old = BindGroup(id=binding.replaces, name=binding.replaces)
            yield replace(
                binding, group=old, retired=True, authority=Authority.ADDITIVE, unattended=False
            )


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
    changes: Iterable[Change],
    moved: Mapping[str, Iterable[Binding]],
    there: Collection[Access],
    now: datetime,
) -> tuple[tuple[Change, ...], tuple[Blocked, ...]]:
    """The changes, and a blocked line for every removal that would leave somebody without access.

    `moved` has the sides that moved bindings leave, by their group's key; `there` is who already
    has the access by a group that is kept.
    """
    lines = tuple(changes)
    moving = {(key, b.tool, b.entitlement) for key, bindings in moved.items() for b in bindings}
    if not moving:
        return lines, ()
    coming = {access for c in lines if c.action is Action.ADD for access in _access(c)}
    kept: list[Change] = []
    held: list[Blocked] = []
    for change in lines:
        is_moving = (change.group.key, change.tool, change.entitlement) in moving
        lasts = any(not _validity(ref).has_ended(now) for ref in change.grants)
        arrives = all(access in coming or access in there for access in _access(change))
        if change.action is Action.REMOVE and is_moving and lasts and not arrives:
            held.append(_waits(change))
        else:
            kept.append(change)
    return tuple(kept), tuple(held)


def _access(change: Change) -> Iterator[Access]:
    if change.person is not None and change.person.id is not None:
        yield (change.tool, change.entitlement, change.person.id)


def _validity(ref: GrantRef) -> Validity:
    return Validity(starts_on=ref.starts, expires_on=ref.expires, revoked_on=ref.revoked_at)


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
