"""What a grant's words come to, and whether they came to the same when they were approved.

A subject means an account by the identities and the rules for matching; an entitlement means a
group by its binding. A later change of one of these changes what was approved.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.identity.index import DirectoryIndex
from reconciler.identity.resolve import Resolved, resolve
from reconciler.identity.subject import mappings_by_key
from reconciler.model.catalog import (
    BindGroup,
    Binding,
    Catalog,
    CreateGroup,
    Grant,
    IdentityMapping,
)
from reconciler.model.directory import DirectoryGroup
from reconciler.model.ids import (
    ConnectorId,
    EntitlementId,
    OktaGroupId,
    OktaUserId,
    ToolId,
    login_key,
)
from reconciler.model.settings import IdentityRule

__all__ = [
    "CurrentMeaning",
    "Interpretation",
    "explain_difference",
    "find_account",
    "interpret_catalog",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """What the words of grants are read by, as the files of one day have it."""

    mappings: Mapping[str, tuple[IdentityMapping, ...]]
    match: tuple[IdentityRule, ...]
    bindings: Mapping[tuple[ToolId, EntitlementId], tuple[Binding, ...]]


def interpret_catalog(catalog: Catalog, connector: ConnectorId) -> Interpretation:
    """The catalog's reading of words on one connector."""
    bindings: dict[tuple[ToolId, EntitlementId], tuple[Binding, ...]] = {}
    for each in catalog.bindings:
        if each.connector == connector:
            key = each.tool, each.entitlement
            bindings[key] = (*bindings.get(key, ()), each)
    return Interpretation(
        mappings=mappings_by_key(catalog.identities),
        match=catalog.settings.match,
        bindings=bindings,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentMeaning:
    """What words are read by now, and what Okta holds."""

    reading: Interpretation
    people: DirectoryIndex
    groups: Mapping[OktaGroupId, DirectoryGroup]


def explain_difference(grant: Grant, then: Interpretation, now: CurrentMeaning) -> str:
    """What the grant's words mean otherwise by the files of another day; empty if nothing.

    Both are held against Okta as it is: a login is written differently and means the same account.
    """
    account = find_account(grant.subject, now.reading, now.people)
    if account is None or find_account(grant.subject, then, now.people) != account:
        return "the subject means another account"
    key = grant.tool, grant.entitlement
    before = then.bindings.get(key, ())
    for binding in now.reading.bindings.get(key, ()):
        if not any(_is_same(old, binding, now.groups) for old in before):
            return "the entitlement fills another group"
    return ""


def find_account(subject: str, by: Interpretation, people: DirectoryIndex) -> OktaUserId | None:
    """The account that a name means by the files of one day, among those that Okta showed."""
    mappings = by.mappings.get(login_key(subject), ())
    found = resolve(subject, mappings, people, by.match)
    return found.user.id if isinstance(found, Resolved) else None


def _is_same(old: Binding, new: Binding, groups: Mapping[OktaGroupId, DirectoryGroup]) -> bool:
    """Whether both fill one group; one that was made for the old binding carries its marker."""
    if old.retired and not new.retired:
        return False
    match old.group, new.group:
        case BindGroup(id=before), BindGroup(id=after):
            return before == after
        case CreateGroup(name=before), CreateGroup(name=after):
            return before == after
        case CreateGroup(), BindGroup(id=after):
            found = groups.get(after)
            return found is not None and found.description.endswith(old.marker)
        case _:
            return False
