"""Bindings that meet in one group: they say that they mean to, and how the group is kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reconciler.model.catalog import BindGroup, Binding, Catalog, Connector
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import choice, quoted

__all__ = ["check_agreement", "check_connectors", "check_tools"]


def check_connectors(catalog: Catalog) -> Iterator[Finding]:
    """One connector alone keeps a group; a disabled one keeps none."""
    by_group: defaultdict[tuple[str, str], list[Binding]] = defaultdict(list)
    for binding in catalog.bindings:
        connector = catalog.connectors.get(binding.connector)
        if connector is not None and not connector.disabled:
            for key in _identities(binding, connector):
                by_group[key].append(binding)
    said: set[tuple[str, str]] = set()
    for together in by_group.values():
        first = together[0]
        for binding in together[1:]:
            pair = (first.name, binding.name)
            if binding.connector != first.connector and pair not in said:
                said.add(pair)
                yield _twice(first, binding)


def _identities(binding: Binding, connector: Connector) -> Iterator[tuple[str, str]]:
    """What a group is known by: its id, which no two orgs share; in one org, its name as well."""
    if isinstance(binding.group, BindGroup):
        yield ("id", binding.group.id)
    if connector.domain is not None:
        yield (connector.domain, binding.group.name)


def _twice(first: Binding, binding: Binding) -> Finding:
    at = place(binding, "group")
    return Finding(
        code="group-bound-twice",
        origin=at.origin,
        path=at.path,
        summary=f"{quoted(first.connector)} binds {quoted(binding.group.name)} too, and each "
        "would undo what the other does",
        hint="bind it on one of the two connectors; disable the one that is no longer used",
        related=(place(first, "group"),),
    )


def check_tools(catalog: Catalog) -> Iterator[Finding]:
    """A group gives several tools only where each of its bindings says `shared: true`."""
    for together in _groups(catalog.bindings):
        tools = sorted({binding.tool for binding in together})
        for binding in together if len(tools) > 1 else ():
            if not binding.shared:
                at = place(binding, "group", "bind", "id")
                others = [tool for tool in tools if tool != binding.tool]
                yield Finding(
                    code="group-shared-unsaid",
                    origin=at.origin,
                    path=at.path,
                    summary=f"the group gives {choice(others)} as well",
                    hint="write `shared: true` in each of its bindings, or bind another group",
                    related=tuple(
                        place(b, "group", "bind", "id") for b in together if b.tool != binding.tool
                    ),
                )


def check_agreement(catalog: Catalog) -> Iterator[Finding]:
    """Bindings of one group keep it alike; one that is retired keeps it no longer."""
    for together in _groups(b for b in catalog.bindings if not b.retired):
        first = together[0]
        for binding in together[1:]:
            for key in _differences(first, binding):
                at = place(binding, key)
                yield Finding(
                    code="bindings-disagree",
                    origin=at.origin,
                    path=at.path,
                    summary=f"{quoted(binding.name)} and {quoted(first.name)} bind one group, "
                    f"with different `{key}`",
                    hint=f"write the same `{key}` in both",
                    related=(place(first, key),),
                )


def _differences(first: Binding, binding: Binding) -> Iterator[str]:
    if first.authority is not binding.authority:
        yield "authority"
    if first.unattended != binding.unattended:
        yield "unattended"
    if first.admin_role != binding.admin_role:
        yield "admin_role"


def _groups(bindings: Iterable[Binding]) -> Iterator[list[Binding]]:
    """The bindings of each group that has several."""
    by_group: defaultdict[tuple[str, str], list[Binding]] = defaultdict(list)
    for binding in bindings:
        if isinstance(binding.group, BindGroup):
            by_group[binding.connector, binding.group.id].append(binding)
    return (together for together in by_group.values() if len(together) > 1)
