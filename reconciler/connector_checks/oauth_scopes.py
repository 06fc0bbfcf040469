"""What a connector's credential needs, and no more: derived from the catalog, with each reason.

A service app needs both halves: OAuth scopes say which kind of request, its admin role says on what
(Okta: service apps). `okta.x.manage` includes `okta.x.read` (Okta: OAuth scopes).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from reconciler.connector_checks.check_result import (
    CheckResult,
    failed_check,
    passed_check,
    warned_check,
)
from reconciler.model.catalog import (
    BindGroup,
    Binding,
    Catalog,
    Connector,
    CreateGroup,
    bindings_of,
)
from reconciler.model.directory import CredentialFacts
from reconciler.model.ids import OktaGroupId

__all__ = [
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
    "judge_scopes",
    "needed_permissions",
    "needed_scopes",
]

GROUPS_READ = "okta.groups.read"
GROUPS_MANAGE = "okta.groups.manage"
USERS_READ = "okta.users.read"
USERS_MANAGE = "okta.users.manage"
LOGS_READ = "okta.logs.read"
ROLES_READ = "okta.roles.read"

_MOST_NAMED = 3
"""Bindings that a reason names; the catalog has the others."""
_ALL_USERS = "all users"
_ALL_GROUPS = "all groups"
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


def needed_scopes(
    catalog: Catalog, connector: Connector, purpose: Purpose
) -> tuple[ScopeNeed, ...]:
    """Every scope that the purpose needs, by name."""
    bindings = bindings_of(catalog, connector.id)
    return tuple(sorted(_scopes(bindings, connector, purpose), key=lambda need: need.scope))


def needed_permissions(
    catalog: Catalog, connector: Connector, purpose: Purpose
) -> tuple[PermissionNeed, ...]:
    """Every permission that a custom admin role needs for the purpose, by name."""
    bindings = bindings_of(catalog, connector.id)
    return tuple(
        sorted(_permissions(bindings, connector, purpose), key=lambda need: need.permission)
    )


def is_covered(scope: str, granted: Iterable[str]) -> bool:
    """Whether the granted scopes hold it, or the `manage` that includes it."""
    held = frozenset(granted)
    return scope in held or scope.removesuffix(".read") + ".manage" in held


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
    if purpose is Purpose.APPLY and connector.lifecycle:
        yield ScopeNeed(
            scope=USERS_MANAGE, because="changes accounts, which `lifecycle: true` allows"
        )


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
        yield from _write_permissions(bindings, written, connector, purpose)


def _write_permissions(
    bindings: tuple[Binding, ...],
    written: dict[OktaGroupId, str],
    connector: Connector,
    purpose: Purpose,
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
    if purpose is Purpose.APPLY and connector.lifecycle:
        yield PermissionNeed(
            permission="okta.users.lifecycle.manage",
            resources=(_ALL_USERS,),
            because="changes accounts, which `lifecycle: true` allows",
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


_WHERE = "in the Admin Console: Applications > the service app > Okta API Scopes"


def judge_scopes(
    needs: tuple[ScopeNeed, ...], credential: CredentialFacts | None
) -> Iterator[CheckResult]:
    """Whether the token may ask what is needed; an API token has no scopes to judge."""
    if credential is None or credential.granted is None:
        return
    granted = credential.granted
    absent = [need for need in needs if not is_covered(need.scope, granted)]
    required = [need for need in absent if need.is_required]
    if required:
        yield _missing(required, granted)
    else:
        yield passed_check("scopes", _words(granted))
    for need in absent:
        if not need.is_required:
            yield warned_check(
                f"scope {need.scope}",
                "scope-optional-missing",
                f"not granted: {need.loss}",
                f"grant it {_WHERE}",
            )
    if unneeded := granted - {need.scope for need in needs}:
        yield warned_check(
            "least privilege of scopes",
            "scope-unneeded",
            f"granted and not needed: {_words(unneeded)}",
            f"revoke what is not needed {_WHERE}",
        )


def _missing(required: list[ScopeNeed], granted: frozenset[str]) -> CheckResult:
    reasons = "; ".join(f"{need.scope} ({need.because})" for need in required)
    return failed_check(
        "scopes",
        "scope-missing",
        f"not granted: {reasons}; granted: {_words(granted)}",
        f"grant {_words(frozenset(n.scope for n in required))} {_WHERE}",
    )


def _words(scopes: frozenset[str]) -> str:
    return ", ".join(sorted(scopes)) or "none"
