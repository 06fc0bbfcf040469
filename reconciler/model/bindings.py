"""Which bindings a connector has, and which group of Okta each one is about."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.model.catalog import (
    Authority,
    BindGroup,
    Binding,
    Catalog,
    Fulfilment,
)
from reconciler.model.directory import DirectoryGroup
from reconciler.model.ids import ConnectorId


def bindings_of(catalog: Catalog, connector: ConnectorId) -> tuple[Binding, ...]:
    """The connector's bindings whose tools are provisioned through Okta, by name.

    One that moved stands there twice: with the group it keeps, and retired with the one it leaves.
    """
    chosen = (
        b
        for b in catalog.bindings
        if b.connector == connector
        and (tool := catalog.tools.get(b.tool)) is not None
        and tool.fulfilment is Fulfilment.OKTA
    )
    return tuple(expand_moves(sorted(chosen, key=lambda b: b.name)))


Groups = Mapping[str, tuple[DirectoryGroup, ...]]


def candidates(binding: Binding, by_name: Groups, by_marker: Groups) -> tuple[DirectoryGroup, ...]:
    """The groups that have the name that the binding would create, or its marker; each once."""
    named = by_name.get(binding.group.name.casefold(), ())
    marked = by_marker.get(binding.marker, ())
    return tuple({group.id: group for group in (*named, *marked)}.values())


def marked_groups(binding: Binding, groups: Iterable[DirectoryGroup]) -> tuple[DirectoryGroup, ...]:
    """Those that were made for this binding. One of an app or a directory only looks like it."""
    marked = tuple(g for g in groups if g.description.endswith(binding.marker))
    return tuple(g for g in marked if g.is_writable) or marked


def own_group(binding: Binding, groups: Iterable[DirectoryGroup]) -> DirectoryGroup | None:
    """The group that was made for this binding, if it is the only one with its marker."""
    marked = marked_groups(binding, groups)
    return marked[0] if len(marked) == 1 else None


def expand_moves(bindings: Iterable[Binding]) -> Iterator[Binding]:
    """Every binding, and beside one that moved its retired side.

    Members whom no grant named stay: the group is no longer this binding's to rule.
    """
    for binding in bindings:
        ending = replace(binding, retired=True, authority=Authority.ADDITIVE, unattended=False)
        yield ending if binding.retired else binding
        if binding.replaces is not None:
            old = BindGroup(id=binding.replaces, name=binding.replaces)
            # Who leaves a binding that is retired itself waits for no other group.
            towards = None if binding.retired else binding.replaces
            yield replace(ending, group=old, replaces=towards)
