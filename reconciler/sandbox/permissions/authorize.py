"""What a caller may do, by the roles of the token's owner.

The rules are simpler than Okta's: SUPER_ADMIN and ORG_ADMIN may do everything, any role may read,
and each other role may write what `_MAY` says. Who has no role may read only themselves. A group
that carries an admin role is for SUPER_ADMIN alone to fill (Okta: issue, terraform 2921). Group
admins can be limited to target groups; what becomes of the others is the choice
`role_filtered_group`. A service app is judged by the roles that it holds itself; what custom roles
add is in `resource_sets`.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import Failure, not_found, not_permitted
from reconciler.sandbox.callers.access_token import ServiceCaller
from reconciler.sandbox.permissions import custom_roles, roles
from reconciler.sandbox.permissions.roles import EffectiveRoles, standing_of
from reconciler.sandbox.request import Answer, Call
from reconciler.sandbox.resources.user_lifecycle import Operation


class Duty(Enum):
    """A kind of write, or of read that not every admin may do."""

    MEMBERS = auto()
    GROUPS = auto()
    USERS = auto()
    CREDENTIALS = auto()
    APPS = auto()
    TOKENS = auto()
    SEE_TOKENS = auto()


_ALL: Final = frozenset(Duty)
_MAY: Final[Mapping[str, frozenset[Duty]]] = {
    "SUPER_ADMIN": _ALL,
    "ORG_ADMIN": _ALL,
    "USER_ADMIN": frozenset({Duty.MEMBERS, Duty.GROUPS, Duty.USERS, Duty.CREDENTIALS}),
    "GROUP_MEMBERSHIP_ADMIN": frozenset({Duty.MEMBERS}),
    "HELP_DESK_ADMIN": frozenset({Duty.CREDENTIALS}),
    "APP_ADMIN": frozenset({Duty.APPS}),
    "READ_ONLY_ADMIN": frozenset({Duty.SEE_TOKENS}),
}
_WHOLE: Final = frozenset({"SUPER_ADMIN", "ORG_ADMIN"})
_OF_GROUPS: Final = frozenset({"USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"})
_TOKENS: Final = "/api/v1/api-tokens"
_MEMBERSHIP: Final = "/api/v1/groups/{group}/users/{user}"
_SHARED: Final = (
    Operation.UNLOCK,
    Operation.RESET_PASSWORD,
    Operation.EXPIRE_PASSWORD,
    Operation.EXPIRE_WITH_TEMPORARY,
    Operation.RESET_FACTORS,
)
_CREDENTIALS: Final = frozenset(
    {
        "/api/v1/users/{user}/sessions",
        *(f"/api/v1/users/{{user}}/lifecycle/{operation.value}" for operation in _SHARED),
    }
)
_FAMILIES: Final = (
    ("/api/v1/groups", Duty.GROUPS),
    ("/api/v1/users", Duty.USERS),
    ("/api/v1/apps", Duty.APPS),
)
_SINGLE: Final = ("}", "/org", "/permissions")
"""How the routes end that answer with one thing."""
_LISTS: Final = ("/api/v1/groups", "/api/v1/users/{user}/groups")


def judged(call: Call, path: str) -> Answer | None:
    """What the caller is told in place of an answer; None when the request may go on.

    `path` is the route, with its parameters in braces.
    """
    if _is_own(call, path):
        return None
    standing = standing_of(call)
    if standing.is_none:
        return _roleless(call, path)
    found = _refusal(call, path, standing) if standing.roles else not_permitted()
    if found is not None and standing.custom:
        found = custom_roles.refusal(call, path, standing.custom)
    if found is not None:
        raise found
    is_members = _duty(call.visit.method, path) is Duty.MEMBERS
    if is_members and "SUPER_ADMIN" not in standing.roles and _gives_roles(call):
        raise not_permitted()
    return None


def keep_visible(call: Call, path: str, answer: Answer) -> Answer:
    """The answer without the groups that the caller does not see.

    Group admins do not see Everyone in the list of groups (Okta: OpenAPI).
    """
    if path not in _LISTS or call.visit.method == "POST":
        return answer
    standing = standing_of(call)
    if not standing.roles <= _OF_GROUPS:
        return answer
    seen = _visible(standing)
    is_hidden = seen is not None and call.core.options().choices.role_filtered_group == "hidden"
    if not is_hidden and (path != _LISTS[0] or standing.custom):
        return answer
    groups = msgspec.json.decode(answer.body, type=list[dict[str, object]])
    kept = [
        group
        for group in groups
        if (group["id"] in seen if is_hidden and seen is not None else True)
        and (bool(standing.custom) or group["type"] != "BUILT_IN")
    ]
    return Answer(status=answer.status, body=msgspec.json.encode(kept), links=answer.links)


def _is_own(call: Call, path: str) -> bool:
    """A caller may always see their own account, and give up their own token."""
    if path == f"{_TOKENS}/current":
        return True
    names = {"me", call.caller.principal}
    is_read = call.visit.method in {"GET", "HEAD"}
    return is_read and path == "/api/v1/users/{user}" and call.parameters["user"] in names


def _roleless(call: Call, path: str) -> Answer:
    """A refusal, or an empty list that looks like an answer."""
    choices = call.core.options().choices
    is_service = isinstance(call.caller, ServiceCaller)
    manner = call.visit.role_loss or (choices.no_role_client if is_service else choices.no_role)
    is_list = call.visit.method in {"GET", "HEAD"} and not path.endswith(_SINGLE)
    if manner == "empty" and is_list:
        return Answer(body=b"[]", links=(call.self_link(200),))
    raise not_permitted()


def _duty(method: str, path: str) -> Duty | None:
    """What a request demands of a role; None for a read, which any role may do."""
    is_read = method in {"GET", "HEAD"}
    if path.startswith(_TOKENS):
        return Duty.SEE_TOKENS if is_read else Duty.TOKENS
    if is_read:
        return None
    if path == _MEMBERSHIP:
        return Duty.MEMBERS
    if path in _CREDENTIALS:
        return Duty.CREDENTIALS
    return next((duty for family, duty in _FAMILIES if path.startswith(family)), Duty.TOKENS)


def _refusal(call: Call, path: str, standing: EffectiveRoles) -> Failure | None:
    """Why the standard roles do not allow this; None when they do."""
    duty = _duty(call.visit.method, path)
    may = any(duty in _MAY.get(role, frozenset()) for role in standing.roles)
    if duty is not None and not may:
        return not_permitted()
    if "{group}" not in path or standing.roles & _WHOLE or not standing.targets:
        return None
    group = call.parameters["group"]
    if group in standing.targets:
        return None
    if call.core.options().choices.role_filtered_group == "403":
        return not_permitted()
    return not_found(group, "UserGroup")


def _visible(standing: EffectiveRoles) -> frozenset[str] | None:
    """The groups that the caller sees by all roles together; None for all of them."""
    by_custom = custom_roles.visible_groups(standing.custom)
    if not standing.roles:
        return by_custom
    if not standing.targets or by_custom is None:
        return None
    return standing.targets | by_custom


def _gives_roles(call: Call) -> bool:
    return bool(roles.of_group(call.core.database, call.parameters["group"]))
