"""What a caller may do, by the roles of the token's owner.

The rules are simpler than Okta's: SUPER_ADMIN and ORG_ADMIN may do everything, any role may read,
and each other role may write what `_MAY` says. Who has no role may read only themselves. A group
that carries an admin role is for SUPER_ADMIN alone to fill (Okta: issue, terraform 2921), and an
admin's account is for higher admins to change. Group
admins can be limited to target groups; what becomes of the others is the choice
`role_filtered_group`. A service app is judged by the roles that it holds itself; what custom roles
add is in `custom_roles`.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import Failure, not_found, not_permitted
from reconciler.sandbox.callers.access_token import ServiceCaller
from reconciler.sandbox.permissions import custom_roles, roles
from reconciler.sandbox.permissions.roles import EffectiveRoles, effective_roles
from reconciler.sandbox.request import Answer, Call
from reconciler.sandbox.resources.user_lifecycle import Operation
from reconciler.sandbox.search.queries import find_user


class Privilege(Enum):
    """A kind of write, or of read that not every admin may do."""

    MEMBERS = auto()
    GROUPS = auto()
    USERS = auto()
    CREDENTIALS = auto()
    APPS = auto()
    TOKENS = auto()
    SEE_TOKENS = auto()


_ALL: Final = frozenset(Privilege)
_PRIVILEGES: Final[Mapping[str, frozenset[Privilege]]] = {
    "SUPER_ADMIN": _ALL,
    "ORG_ADMIN": _ALL,
    "USER_ADMIN": frozenset(
        {Privilege.MEMBERS, Privilege.GROUPS, Privilege.USERS, Privilege.CREDENTIALS}
    ),
    "GROUP_MEMBERSHIP_ADMIN": frozenset({Privilege.MEMBERS}),
    "HELP_DESK_ADMIN": frozenset({Privilege.CREDENTIALS}),
    "APP_ADMIN": frozenset({Privilege.APPS}),
    "READ_ONLY_ADMIN": frozenset({Privilege.SEE_TOKENS}),
}
_ORG_WIDE: Final = frozenset({"SUPER_ADMIN", "ORG_ADMIN"})
_GROUP_ADMINS: Final = frozenset({"USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"})
_TOKENS: Final = "/api/v1/api-tokens"
_ACCOUNT: Final = "/api/v1/users/{user}"
_MEMBERSHIP: Final = "/api/v1/groups/{group}/users/{user}"
_CREDENTIAL_OPERATIONS: Final = (
    Operation.UNLOCK,
    Operation.RESET_PASSWORD,
    Operation.EXPIRE_PASSWORD,
    Operation.EXPIRE_WITH_TEMPORARY,
    Operation.RESET_FACTORS,
)
_CREDENTIALS: Final = frozenset(
    {
        "/api/v1/users/{user}/sessions",
        *(
            f"/api/v1/users/{{user}}/lifecycle/{operation.value}"
            for operation in _CREDENTIAL_OPERATIONS
        ),
    }
)
_FAMILIES: Final = (
    ("/api/v1/groups", Privilege.GROUPS),
    ("/api/v1/users", Privilege.USERS),
    ("/api/v1/apps", Privilege.APPS),
)
_SINGLE: Final = ("}", "/org", "/permissions")
"""How the routes end that answer with one thing."""
_LISTS: Final = ("/api/v1/groups", "/api/v1/users/{user}/groups")


def decide(call: Call, path: str) -> Answer | None:
    """The answer that replaces the endpoint's; None when the request is allowed.

    `path` is the route, with its parameters in braces.
    """
    if _is_own(call, path):
        return None
    effective = effective_roles(call)
    if effective.is_none:
        return _answer_without_role(call, path)
    found = _refusal(call, path, effective) if effective.roles else not_permitted()
    if found is not None and effective.custom:
        found = custom_roles.refusal(call, path, effective.custom)
    if found is not None:
        raise found
    if _is_above(call, path, effective):
        raise not_permitted()
    is_members = _needed_privilege(call.request_info.method, path) is Privilege.MEMBERS
    if is_members and "SUPER_ADMIN" not in effective.roles and _gives_roles(call):
        raise not_permitted()
    return None


def hide_groups(call: Call, path: str, answer: Answer) -> Answer:
    """The answer without the groups that the caller does not see.

    Group admins do not see Everyone in the list of groups (Okta: OpenAPI).
    """
    if path not in _LISTS or call.request_info.method == "POST":
        return answer
    effective = effective_roles(call)
    if not effective.roles <= _GROUP_ADMINS:
        return answer
    seen = _visible_groups(effective)
    is_hidden = seen is not None and call.core.options().choices.role_filtered_group == "hidden"
    if not is_hidden and (path != _LISTS[0] or effective.custom):
        return answer
    groups = msgspec.json.decode(answer.body, type=list[dict[str, object]])
    kept = [
        group
        for group in groups
        if (group["id"] in seen if is_hidden and seen is not None else True)
        and (bool(effective.custom) or group["type"] != "BUILT_IN")
    ]
    return Answer(status=answer.status, body=msgspec.json.encode(kept), links=answer.links)


def _is_own(call: Call, path: str) -> bool:
    """A caller may always see their own account, and give up their own token."""
    if path == f"{_TOKENS}/current":
        return True
    names = {"me", call.caller.principal}
    is_read = call.request_info.method in {"GET", "HEAD"}
    return is_read and path == "/api/v1/users/{user}" and call.parameters["user"] in names


def _answer_without_role(call: Call, path: str) -> Answer:
    """A refusal, or an empty list that looks like an answer."""
    choices = call.core.options().choices
    is_service = isinstance(call.caller, ServiceCaller)
    manner = call.request_info.role_loss or (
        choices.no_role_client if is_service else choices.no_role
    )
    is_list = call.request_info.method in {"GET", "HEAD"} and not path.endswith(_SINGLE)
    if manner == "empty" and is_list:
        return Answer(body=b"[]", links=(call.self_link(200),))
    raise not_permitted()


def _needed_privilege(method: str, path: str) -> Privilege | None:
    """What a request demands of a role; None for a read, which any role may do."""
    is_read = method in {"GET", "HEAD"}
    if path.startswith(_TOKENS):
        return Privilege.SEE_TOKENS if is_read else Privilege.TOKENS
    if is_read:
        return None
    if path == _MEMBERSHIP:
        return Privilege.MEMBERS
    if path in _CREDENTIALS:
        return Privilege.CREDENTIALS
    return next((duty for family, duty in _FAMILIES if path.startswith(family)), Privilege.TOKENS)


def _refusal(call: Call, path: str, effective: EffectiveRoles) -> Failure | None:
    """Why the standard roles do not allow this; None when they do."""
    duty = _needed_privilege(call.request_info.method, path)
    may = any(duty in _PRIVILEGES.get(role, frozenset()) for role in effective.roles)
    if duty is not None and not may:
        return not_permitted()
    if "{group}" not in path or effective.roles & _ORG_WIDE or not effective.targets:
        return None
    group = call.parameters["group"]
    if group in effective.targets:
        return None
    if call.core.options().choices.role_filtered_group == "403":
        return not_permitted()
    return not_found(group, "UserGroup")


def _visible_groups(effective: EffectiveRoles) -> frozenset[str] | None:
    """The groups that the caller sees by all roles together; None for all of them."""
    by_custom = custom_roles.visible_groups(effective.custom)
    if not effective.roles:
        return by_custom
    if not effective.targets or by_custom is None:
        return None
    return effective.targets | by_custom


def _is_above(call: Call, path: str, effective: EffectiveRoles) -> bool:
    """Whether the request would change an admin's account, and the caller is a lesser admin.

    An admin's account is changed by super admins, and by org admins if it is no super admin's
    (reported of the first, assumed of the second).
    """
    is_read = call.request_info.method in {"GET", "HEAD"}
    if is_read or not path.startswith(_ACCOUNT) or "SUPER_ADMIN" in effective.roles:
        return False
    user = find_user(call.core.database, call.parameters["user"])
    if user is None:
        return False
    held = roles.role_types_of_user(call.core.database, user.id)
    if "ORG_ADMIN" in effective.roles:
        return "SUPER_ADMIN" in held
    return bool(held or roles.custom_roles_of(call.core.database, user.id))


def _gives_roles(call: Call) -> bool:
    return bool(roles.roles_of_group(call.core.database, call.parameters["group"]))
