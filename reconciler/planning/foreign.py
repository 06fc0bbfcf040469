"""A group that another connector of the catalog made: in one org, that connector keeps it.

Where domains are kept in secrets, no file tells that two connectors are of one org; the marker that
a created group carries does.
"""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.model.catalog import Catalog, CreateGroup
from reconciler.model.directory import LiveState
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import Blocked
from reconciler.planning.scope import ManagedGroup, Scope

__all__ = ["leave_to_others"]


def leave_to_others(
    area: Scope, live: LiveState, catalog: Catalog, connector: ConnectorId
) -> Scope:
    """The scope without such groups; each of their bindings is blocked."""
    markers = tuple(_markers(catalog, connector))
    theirs = [group for group in area.groups if markers and _is_theirs(group, live, markers)]
    if not theirs:
        return area
    lines = tuple(line for group in theirs for line in _lines(group))
    kept = tuple(group for group in area.groups if group not in theirs)
    return replace(area, groups=kept, blocked=(*area.blocked, *lines))


def _markers(catalog: Catalog, connector: ConnectorId) -> Iterator[str]:
    """What groups carry that another connector in use makes."""
    for binding in catalog.bindings:
        other = catalog.connectors.get(binding.connector)
        is_used = other is not None and other.id != connector and not other.disabled
        if is_used and isinstance(binding.group, CreateGroup):
            yield binding.marker


def _is_theirs(group: ManagedGroup, live: LiveState, markers: tuple[str, ...]) -> bool:
    known = live.groups.get(group.ref.id) if group.ref.id else None
    return known is not None and known.description.endswith(markers)


def _lines(group: ManagedGroup) -> Iterator[Blocked]:
    for binding in group.bindings:
        yield Blocked(
            code="group-bound-twice",
            summary=f'"{group.ref.name}" was made by another connector of this catalog, '
            "which keeps it",
            hint="bind it on one of the two connectors; disable the one that is no longer used",
            group=group.ref,
            tool=binding.tool,
            entitlement=binding.entitlement,
        )
