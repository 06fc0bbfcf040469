"""Which group of the org a binding is about, and why that one may not be used.

Plan, apply and the connector's test ask here, so that none of them says otherwise than the others.
"""

from dataclasses import dataclass

from reconciler.model.catalog import (
    BindGroup,
    Binding,
    CreateGroup,
    candidates,
    marked_groups,
    own_group,
)
from reconciler.model.directory import DirectoryGroup, LiveState, ReadFailure
from reconciler.model.plan import BlockReason

__all__ = ["FoundGroup", "UnreadGroup", "find_group", "judge_admin_role"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroup:
    """A group whose members were read and can be changed."""

    group: DirectoryGroup
    is_made: bool = False
    """Whether it was made for the binding, and is called so still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadGroup:
    """What could not be read of the group; `id` is None of one that a binding makes."""

    name: str
    failure: ReadFailure
    id: str | None = None


_Found = FoundGroup | UnreadGroup | BlockReason | None


def find_group(binding: Binding, live: LiveState) -> _Found:
    """The binding's group, or why there is none to use; None where it is yet to be made."""
    match binding.group:
        case BindGroup() as bind:
            return _find_bound(bind, live)
        case CreateGroup() as create:
            return _find_created(binding, create, live)


def _find_bound(bind: BindGroup, live: LiveState) -> _Found:
    group, unread = live.groups.get(bind.id), live.unread.get(bind.id)
    name = bind.name if group is None else group.name
    if unread is not None:
        return UnreadGroup(id=bind.id, name=name, failure=unread)
    if group is None:
        missing = ReadFailure(code="missing", detail="it was not read")
        return UnreadGroup(id=bind.id, name=name, failure=missing)
    return _check_writable(group, live)


def _find_created(binding: Binding, create: CreateGroup, live: LiveState) -> _Found:
    key = create.name.casefold()
    known = candidates(binding, live.groups_by_name, live.groups_by_marker)
    own = own_group(binding, known)
    if own is not None:
        if (unread := live.unread.get(own.id)) is not None:
            return UnreadGroup(id=own.id, name=own.name, failure=unread)
        return _check_writable(own, live, is_made=own.name.casefold() == key)
    failure = live.unread_names.get(key) or live.unread_markers.get(binding.marker)
    if failure is not None:
        return UnreadGroup(name=create.name, failure=failure)
    return _explain_taken_name(binding, create, known) if known else None


def _explain_taken_name(
    binding: Binding, create: CreateGroup, known: tuple[DirectoryGroup, ...]
) -> BlockReason:
    marked = marked_groups(binding, known)
    if len(marked) > 1:
        names = ", ".join(f'"{g.name}" ({g.id})' for g in marked)
        return BlockReason(
            code="group-marked-twice",
            summary=f"several groups carry the marker {binding.marker}: {names}",
            hint="take it out of the description of the wrong one, and bind the right one by its "
            "id",
        )
    ids = ", ".join(g.id for g in known)
    return BlockReason(
        code="group-name-taken",
        summary=f'a group named "{create.name}" exists in Okta ({ids})'
        " and was not made for this binding",
        hint="bind it by its id with `group: {bind: {id, name}}`, or create under another name",
    )


def _check_writable(group: DirectoryGroup, live: LiveState, *, is_made: bool = False) -> _Found:
    if not group.is_writable:
        return BlockReason(
            code="group-not-writable",
            summary=f'"{group.name}" is of type {group.type}; Okta lets no one change its members',
            hint="bind an ordinary Okta group (type OKTA_GROUP)",
        )
    if group.id not in live.members:
        unread = ReadFailure(code="missing", detail="no members were read")
        return UnreadGroup(id=group.id, name=group.name, failure=unread)
    return FoundGroup(group=group, is_made=is_made)


def judge_admin_role(
    group: str, has_admin_role: bool | None, binding: Binding
) -> BlockReason | None:
    """Why nobody is put into the group: it makes admins, or may, and the binding does not mean it.

    `has_admin_role` is None where Okta did not say.
    """
    if has_admin_role is False or binding.admin_role:
        return None
    if has_admin_role is None:
        return BlockReason(
            code="group-admin-role-unknown",
            summary=f'whether "{group}" carries an Okta admin role could not be read',
            hint="plan again; nobody is added until it is known that this makes no admins",
        )
    return BlockReason(
        code="group-has-admin-role",
        summary=f'"{group}" carries an Okta admin role: everyone added becomes an admin',
        hint="bind another group, or say that it is meant with `admin_role: true`",
    )
