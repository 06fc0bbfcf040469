"""Whether the owner of an API token looks like a person at work, rather than a dedicated account.

A token has its owner's roles and dies with them (Okta: API tokens). Nothing in Okta says which
accounts are people, so this collects signs and names each one; it never fails anything.
"""

from collections.abc import Iterator

from reconciler.connector_checks.check_result import (
    CheckResult,
    passed_check,
    unproven_check,
    warned_check,
)
from reconciler.identity.subject import mappings_by_key
from reconciler.model.catalog import Catalog
from reconciler.model.directory import DirectoryUser, LiveState, ReadFailure
from reconciler.model.ids import OktaGroupId, login_key

__all__ = ["judge_owner"]

MANY_GROUPS = 4
"""Everyone, and a few for roles and policies: more is what people collect."""


def judge_owner(
    owner: DirectoryUser,
    catalog: Catalog,
    live: LiveState,
    links: tuple[str, ...] | ReadFailure,
    groups: frozenset[OktaGroupId] | ReadFailure,
) -> CheckResult:
    """What speaks for a person behind the token; without any sign, what was looked at."""
    signs = (*_in_catalog(owner, catalog), *_in_org(owner, live, links, groups))
    if signs:
        return warned_check(
            "dedicated owner",
            "owner-looks-human",
            f"the token belongs to {owner.login}, who looks like a person: {'; '.join(signs)}",
            "make the token as an account of its own, which no one else uses: a person's roles "
            "change and their account closes one day, and the token with it",
        )
    unread = [what for what, read in (("apps", links), ("groups", groups)) if _is_unread(read)]
    if unread:
        summary = f"{owner.login} is in no file; their {' and '.join(unread)} could not be read"
        return unproven_check("dedicated owner", "owner-unread", summary)
    return passed_check(
        "dedicated owner", f"{owner.login} has no apps, grants or duties of a person"
    )


def _is_unread(read: object) -> bool:
    return isinstance(read, ReadFailure)


def _in_catalog(owner: DirectoryUser, catalog: Catalog) -> Iterator[str]:
    names = {login_key(name) for name in (owner.login, owner.email) if name}
    mapped = {
        key
        for key, mappings in mappings_by_key(catalog.identities).items()
        for mapping in mappings
        if mapping.id == owner.id or login_key(mapping.login or "") in names
    }
    if tools := {g.tool for g in catalog.grants if login_key(g.subject) in names | mapped}:
        yield f"they have a grant of {', '.join(sorted(tools))}"
    if any(login_key(each) in names for each in _contacts(catalog)):
        yield "a file names them as an owner, an approver or an admin"
    if mapped:
        yield "an identity maps an account to them"


def _contacts(catalog: Catalog) -> Iterator[str]:
    for contact in catalog.settings.admins:
        yield contact.email
    for tool in catalog.tools.values():
        for contact in (*tool.owners, *tool.approvers):
            yield contact.email
    for grant in catalog.grants:
        yield from grant.approval.approved_by


def _in_org(
    owner: DirectoryUser,
    live: LiveState,
    links: tuple[str, ...] | ReadFailure,
    groups: frozenset[OktaGroupId] | ReadFailure,
) -> Iterator[str]:
    if isinstance(links, tuple) and links:
        yield f"apps on their dashboard: {len(links)}"
    inside = sorted(live.groups[g].name for g, m in live.members.items() if owner.id in m)
    if inside:
        yield "they are in " + ", ".join(f'"{name}"' for name in inside)
    if isinstance(groups, frozenset) and len(groups) > MANY_GROUPS:
        yield f"they are in {len(groups)} groups"
