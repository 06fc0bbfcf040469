"""Observes what one connector's plan needs, once, and marks whatever was not read to its end."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.live.credential import Identity, identify
from reconciler.live.people import observe_people
from reconciler.live.ports import DirectoryReader, first_of
from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import (
    BindGroup,
    Binding,
    Canary,
    Catalog,
    CreateGroup,
    candidates,
    own_group,
)
from reconciler.model.directory import (
    AttributedMembers,
    CanarySight,
    DirectoryGroup,
    DirectoryUser,
    LiveState,
    Members,
    ReadFailure,
)
from reconciler.model.errors import ReconcilerError
from reconciler.model.ids import OktaGroupId, OktaUserId, is_same_login
from reconciler.planning.three_way.withholding import known_groups

__all__ = ["ObservedGroups", "observe", "observe_groups"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedGroups:
    """What Okta shows of the groups; `named` and `unread_names` are keyed case-folded."""

    found: dict[OktaGroupId, DirectoryGroup]
    unread: dict[OktaGroupId, ReadFailure]
    named: dict[str, tuple[DirectoryGroup, ...]]
    unread_names: dict[str, ReadFailure]
    marked: dict[str, tuple[DirectoryGroup, ...]] = field(default_factory=dict)
    unread_markers: dict[str, ReadFailure] = field(default_factory=dict)

    @property
    def to_read(self) -> tuple[OktaGroupId, ...]:
        """The groups whose members matter: nobody can write to the others."""
        return tuple(sorted(g.id for g in self.found.values() if g.is_writable))


async def observe_groups(reader: DirectoryReader, bindings: tuple[Binding, ...]) -> ObservedGroups:
    """Every group that a binding means."""
    ids = sorted({b.group.id for b in bindings if isinstance(b.group, BindGroup)})
    creating = [b for b in bindings if isinstance(b.group, CreateGroup)]
    names = sorted({b.group.name for b in creating})
    markers = sorted({b.marker for b in creating})
    async with asyncio.TaskGroup() as tasks:
        by_id = tasks.create_task(reader.fetch_groups(ids))
        by_name = tasks.create_task(reader.fetch_groups_named(names))
        by_marker = tasks.create_task(reader.fetch_groups_marked(markers))
    marked = {m: f for m, f in by_marker.result().items() if not isinstance(f, ReadFailure)}
    named = {n.casefold(): f for n, f in by_name.result().items() if not isinstance(f, ReadFailure)}
    return ObservedGroups(
        found={g: f for g, f in by_id.result().items() if not isinstance(f, ReadFailure)}
        | _find_own(creating, named, marked),
        unread={g: f for g, f in by_id.result().items() if isinstance(f, ReadFailure)},
        named=named,
        unread_names={
            n.casefold(): f for n, f in by_name.result().items() if isinstance(f, ReadFailure)
        },
        marked=marked,
        unread_markers={m: f for m, f in by_marker.result().items() if isinstance(f, ReadFailure)},
    )


def _find_own(
    creating: list[Binding],
    named: Mapping[str, tuple[DirectoryGroup, ...]],
    marked: Mapping[str, tuple[DirectoryGroup, ...]],
) -> dict[OktaGroupId, DirectoryGroup]:
    """The groups that earlier runs made, whatever they are called by now."""
    found = {}
    for binding in creating:
        own = own_group(binding, candidates(binding, named, marked))
        if own is not None:
            found[own.id] = own
    return found


async def observe(  # noqa: PLR0913 - what is asked, and who asks; most callers know a part
    reader: DirectoryReader,
    catalog: Catalog,
    bindings: tuple[Binding, ...],
    canary: Canary | None = None,
    identity: Identity | None = None,
    *,
    now: datetime | None = None,
    readable: tuple[Binding, ...] | None = None,
    sides: tuple[Catalog, ...] = (),
    accounts: tuple[AccountDeclaration, ...] = (),
) -> LiveState:
    """Everything a plan compares: groups, their members, and everyone the catalog names.

    Who asks whom is found out first, unless the caller knows it already. `now` tells whose grants
    have ended, so that nobody looks for them twice. With `readable`, only the groups of these
    bindings are read; any other stands there as an empty one. A catalog that was made of several
    `sides` is observed for each of them. `accounts` are the people's files that count here.
    Raises `ConnectorError` when the org or the credential is refused, `GuardRefused` when the org
    is not the pinned one. Everything less is marked unread in the result.
    """
    known = identity or await identify(reader, await reader.fetch_org())
    caller = known.caller
    try:
        groups = await observe_groups(reader, bindings)
        targets = await reader.fetch_rule_targets() if groups.to_read else frozenset()
        read = await _fetch_members(reader, _select_readable(groups, readable), targets)
        for group in groups.to_read:
            if group not in read.unread:
                read.members.setdefault(group, frozenset())
        users = read.users
        if caller is not None:
            users.setdefault(caller.id, caller)
        unread_subjects = await observe_people(
            reader, catalog, bindings, users, now, sides, accounts
        )
        canary_sight = await _look_for_canary(reader, canary)
    except* ReconcilerError as several:
        raise first_of(several) from several
    return LiveState(
        org=known.org,
        credential=known.credential,
        caller=caller.id if caller else None,
        groups=groups.found,
        groups_by_name=groups.named,
        groups_by_marker=groups.marked,
        unread_markers=groups.unread_markers,
        members=read.members,
        unread=groups.unread | read.unread,
        rule_fed=read.fed,
        unattributed=read.unknown,
        shows_rules=isinstance(targets, ReadFailure) or bool(targets),
        unread_names=groups.unread_names,
        users=users,
        unread_subjects=unread_subjects,
        canary=canary_sight,
        reads=reader.reads,
    )


def _select_readable(
    groups: ObservedGroups, bindings: tuple[Binding, ...] | None
) -> tuple[OktaGroupId, ...]:
    if bindings is None:
        return groups.to_read
    known = known_groups(bindings, groups.named, groups.marked)
    return tuple(group for group in groups.to_read if group in known.ids)


GROUPS_AT_ONCE = 8
"""Groups read side by side: more would keep the first page of each while waiting for its next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The groups' members as they were read. Every set shares one id object per person."""

    members: dict[OktaGroupId, Members] = field(default_factory=dict)
    unread: dict[OktaGroupId, ReadFailure] = field(default_factory=dict)
    fed: dict[OktaGroupId, Members] = field(default_factory=dict)
    unknown: dict[OktaGroupId, Members] = field(default_factory=dict)
    users: dict[OktaUserId, DirectoryUser] = field(default_factory=dict)


