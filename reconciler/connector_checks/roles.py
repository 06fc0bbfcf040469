"""Judges a credential's admin roles: too small, too large, none at all, or not telling.

No endpoint says "may I write?" (Okta: roles API), so rights are judged from the roles where those
are known, and said to be unproven where not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.connector_checks.check_result import (
    CheckResult,
    failed_check,
    passed_check,
    unproven_check,
    warned_check,
)
from reconciler.connector_checks.oauth_scopes import GROUPS_MANAGE, USERS_MANAGE
from reconciler.model.accounts import LifecycleCall
from reconciler.model.catalog import Binding
from reconciler.model.directory import (
    CanarySight,
    CredentialFacts,
    DirectoryUser,
    LiveState,
    ReadFailure,
)

__all__ = [
    "Holder",
    "Written",
    "holder_of",
    "judge_reading",
    "judge_size",
    "judge_writing",
]

CREATORS = frozenset({"SUPER_ADMIN", "ORG_ADMIN", "USER_ADMIN"})
"""Standard roles that may create groups (Okta: administrator roles)."""
WRITERS = CREATORS | {"GROUP_MEMBERSHIP_ADMIN"}
HELPERS = CREATORS | {"HELP_DESK_ADMIN"}
"""Standard roles that may do the calls of a help desk."""
HELP_DESK_CALLS = frozenset(
    {LifecycleCall.UNLOCK, LifecycleCall.RESET_PASSWORD, LifecycleCall.CLEAR_SESSIONS}
)
UNTELLING = frozenset({"CUSTOM"})
"""Roles whose rights their name does not tell."""
LARGE = frozenset({"SUPER_ADMIN", "ORG_ADMIN"})

_WRITING = frozenset({GROUPS_MANAGE, USERS_MANAGE})
_RECIPE = "`reconciler connector scopes` prints the permissions of a custom role that suffices"

_READERS = "give it READ_ONLY_ADMIN, or a custom role of the read permissions alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has the roles: the owner of an API token, or a service app."""

    name: str
    is_app: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a credential has to be able to write."""

    members: bool = True
    groups: bool = False
    accounts: frozenset[LifecycleCall] = frozenset()


def holder_of(credential: CredentialFacts | None, owner: DirectoryUser | None) -> Holder:
    """Whose roles decide what the credential may do."""
    if credential is not None and credential.client_id is not None:
        return Holder(name=f"the service app {credential.client_id}", is_app=True)
    return Holder(name=owner.login if owner else "the credential's owner")


def judge_writing(
    holder: Holder, roles: tuple[str, ...] | ReadFailure, live: LiveState, written: Written
) -> Iterator[CheckResult]:
    """Whether the roles let all that be written."""
    if isinstance(roles, ReadFailure) or not roles:
        yield _judge_unknown_roles(holder, roles, live)
        return
    because = _describe_roles(holder, roles)
    if written.members:
        yield _judge_right("write members", "role-cannot-write", WRITERS, roles, because)
    if written.groups:
        yield _judge_right("create groups", "role-cannot-create", CREATORS, roles, because)
    if written.accounts:
        enough = HELPERS if written.accounts <= HELP_DESK_CALLS else CREATORS
        code = "role-cannot-change-accounts"
        yield _judge_right("change accounts", code, enough, roles, because)


def judge_reading(
    holder: Holder, roles: tuple[str, ...] | ReadFailure, live: LiveState
) -> Iterator[CheckResult]:
    """Whether a credential that only plans is one that only reads."""
    scopes = live.credential.granted if live.credential else None
    if scopes is not None and (writing := sorted(scopes & _WRITING)):
        granted = " and ".join(writing)
        what = f"{holder.name} was granted {granted}, so the plan's credential could write"
        yield warned_check("read only", "plan-can-write", what, "grant it the read scopes alone")
    elif isinstance(roles, ReadFailure) or not roles:
        yield _judge_unknown_roles(holder, roles, live)
    elif not set(roles) & WRITERS:
        yield passed_check("read only", _describe_roles(holder, roles))
    elif scopes is None:
        what = f"{_describe_roles(holder, roles)}, so the plan's credential could write"
        yield warned_check("read only", "plan-can-write", what, _READERS)
    else:
        what = f"{_describe_roles(holder, roles)}; it lacks only the scope {GROUPS_MANAGE} to write"
        yield warned_check("read only", "plan-role-can-write", what, _READERS)


def judge_size(
    holder: Holder, roles: tuple[str, ...] | ReadFailure, bindings: Iterable[Binding]
) -> Iterator[CheckResult]:
    """Whether much less would do; only a super admin fills a group that makes admins.

    (Okta: that exception is known from an issue, not from the documentation.)
    """
    if (
        isinstance(roles, ReadFailure)
        or not set(roles) & LARGE
        or any(b.admin_role for b in bindings)
    ):
        return
    summary = f"{_describe_roles(holder, roles)}, which is more than is needed"
    if holder.is_app and "SUPER_ADMIN" in roles:
        yield warned_check(
            "least privilege",
            "app-super-admin",
            f"{summary}; an org may give it to every new service app by itself",
            "take the role from the app, and see the org's setting Public client app admins; "
            f"{_RECIPE}",
        )
        return
    yield warned_check(
        "least privilege", "role-too-large", summary, f"assign a smaller one; {_RECIPE}"
    )


def _describe_roles(holder: Holder, roles: tuple[str, ...]) -> str:
    return f"{holder.name} has {', '.join(sorted(roles))}"


def _judge_unknown_roles(
    holder: Holder, roles: tuple[str, ...] | ReadFailure, live: LiveState
) -> CheckResult:
    """Without a role Okta refuses, or shows empty lists; if it showed groups, a word is wrong."""
    if isinstance(roles, ReadFailure) and holder.is_app and _sees_nothing(live):
        what = f"Okta shows {holder.name} nothing at all, as it does an app without an admin role"
        return failed_check(
            "rights", "nothing-visible", what, f"assign it an admin role; {_RECIPE}"
        )
    if isinstance(roles, ReadFailure):
        what = f"the roles of {holder.name} could not be read: {roles.detail}"
        scope = "grant the optional scope okta.roles.read, or " if holder.is_app else ""
        return unproven_check("rights", "roles-unread", what, f"{scope}test with --write-probe")
    what = f"Okta shows no admin role of {holder.name}"
    if live.canary is CanarySight.SEEN or live.members:
        hint = "it reads groups all the same; only a write will tell: test with --write-probe"
        return unproven_check("rights", "role-not-shown", what, hint)
    if holder.is_app:
        what = f"{holder.name} has scopes and no admin role, so Okta shows it nothing"
    return failed_check("rights", "role-missing", what, f"assign it an admin role; {_RECIPE}")


def _sees_nothing(live: LiveState) -> bool:
    """Whether every list was empty and none was refused (Okta: a role decides what is listed)."""
    is_empty = live.canary is not CanarySight.SEEN and not live.members
    return is_empty and all(unread.code == "missing" for unread in live.unread.values())


def _judge_right(
    name: str, code: str, enough: frozenset[str], roles: tuple[str, ...], because: str
) -> CheckResult:
    if set(roles) & enough:
        return passed_check(name, because)
    if set(roles) & UNTELLING:
        summary = f"{because}, whose rights only a write shows"
        return unproven_check(name, "role-untelling", summary, "test with --write-probe")
    return failed_check(
        name, code, f"{because}, which may not {name}", f"assign a role to {name}; {_RECIPE}"
    )
