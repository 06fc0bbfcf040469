"""Observes what one connector's plan needs, once, and marks whatever was not read to its end."""

import asyncio

from reconciler.live.groups import observe_groups
from reconciler.live.people import observe_people
from reconciler.live.ports import DirectoryReader
from reconciler.model.catalog import Binding, Canary, Catalog
from reconciler.model.directory import CanarySight, DirectoryUser, LiveState, Members, Unread
from reconciler.model.errors import ReconcilerError
from reconciler.model.ids import OktaGroupId, OktaUserId

__all__ = ["observe"]


async def observe(
    reader: DirectoryReader,
    catalog: Catalog,
    bindings: tuple[Binding, ...],
    canary: Canary | None = None,
) -> LiveState:
    """Everything a plan compares: groups, their members, and everyone the catalog names.

    Raises `ConnectorError` when the org or the credential is refused, `GuardRefused` when the org
    is not the pinned one. Everything less is marked unread in the result.
    """
    org = await reader.fetch_org()
    try:
        caller = await reader.fetch_caller()
        groups = await observe_groups(reader, bindings)
        members, unread, users = await _members(reader, groups.to_read)
        if caller is not None:
            users.setdefault(caller.id, caller)
        unread_subjects = await observe_people(reader, catalog, bindings, users)
        canary_sight = await _canary(reader, canary)
    except* ReconcilerError as several:
        raise _first(several) from several
    return LiveState(
        org=org,
        caller=caller.id if caller else None,
        groups=groups.found,
        groups_by_name=groups.named,
        members=members,
        unread=groups.unread | unread,
        unread_names=groups.unread_names,
        users=users,
        unread_subjects=unread_subjects,
        canary=canary_sight,
        reads=reader.reads,
    )


async def _members(
    reader: DirectoryReader, groups: tuple[OktaGroupId, ...]
) -> tuple[dict[OktaGroupId, Members], dict[OktaGroupId, Unread], dict[OktaUserId, DirectoryUser]]:
    """Every group's members; the reader bounds how many requests run together.

    A person in many groups is kept once, and every set shares that one id.
    """
    members: dict[OktaGroupId, Members] = {}
    unread: dict[OktaGroupId, Unread] = {}
    users: dict[OktaUserId, DirectoryUser] = {}

    async def read(group: OktaGroupId) -> None:
        found = await reader.fetch_members(group)
        if isinstance(found, Unread):
            unread[group] = found
        else:
            members[group] = frozenset(users.setdefault(u.id, u).id for u in found)

    async with asyncio.TaskGroup() as tasks:
        for group in groups:
            tasks.create_task(read(group))
    return members, unread, users


async def _canary(reader: DirectoryReader, canary: Canary | None) -> CanarySight:
    """A credential without an admin role reads empty lists; it does not see the canary either."""
    if canary is None:
        return CanarySight.NOT_ASKED
    found = await reader.fetch_members(canary.group_id)
    if isinstance(found, Unread):
        return CanarySight.UNREAD
    wanted = canary.user.casefold()
    is_seen = any(user.login.casefold() == wanted for user in found)
    return CanarySight.SEEN if is_seen else CanarySight.ABSENT


def _first(several: BaseExceptionGroup[ReconcilerError]) -> ReconcilerError:
    """One reason is enough to stop; the others come from the same cause."""
    error: BaseException = several
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, ReconcilerError):
        raise error
    return error