async def _fetch_members(
    reader: DirectoryReader,
    groups: tuple[OktaGroupId, ...],
    targets: frozenset[OktaGroupId] | ReadFailure,
) -> _Read:
    """Every group's members; the reader bounds how many requests run together.

    Only a group that an active rule targets is asked who was put there by it: nobody else can be.
    """
    read = _Read()

    async def fetch(group: OktaGroupId) -> AttributedMembers | ReadFailure:
        if not isinstance(targets, ReadFailure) and group in targets:
            return await reader.fetch_attributed_members(group)
        found = await reader.fetch_members(group)
        if isinstance(found, ReadFailure):
            return found
        ids = frozenset(u.id for u in found) if isinstance(targets, ReadFailure) else frozenset()
        return AttributedMembers(users=found, unknown=ids)

    at_once = asyncio.Semaphore(GROUPS_AT_ONCE)

    async def take(group: OktaGroupId) -> None:
        async with at_once:
            found = await fetch(group)
        if isinstance(found, ReadFailure):
            read.unread[group] = found
            return
        read.members[group] = frozenset(read.users.setdefault(u.id, u).id for u in found.users)
        read.fed[group] = found.fed
        read.unknown[group] = found.unknown

    async with asyncio.TaskGroup() as tasks:
        for group in groups:
            tasks.create_task(take(group))
    return read


async def _look_for_canary(reader: DirectoryReader, canary: Canary | None) -> CanarySight:
    """A credential without an admin role reads empty lists; it does not see the canary either."""
    if canary is None:
        return CanarySight.NOT_ASKED
    found = await reader.fetch_members(canary.group_id)
    if isinstance(found, ReadFailure):
        return CanarySight.UNREAD
    is_seen = any(is_same_login(user.login, canary.user) for user in found)
    return CanarySight.SEEN if is_seen else CanarySight.ABSENT
