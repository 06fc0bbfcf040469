"""What custom roles allow: permissions, on the groups of their resource sets.

Both halves of a membership change have to be allowed, on the group and on the person (Okta:
documented). Custom roles reach neither the System Log nor the settings of the org nor API tokens
(assumed), and what becomes of group rules is the choice `custom_role_rules`.
"""

from collections.abc import Iterable
from typing import Final

from reconciler.sandbox.api_errors import Failure, not_found, not_permitted
from reconciler.sandbox.request import Call
from reconciler.sandbox.resources.user_lifecycle import Operation
from reconciler.sandbox.world.model import CustomRole

GROUPS_READ: Final = "okta.groups.read"
_IMPLIED_BY: Final = {
    "okta.users.lifecycle.": "okta.users.lifecycle.manage",
    "okta.users.credentials.": "okta.users.credentials.manage",
    "okta.users.": "okta.users.manage",
    "okta.groups.": "okta.groups.manage",
    "okta.apps.": "okta.apps.manage",
}
"""The permission that holds all those that start like this (Okta: documented)."""
_MEMBERSHIP: Final = ("okta.groups.members.manage", "okta.users.groupMembership.manage")
_IAM: Final = ("/oauth2/v1/clients/", "/api/v1/iam/")
_CREDENTIALS: Final = {
    Operation.RESET_PASSWORD.value: "resetPassword",
    Operation.EXPIRE_PASSWORD.value: "expirePassword",
    Operation.EXPIRE_WITH_TEMPORARY.value: "expirePassword",
    Operation.RESET_FACTORS.value: "resetFactors",
}
_READS: Final = frozenset({"GET", "HEAD"})
_WHOLE_ORG: Final = "/api/v1/groups"


def refusal(call: Call, path: str, custom: tuple[CustomRole, ...]) -> Failure | None:
    """Why the roles do not allow this; None when they do. `path` is the route."""
    wanted = _needed_permissions(call, path)
    if not wanted:
        return not_permitted()
    for permission in wanted:
        holders = _holders(custom, permission)
        if not holders:
            return not_permitted()
        if permission.startswith("okta.groups.") and not _covers_group(call, path, holders):
            return _group_refusal(call)
    return None


def visible_groups(custom: tuple[CustomRole, ...]) -> frozenset[str] | None:
    """The groups that the roles let one see; None for all of them."""
    holders = _holders(custom, GROUPS_READ)
    if any(not role.groups for role in holders):
        return None
    return frozenset(group for role in holders for group in role.groups)


def _covers_group(call: Call, path: str, holders: Iterable[CustomRole]) -> bool:
    """Whether the group of the request is in a resource set; a new one is in none but the whole."""
    if "{group}" in path:
        group = call.parameters["group"]
        return any(not role.groups or group in role.groups for role in holders)
    is_creation = path == _WHOLE_ORG and call.request_info.method not in _READS
    return not is_creation or any(not role.groups for role in holders)


def _group_refusal(call: Call) -> Failure:
    if "group" in call.parameters and call.core.options().choices.role_filtered_group != "403":
        return not_found(call.parameters["group"], "UserGroup")
    return not_permitted()


def _holders(custom: Iterable[CustomRole], permission: str) -> list[CustomRole]:
    wide = {whole for start, whole in _IMPLIED_BY.items() if permission.startswith(start)}
    return [role for role in custom if {permission, *wide} & set(role.permissions)]


def _needed_permissions(call: Call, path: str) -> tuple[str, ...]:
    """The permissions that the request needs; none when no custom role allows it."""
    is_read = call.request_info.method in _READS
    if path.startswith(_IAM) or path.endswith("/roles"):
        return ("okta.iam.read",) if is_read else ()
    if path.startswith("/api/v1/groups"):
        return _group_permissions(call, path, is_read=is_read)
    if path.startswith("/api/v1/users"):
        return ("okta.users.read",) if is_read else (_user_permission(call, path),)
    if path.startswith("/api/v1/apps"):
        return ("okta.apps.read" if is_read else "okta.apps.manage",)
    return ()


def _group_permissions(call: Call, path: str, *, is_read: bool) -> tuple[str, ...]:
    if "/rules" in path or path.endswith("/group-rules"):
        is_seen = call.core.options().choices.custom_role_rules == "200"
        return (GROUPS_READ,) if is_read and is_seen else ()
    if is_read:
        return (GROUPS_READ,)
    if "{user}" in path:
        return _MEMBERSHIP
    return ("okta.groups.create" if path == _WHOLE_ORG else "okta.groups.manage",)


def _user_permission(call: Call, path: str) -> str:
    operation = path.partition("/lifecycle/")[2]
    if operation in _CREDENTIALS:
        return f"okta.users.credentials.{_CREDENTIALS[operation]}"
    if operation == Operation.REACTIVATE.value:
        return f"okta.users.lifecycle.{call.core.options().choices.reactivate_permission}"
    if operation:
        return f"okta.users.lifecycle.{operation}"
    if path.endswith("/sessions"):
        return "okta.users.lifecycle.clearSessions"
    if path == "/api/v1/users":
        return "okta.users.create"
    is_removal = call.request_info.method == "DELETE"
    return "okta.users.lifecycle.delete" if is_removal else "okta.users.userprofile.manage"
