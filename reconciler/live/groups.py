"""The groups behind the bindings: by id where one is bound, by name and marker where made."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.live.ports import DirectoryReader
from reconciler.model.catalog import BindGroup, Binding, CreateGroup
from reconciler.model.directory import DirectoryGroup, Unread
from reconciler.model.ids import OktaGroupId
from reconciler.planning.scope import candidates, own_group

__all__ = ["ObservedGroups", "observe_groups"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedGroups:
    """What Okta shows of the groups; `named` and `unread_names` are keyed case-folded."""

    found: dict[OktaGroupId, DirectoryGroup]
    unread: dict[OktaGroupId, Unread]
    named: dict[str, tuple[DirectoryGroup, ...]]
    unread_names: dict[str, Unread]
    marked: dict[str, tuple[DirectoryGroup, ...]] = field(default_factory=dict)
    unread_markers: dict[str, Unread] = field(default_factory=dict)

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
    marked = {m: f for m, f in by_marker.result().items() if not isinstance(f, Unread)}
    named = {n.casefold(): f for n, f in by_name.result().items() if not isinstance(f, Unread)}
    return ObservedGroups(
        found={g: f for g, f in by_id.result().items() if not isinstance(f, Unread)}
        | _own(creating, named, marked),
        unread={g: f for g, f in by_id.result().items() if isinstance(f, Unread)},
        named=named,
        unread_names={
            n.casefold(): f for n, f in by_name.result().items() if isinstance(f, Unread)
        },
        marked=marked,
        unread_markers={m: f for m, f in by_marker.result().items() if isinstance(f, Unread)},
    )


def _own(
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
