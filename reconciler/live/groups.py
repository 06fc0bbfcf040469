"""The groups behind the bindings: by id where one is bound, by exact name where one is made."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.live.ports import DirectoryReader
from reconciler.model.catalog import BindGroup, Binding, CreateGroup
from reconciler.model.directory import DirectoryGroup, Unread
from reconciler.model.ids import OktaGroupId
from reconciler.planning.scope import own_group

__all__ = ["ObservedGroups", "observe_groups"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedGroups:
    """What Okta shows of the groups; `named` and `unread_names` are keyed case-folded."""

    found: dict[OktaGroupId, DirectoryGroup]
    unread: dict[OktaGroupId, Unread]
    named: dict[str, tuple[DirectoryGroup, ...]]
    unread_names: dict[str, Unread]

    @property
    def to_read(self) -> tuple[OktaGroupId, ...]:
        """The groups whose members matter: nobody can write to the others."""
        return tuple(sorted(g.id for g in self.found.values() if g.is_writable))


async def observe_groups(reader: DirectoryReader, bindings: tuple[Binding, ...]) -> ObservedGroups:
    """Every group that a binding means."""
    ids = sorted({b.group.id for b in bindings if isinstance(b.group, BindGroup)})
    names = sorted({b.group.name for b in bindings if isinstance(b.group, CreateGroup)})
    async with asyncio.TaskGroup() as tasks:
        by_id = tasks.create_task(reader.fetch_groups(ids))
        by_name = tasks.create_task(reader.fetch_groups_named(names))
    named = {n.casefold(): f for n, f in by_name.result().items() if not isinstance(f, Unread)}
    return ObservedGroups(
        found={g: f for g, f in by_id.result().items() if not isinstance(f, Unread)}
        | _own(bindings, named),
        unread={g: f for g, f in by_id.result().items() if isinstance(f, Unread)},
        named=named,
        unread_names={
            n.casefold(): f for n, f in by_name.result().items() if isinstance(f, Unread)
        },
    )


def _own(
    bindings: tuple[Binding, ...], named: Mapping[str, tuple[DirectoryGroup, ...]]
) -> dict[OktaGroupId, DirectoryGroup]:
    """The groups that earlier runs made."""
    creating = [b for b in bindings if isinstance(b.group, CreateGroup)]
    own = (own_group(b, named.get(b.group.name.casefold(), ())) for b in creating)
    return {group.id: group for group in own if group is not None}
