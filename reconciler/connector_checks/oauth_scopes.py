"""What a connector's credential needs, and no more: derived from the catalog, with each reason.

A service app needs both halves: OAuth scopes say which kind of request, its admin role says on what
(Okta: service apps). `okta.x.manage` includes `okta.x.read` (Okta: OAuth scopes).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from reconciler.connector_checks.account_rights import account_rights, declares_accounts
from reconciler.model.catalog import (
    BindGroup,
    Binding,
    Catalog,
    Connector,
    CreateGroup,
    bindings_of,
)
from reconciler.model.ids import OktaGroupId

__all__ = [
    "APPS_READ",
    "GROUPS_MANAGE",
    "GROUPS_READ",
    "LOGS_READ",
    "ROLES_READ",
    "USERS_MANAGE",
    "USERS_READ",
    "PermissionNeed",
    "Purpose",
    "ScopeNeed",
    "is_covered",
    "needed_permissions",
    "needed_scopes",
]

GROUPS_READ = "okta.groups.read"
GROUPS_MANAGE = "okta.groups.manage"
USERS_READ = "okta.users.read"
USERS_MANAGE = "okta.users.manage"
LOGS_READ = "okta.logs.read"
ROLES_READ = "okta.roles.read"
APPS_READ = "okta.apps.read"

_MOST_NAMED = 3
"""Bindings that a reason names; the catalog has the others."""
_ALL_USERS = "all users"
_ALL_GROUPS = "all groups"
_ALL_APPS = "all apps"
_ALL_ROLES = "all identity and access management resources"


class Purpose(Enum):
    """What a token is for; `connector test` tests the plan's credential and the apply's."""

    PLAN = "plan"
    APPLY = "apply"
    PROBE = "connector test"
    WRITE_PROBE = "connector test --write-probe"

    @property
    def writes(self) -> bool:
        """Whether anything is written with it."""
        return self in {Purpose.APPLY, Purpose.WRITE_PROBE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeNeed:
    """One OAuth scope, and what needs it; `loss` says what is lost without an optional one."""

    scope: str
    because: str
    is_required: bool = True
    loss: str = ""

    @property
    def name(self) -> str:
        """What is granted."""
        return self.scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionNeed:
    """One permission of a custom admin role, and the resources that its resource set must hold.

    A resource is a group as `00g… (name)`, all groups, all users, or the roles themselves.
    """

    permission: str
    resources: tuple[str, ...]
    because: str
    is_required: bool = True
    loss: str = ""

    @property
    def name(self) -> str:
        """What is granted."""
        return self.permission


_Need = TypeVar("_Need", ScopeNeed, PermissionNeed)


def needed_scopes(
    catalog: Catalog, connector: Connector, purpose: Purpose
) -> tuple[ScopeNeed, ...]:
    """Every scope that the purpose needs, by name."""
    bindings = bindings_of(catalog, connector.id)
    needs = _scopes(bindings, connector, purpose)
    return _merge((*needs, *_account_scopes(catalog, connector, purpose)))


def needed_permissions(
    catalog: Catalog, connector: Connector, purpose: Purpose
) -> tuple[PermissionNeed, ...]:
    """Every permission that a custom admin role needs for the purpose, by name."""
    bindings = bindings_of(catalog, connector.id)
    needs = _permissions(bindings, connector, purpose)
    return _merge((*needs, *_account_permissions(catalog, connector, purpose)))


def is_covered(scope: str, granted: Iterable[str]) -> bool:
    """Whether the granted scopes hold it, or the `manage` that includes it."""
    held = frozenset(granted)
    return scope in held or scope.removesuffix(".read") + ".manage" in held


def _merge(needs: Iterable[_Need]) -> tuple[_Need, ...]:
    """Each once, by name; what several reasons need is optional only where it is for all."""
    merged: dict[str, _Need] = {}
    for need in needs:
        known = merged.get(need.name)
        merged[need.name] = need if known is None else _join(known, need)
    return tuple(merged[name] for name in sorted(merged))


def _join(first: _Need, second: _Need) -> _Need:
    is_required = first.is_required or second.is_required
    losses = () if is_required else (first.loss, second.loss)
    because = f"{first.because}; {second.because}"
    return replace(first, because=because, is_required=is_required, loss="; ".join(losses))


_LOOKS_AT_ADMINS = "reads the admin roles of the people whose accounts are to be changed"
_NO_ADMINS = "every change of an account is refused: whether it is an Okta admin's is not known"
_LISTS_APPS = "lists a person's apps, with how each was assigned, for `user apps`"
_NO_APPS = "`user apps` lists what the person's dashboard shows"


def _account_scopes(
    catalog: Catalog, connector: Connector, purpose: Purpose
) -> Iterator[ScopeNeed]:
    """What accounts need beyond memberships: nothing where `lifecycle` is not true."""
    if not connector.lifecycle or purpose is Purpose.WRITE_PROBE:
        return
    yield ScopeNeed(scope=APPS_READ, because=_LISTS_APPS, is_required=False, loss=_NO_APPS)
    if purpose is Purpose.APPLY or declares_accounts(catalog, connector):
        yield ScopeNeed(
            scope=LOGS_READ,
            because="asks the System Log what happened to accounts, before changing them",
            is_required=False,
            loss="a change of an account is blocked where its status does not tell what happened",
        )
        yield ScopeNeed(
            scope=ROLES_READ, because=_LOOKS_AT_ADMINS, is_required=False, loss=_NO_ADMINS
        )
    if purpose is Purpose.APPLY:
        yield ScopeNeed(
            scope=USERS_MANAGE, because="changes accounts, which `lifecycle: true` allows"
        )


def _account_permissions(
    catalog: Catalog, connector: Connector, purpose: Purpose
) -> Iterator[PermissionNeed]:
    """As the scopes; a custom role is given only what is in use."""
    if not connector.lifecycle or purpose is Purpose.WRITE_PROBE:
        return
    yield PermissionNeed(
        permission="okta.apps.read",
        resources=(_ALL_APPS,),
        because=_LISTS_APPS,
        is_required=False,
        loss=_NO_APPS,
    )
    if purpose is Purpose.APPLY or declares_accounts(catalog, connector):
        yield PermissionNeed(
            permission="okta.iam.read",
            resources=(_ALL_ROLES,),
            because=_LOOKS_AT_ADMINS,
            is_required=False,
            loss=_NO_ADMINS,
        )
    if purpose is Purpose.APPLY:
        for right in account_rights(catalog, connector):
            yield PermissionNeed(
                permission=right.permission,
                resources=(_ALL_USERS,),
                because=right.because,
                is_required=not right.loss,
                loss=right.loss,
            )


def _scopes(
    bindings: tuple[Binding, ...], connector: Connector, purpose: Purpose
) -> Iterator[ScopeNeed]:
    yield ScopeNeed(
        scope=GROUPS_READ,
        because=f"reads {_groups_in_words(bindings, connector)}, their members, apps and rules",
    )
    yield ScopeNeed(scope=USERS_READ, because="looks up the people whom grants name")
    if bindings:
        yield ScopeNeed(
            scope=LOGS_READ,
            because="asks the System Log who was removed from a group by hand, before adding them",
            is_required=False,
            loss="the plan cannot see that a person to add was removed by hand after the approval",
        )
    if purpose is not Purpose.PLAN:
        yield ScopeNeed(
            scope=ROLES_READ,
            because="reads the credential's own admin roles",
            is_required=False,
            loss="a missing or too large admin role shows only when a write is refused",
        )
    if purpose.writes:
        yield ScopeNeed(scope=GROUPS_MANAGE, because=_writes_in_words(bindings, purpose))


def _permissions(
    bindings: tuple[Binding, ...], connector: Connector, purpose: Purpose
) -> Iterator[PermissionNeed]:
    creates = any(isinstance(b.group, CreateGroup) for b in bindings)
    canary = connector.canary
    bound = {b.group.id: b.group.name for b in bindings if isinstance(b.group, BindGroup)}
    shown = {canary.group_id: canary.group_name, **bound} if canary else bound
    written = shown if purpose is Purpose.WRITE_PROBE else bound
    if shown or creates:
        yield PermissionNeed(
            permission="okta.groups.read",
            resources=_groups(shown, is_all=creates),
            because="reads the bound groups and the canary's, with their members"
            + ("; whether a new name is free shows only on all of them" if creates else ""),
        )
    yield PermissionNeed(
        permission="okta.users.read",
        resources=(_ALL_USERS,),
        because="finds the people whom grants name, in every status",
    )
    if purpose is not Purpose.PLAN:
        yield PermissionNeed(
            permission="okta.iam.read",
            resources=(_ALL_ROLES,),
            because="reads the credential's own admin roles",
            is_required=False,
            loss="a missing or too large admin role shows only when a write is refused",
        )
    if purpose.writes:
        yield from _write_permissions(bindings, written)


def _write_permissions(
    bindings: tuple[Binding, ...], written: dict[OktaGroupId, str]
) -> Iterator[PermissionNeed]:
    creates = any(isinstance(b.group, CreateGroup) for b in bindings)
    both = "a membership change needs this on the group, and its counterpart on the person"
    if written or creates:
        yield PermissionNeed(
            permission="okta.groups.members.manage",
            resources=_groups(written, is_all=creates),
            because=both + ("; a group yet to be made is in no set of groups" if creates else ""),
        )
        yield PermissionNeed(
            permission="okta.users.groupMembership.manage", resources=(_ALL_USERS,), because=both
        )
    if creates:
        yield PermissionNeed(
            permission="okta.groups.create",
            resources=(_ALL_GROUPS,),
            because=f"creates {_created_in_words(bindings)}; made by hand and bound by its id, it "
            "would need none of this",
        )


def _groups(named: dict[OktaGroupId, str], *, is_all: bool) -> tuple[str, ...]:
    """A group that is yet to be created has no id that a resource set could hold."""
    if is_all:
        return (_ALL_GROUPS,)
    return tuple(f"{group} ({name})" for group, name in sorted(named.items()))


def _groups_in_words(bindings: tuple[Binding, ...], connector: Connector) -> str:
    groups = f"the groups of {_names(bindings)}" if bindings else "groups"
    return f"{groups} and the canary's" if connector.canary else groups


def _writes_in_words(bindings: tuple[Binding, ...], purpose: Purpose) -> str:
    if purpose is Purpose.WRITE_PROBE:
        return "takes the canary out of its group and puts them back"
    creating = _created_in_words(bindings)
    names = _names(bindings) if bindings else "groups that a later binding names"
    return f"adds and removes members of {names}" + (f"; creates {creating}" if creating else "")


def _names(bindings: tuple[Binding, ...]) -> str:
    named = ", ".join(b.name for b in bindings[:_MOST_NAMED])
    more = len(bindings) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _created_in_words(bindings: tuple[Binding, ...]) -> str:
    return ", ".join(f'"{b.group.name}"' for b in bindings if isinstance(b.group, CreateGroup))
