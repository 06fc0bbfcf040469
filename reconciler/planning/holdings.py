"""What one person has, and what in git explains it: grants, groups and apps."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.identity.index import index_users
from reconciler.identity.resolve import Resolved, resolve
from reconciler.identity.subject import mappings_by_key
from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import (
    BindGroup,
    Binding,
    Catalog,
    Grant,
    bindings_of,
    own_group,
)
from reconciler.model.directory import AssignedApp, DirectoryGroup, DirectoryUser
from reconciler.model.ids import ConnectorId, OktaGroupId, login_key
from reconciler.planning.classify import find_protected

__all__ = ["HeldApp", "HeldGroup", "Named", "explain_apps", "explain_groups", "find_named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Where the catalog speaks of the person, in the order of the files."""

    grants: tuple[Grant, ...] = ()
    declarations: tuple[AccountDeclaration, ...] = ()
    protected: str = ""
    """Why no run takes anything from them; empty where they are not protected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldGroup:
    """A group that holds the person, the bindings to it, and the live grants behind it."""

    group: DirectoryGroup
    bindings: tuple[Binding, ...] = ()
    grants: tuple[Grant, ...] = ()

    @property
    def is_explained(self) -> bool:
        """Whether a grant asks for it, or it is none of ours to explain."""
        return bool(self.grants) or not self.bindings


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldApp:
    """An app of the person, and the bound groups of theirs that give it.

    `is_direct`: it is assigned to them alone; None where Okta does not say.
    """

    label: str
    is_direct: bool | None
    groups: tuple[HeldGroup, ...] = ()


def find_named(catalog: Catalog, user: DirectoryUser) -> Named:
    """What the catalog says of the person, by the rules that plans go by.

    The index holds nobody else, so a name that another account may have too still counts here.
    """
    directory, mappings = index_users([user]), mappings_by_key(catalog.identities)
    rules = catalog.settings.match
    known: dict[str, bool] = {}

    def is_meant(subject: str) -> bool:
        key = login_key(subject)
        if key not in known:
            found = resolve(subject, mappings.get(key, ()), directory, rules)
            known[key] = isinstance(found, Resolved)
        return known[key]

    return Named(
        grants=tuple(grant for grant in catalog.grants if is_meant(grant.subject)),
        declarations=tuple(each for each in catalog.accounts if is_meant(each.subject)),
        protected=next(
            (
                each.reason
                for each in catalog.settings.protected
                if user.id in find_protected((each,), directory).ids
            ),
            "",
        ),
    )


def explain_groups(
    catalog: Catalog,
    connector: ConnectorId,
    groups: Iterable[DirectoryGroup],
    live: Iterable[Grant],
) -> tuple[HeldGroup, ...]:
    """Each of the person's groups with its bindings, by name; `live` are their live grants."""
    held = sorted(groups, key=lambda group: (group.name.casefold(), group.id))
    by_group: dict[OktaGroupId, list[Binding]] = {group.id: [] for group in held}
    for binding in bindings_of(catalog, connector):
        for found in _bound_groups(binding, held):
            by_group[found].append(binding)
    grants = tuple(live)
    return tuple(_explain(group, tuple(by_group[group.id]), grants) for group in held)


def _bound_groups(binding: Binding, held: list[DirectoryGroup]) -> Iterator[OktaGroupId]:
    """Which of the groups the binding means; one that it made is known by its marker."""
    if isinstance(binding.group, BindGroup):
        yield from (group.id for group in held if group.id == binding.group.id)
    elif (own := own_group(binding, held)) is not None:
        yield own.id


def _explain(
    group: DirectoryGroup, bindings: tuple[Binding, ...], grants: tuple[Grant, ...]
) -> HeldGroup:
    given = {(b.tool, b.entitlement) for b in bindings}
    asking = tuple(grant for grant in grants if (grant.tool, grant.entitlement) in given)
    return HeldGroup(group=group, bindings=bindings, grants=asking)


def explain_apps(
    apps: Iterable[AssignedApp],
    held: Iterable[HeldGroup],
    apps_by_group: Mapping[OktaGroupId, tuple[str, ...]],
) -> tuple[HeldApp, ...]:
    """Each app with the groups that give it; `apps_by_group` has those whose apps were read."""
    groups = tuple(held)
    return tuple(
        HeldApp(
            label=app.label,
            is_direct=app.is_direct,
            groups=tuple(g for g in groups if app.label in apps_by_group.get(g.group.id, ())),
        )
        for app in apps
    )
