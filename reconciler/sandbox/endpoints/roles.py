"""The endpoints of admin roles: who holds which, and what a custom role allows.

The roles of users and groups are recorded; those of service apps and custom roles have their
documented shapes (Okta: OpenAPI, in Okta's own client).
"""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import not_found
from reconciler.sandbox.endpoints import users
from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.oauth import service_apps
from reconciler.sandbox.permissions import roles
from reconciler.sandbox.permissions.roles import custom_roles_of
from reconciler.sandbox.request import Answer, Call
from reconciler.sandbox.search.queries import group_by_id
from reconciler.sandbox.storage.clock import stamp
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.storage.rows import decode_body
from reconciler.sandbox.world.model import CustomRole

_HOMES: Final = {
    "CLIENT": "/oauth2/v1/clients",
    "GROUP": "/api/v1/groups",
    "USER": "/api/v1/users",
}
"""Where the holders of roles are found, by the way in which a role was given."""


def roles_of_user(call: Call) -> Answer:
    """The roles of a user, without pages and without a Link (Okta: recorded)."""
    user = users.user_of_path(call)
    made = str(decode_body(user.body)["created"])
    standard = [
        _standard_assignment(
            call, role, group or user.id, made, way="USER" if group is None else "GROUP"
        )
        for role, group in roles.role_assignments(call.core.database, user.id)
    ]
    custom = custom_roles_of(call.core.database, user.id)
    return _answer(
        *standard, *(_custom_assignment(call, role, user.id, made, "USER") for role in custom)
    )


def roles_of_group(call: Call) -> Answer:
    """The roles of a group (Okta: recorded)."""
    group = group_by_id(call.core.database, call.parameters["group"])
    if group is None:
        raise not_found(call.parameters["group"], "UserGroup")
    made = str(decode_body(group.body)["created"])
    held = roles.roles_of_group(call.core.database, group.id)
    return _answer(
        *(_standard_assignment(call, role, group.id, made, way="GROUP") for role in held)
    )


def roles_of_client(call: Call) -> Answer:
    """The roles of a service app, without pages."""
    client = service_apps.find_client(call.core.database, call.parameters["client"])
    if client is None:
        raise not_found(call.parameters["client"], "PublicClientApp")
    each, made = client.client_id, _first_instant(call)
    standard = (
        _standard_assignment(call, role, each, made, way="CLIENT") for role in sorted(client.roles)
    )
    custom = (_custom_assignment(call, role, each, made, "CLIENT") for role in client.custom_roles)
    return _answer(*standard, *custom)


def permissions_of_role(call: Call) -> Answer:
    """The permissions of a custom role, by its id or its label."""
    wanted = call.parameters["role"]
    for role in _list_custom_roles(call.core.database):
        if wanted in (role.id, role.name):
            return Answer(body=msgspec.json.encode({"permissions": _permission_bodies(call, role)}))
    raise not_found(wanted, "Role")


def _standard_assignment(
    call: Call, role: str, holder: str, made: str, *, way: str
) -> dict[str, object]:
    """One assignment of a standard role."""
    return {
        "id": _assignment_id(role, holder, way),
        "label": roles.LABELS.get(role, role),
        "type": role,
        "status": "ACTIVE",
        "created": made,
        "lastUpdated": made,
        "assignmentType": way,
        "_links": {"assignee": {"href": f"{call.base}{_HOMES[way]}/{holder}"}},
    }


def _assignment_id(role: str, holder: str, way: str) -> str:
    """The type in base 32, but a super admin's has an id of its own (Okta: recorded)."""
    if role != "SUPER_ADMIN":
        return base64.b32encode(role.encode()).decode().rstrip("=")
    return ("gra" if way == "GROUP" else "ra1") + derived_id("user", f"{holder} {role}")[3:]


def _custom_assignment(
    call: Call, role: CustomRole, holder: str, made: str, way: str
) -> dict[str, object]:
    """One assignment of a custom role, with the ids of the role and of its resource set."""
    resources = derived_id("resource set", role.id)
    iam = f"{call.base}/api/v1/iam"
    return {
        "id": derived_id("role assignment", f"{holder} {role.id}"),
        "role": role.id,
        "resource-set": resources,
        "label": role.name,
        "type": "CUSTOM",
        "status": "ACTIVE",
        "created": made,
        "lastUpdated": made,
        "assignmentType": way,
        "_links": {
            "assignee": {"href": f"{call.base}{_HOMES[way]}/{holder}"},
            "role": {"href": f"{iam}/roles/{role.id}"},
            "permissions": {"href": f"{iam}/roles/{role.id}/permissions"},
            "resource-set": {"href": f"{iam}/resource-sets/{resources}"},
        },
    }


def _permission_bodies(call: Call, role: CustomRole) -> list[dict[str, object]]:
    """The permissions; those without conditions say so (Okta: recorded)."""
    made, home = _first_instant(call), f"{call.base}/api/v1/iam/roles/{role.id}"
    return [
        {
            "label": permission,
            "conditions": None,
            "created": made,
            "lastUpdated": made,
            "_links": {
                "role": {"href": home},
                "self": {"href": f"{home}/permissions/{permission}"},
            },
        }
        for permission in role.permissions
    ]


def _list_custom_roles(database: Database) -> Iterator[CustomRole]:
    for client in service_apps.list_clients(database):
        yield from client.custom_roles
    for row in database.rows("SELECT body FROM custom_roles"):
        yield from msgspec.json.decode(row[0], type=tuple[CustomRole, ...])


def _first_instant(call: Call) -> str:
    """The start of the org's time, when service apps and custom roles were made."""
    (epoch,) = call.core.database.rows("SELECT epoch FROM settings")[0]
    return stamp(datetime.fromtimestamp(epoch, UTC))


def _answer(*assignments: dict[str, object]) -> Answer:
    return Answer(body=msgspec.json.encode(assignments))
