"""Bindings that meet in one group: they say that they mean to, and how the group is kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reconciler.model.catalog import BindGroup, Binding, Catalog, Connector
from reconciler.model.diagnostics import Example, Rule
from reconciler.policy import sample
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import choice, quoted

__all__ = ["RULES", "check_agreement", "check_connectors", "check_tools"]

GROUP_BOUND_TWICE = Rule(
    code="group-bound-twice",
    summary="Two connectors bind one group, so each would undo what the other does",
    remedy="Bind it on one of the two connectors; disable the one that is no longer used",
    example=Example(
        {
            "connectors/z.yaml": sample.CONNECTOR.replace("okta-prod", "okta-z").replace(
                "00g9", "00g8"
            ),
            "bindings/z.yaml": sample.BINDING.replace("okta-prod", "okta-z"),
        }
    ),
)
GROUP_SHARED_UNSAID = Rule(
    code="group-shared-unsaid",
    summary="One group gives two tools, and a binding of it does not say that this is meant",
    remedy="Write `shared: true` in each of its bindings, or bind another group",
    example=Example(
        {
            "tools/cursor.yaml": sample.TOOL.replace("claude", "cursor").replace(
                "Claude", "Cursor"
            ),
            "bindings/cursor.yaml": sample.BINDING.replace("claude", "cursor") + "shared: true\n",
        }
    ),
)
BINDINGS_DISAGREE = Rule(
    code="bindings-disagree",
    summary="Bindings of one group differ in `authority`, `unattended` or `admin_role`",
    remedy="Write the same in each of them",
    example=Example(
        {
            "bindings/admins.yaml": sample.BINDING.replace("users\n", "admins\n", 1)
            + "authority: authoritative\n"
        }
    ),
)
RULES = (GROUP_BOUND_TWICE, GROUP_SHARED_UNSAID, BINDINGS_DISAGREE)


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
                yield _report_second_connector(first, binding)


def _identities(binding: Binding, connector: Connector) -> Iterator[tuple[str, str]]:
    """What a group is known by: its id, which no two orgs share; in one org, its name as well."""
    if isinstance(binding.group, BindGroup):
        yield ("id", binding.group.id)
    if connector.domain is not None:
        yield (connector.domain, binding.group.name)


def _report_second_connector(first: Binding, binding: Binding) -> Finding:
    return Finding.at(
        place(binding, "group"),
        GROUP_BOUND_TWICE,
        f"{quoted(first.connector)} binds {quoted(binding.group.name)} too, and each would undo "
        "what the other does",
        related=(place(first, "group"),),
    )


def check_tools(catalog: Catalog) -> Iterator[Finding]:
    """A group gives several tools only where each of its bindings says `shared: true`."""
    path = ("group", "bind", "id")
    for together in _shared_groups(catalog.bindings):
        tools = sorted({binding.tool for binding in together})
        for binding in together if len(tools) > 1 else ():
            if not binding.shared:
                yield Finding.at(
                    place(binding, *path),
                    GROUP_SHARED_UNSAID,
                    f"the group gives {choice(t for t in tools if t != binding.tool)} as well",
                    related=tuple(place(b, *path) for b in together if b.tool != binding.tool),
                )


def check_agreement(catalog: Catalog) -> Iterator[Finding]:
    """Bindings of one group keep it alike; one that is retired keeps it no longer."""
    for together in _shared_groups(b for b in catalog.bindings if not b.retired):
        first = together[0]
        for binding in together[1:]:
            for key in _differences(first, binding):
                yield Finding.at(
                    place(binding, key),
                    BINDINGS_DISAGREE,
                    f"{quoted(binding.name)} and {quoted(first.name)} bind one group, with "
                    f"different `{key}`",
                    f"write the same `{key}` in both",
                    related=(place(first, key),),
                )


def _differences(first: Binding, binding: Binding) -> Iterator[str]:
    if first.authority is not binding.authority:
        yield "authority"
    if first.unattended != binding.unattended:
        yield "unattended"
    if first.admin_role != binding.admin_role:
        yield "admin_role"


def _shared_groups(bindings: Iterable[Binding]) -> Iterator[list[Binding]]:
    """The bindings of each group that has several."""
    by_group: defaultdict[tuple[str, str], list[Binding]] = defaultdict(list)
    for binding in bindings:
        if isinstance(binding.group, BindGroup):
            by_group[binding.connector, binding.group.id].append(binding)
    return (together for together in by_group.values() if len(together) > 1)
