"""How groups to be created are named and described."""

from collections.abc import Iterator

from reconciler.model.catalog import Binding, Catalog, CreateGroup
from reconciler.model.diagnostics import Rule
from reconciler.policy import sample
from reconciler.policy.finding import Finding, place
from reconciler.policy.name_pattern import matches
from reconciler.policy.quoting import quoted

__all__ = ["RULES", "check_descriptions", "check_names"]

_LONGEST_DESCRIPTION = 1024
_BOUND = sample.BINDING.partition("group:\n  ")[2].rstrip()

GROUP_NAME_PATTERN = Rule(
    code="group-name-pattern",
    summary="A new group's name does not have the form that the settings ask for",
    remedy="Rename the group, or change `naming` in settings.yaml",
    example=sample.edit(sample.BINDING_FILE, _BOUND, "create: {name: Claude}"),
)
GROUP_DESCRIPTION_TOO_LONG = Rule(
    code="group-description-too-long",
    summary="A new group's description leaves no room for the marker that says whose it is",
    remedy=f"Shorten it; Okta keeps {_LONGEST_DESCRIPTION}, the rest is for our marker",
    example=sample.edit(
        sample.BINDING_FILE,
        _BOUND,
        f"create: {{name: AI - a - b, description: {'d' * 1000}}}",
    ),
)
RULES = (GROUP_NAME_PATTERN, GROUP_DESCRIPTION_TOO_LONG)


def check_names(catalog: Catalog) -> Iterator[Finding]:
    """A new group's name has the form that the settings ask for."""
    pattern = catalog.settings.naming_pattern
    for binding, group in _groups_to_create(catalog):
        if pattern is not None and not matches(pattern, group.name):
            yield Finding.at(
                place(binding, "group", "create", "name"),
                GROUP_NAME_PATTERN,
                f"the name {quoted(group.name)} does not have the form {quoted(pattern)}",
            )


def check_descriptions(catalog: Catalog) -> Iterator[Finding]:
    """A new group's description leaves room for the marker that says whose it is."""
    for binding, group in _groups_to_create(catalog):
        room = _LONGEST_DESCRIPTION - len(binding.marker) - 1
        if len(group.description) > room:
            yield Finding.at(
                place(binding, "group", "create", "description"),
                GROUP_DESCRIPTION_TOO_LONG,
                f"the description has {len(group.description)} characters; {room} fit",
            )


def _groups_to_create(catalog: Catalog) -> Iterator[tuple[Binding, CreateGroup]]:
    for binding in catalog.bindings:
        if isinstance(binding.group, CreateGroup):
            yield binding, binding.group
