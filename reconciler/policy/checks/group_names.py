"""How groups to be created are named and described."""

from collections.abc import Iterator

from reconciler.model.catalog import Binding, Catalog, CreateGroup
from reconciler.policy.finding import Finding, place
from reconciler.policy.name_pattern import matches
from reconciler.policy.quoting import quoted

__all__ = ["check_descriptions", "check_names"]

_LONGEST_DESCRIPTION = 1024


def check_names(catalog: Catalog) -> Iterator[Finding]:
    """A new group's name has the form that the settings ask for."""
    pattern = catalog.settings.naming_pattern
    for binding, group in _created(catalog):
        if pattern is not None and not matches(pattern, group.name):
            at = place(binding, "group", "create", "name")
            yield Finding(
                code="group-name-pattern",
                origin=at.origin,
                path=at.path,
                summary=f"the name {quoted(group.name)} does not have the form {quoted(pattern)}",
                hint="rename the group, or change `naming` in settings.yaml",
            )


def check_descriptions(catalog: Catalog) -> Iterator[Finding]:
    """A new group's description leaves room for the marker that says whose it is."""
    for binding, group in _created(catalog):
        room = _LONGEST_DESCRIPTION - len(binding.marker) - 1
        if len(group.description) > room:
            at = place(binding, "group", "create", "description")
            yield Finding(
                code="group-description-too-long",
                origin=at.origin,
                path=at.path,
                summary=f"the description has {len(group.description)} characters; {room} fit",
                hint=f"shorten it; Okta keeps {_LONGEST_DESCRIPTION}, the rest is for our marker",
            )


def _created(catalog: Catalog) -> Iterator[tuple[Binding, CreateGroup]]:
    for binding in catalog.bindings:
        if isinstance(binding.group, CreateGroup):
            yield binding, binding.group
