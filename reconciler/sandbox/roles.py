"""Admin roles: who holds which, and the endpoints that say so.

A user holds the roles that the world gives them, and those of every group they are in.
"""

import base64
from collections.abc import Iterator
from typing import Final

import msgspec

from reconciler.sandbox import users
from reconciler.sandbox.bodies import decoded
from reconciler.sandbox.call import Answer, Call
from reconciler.sandbox.database import Database
from reconciler.sandbox.directory import group_by_id
from reconciler.sandbox.failures import not_found
from reconciler.sandbox.ids import derived_id

LABELS: Final = {
    "SUPER_ADMIN": "Super Administrator",
    "ORG_ADMIN": "Organization Administrator",
    "USER_ADMIN": "User Administrator",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator",
    "HELP_DESK_ADMIN": "Help Desk Administrator",
    "READ_ONLY_ADMIN": "Read-only Administrator",
    "REPORT_ADMIN": "Report Administrator",
    "APP_ADMIN": "Application Administrator",
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
    "MOBILE_ADMIN": "Mobile Administrator",
    "WORKFLOWS_ADMIN": "Workflows Administrator",
    "ACCESS_CERTIFICATIONS_ADMIN": "Access Certifications Administrator",
    "ACCESS_REQUESTS_ADMIN": "Access Requests Administrator",
    "CUSTOM": "Custom",
}
"""The names of the types of roles; two of them are recorded, the others documented."""


def held(database: Database, user_id: str) -> frozenset[str]:
    """The roles that a user holds, by whatever way."""
    return frozenset(role for role, _ in _assignments(database, user_id))


def of_group(database: Database, group_id: str) -> tuple[str, ...]:
    """The roles that a group gives its members."""
    rows = database.rows("SELECT role FROM group_roles WHERE group_id = ?", (group_id,))
    return tuple(row[0] for row in rows)


def roles_of_user(call: Call) -> Answer:
    """The roles of a user, without pages and without a Link (Okta: recorded)."""
    user = users.named(call)
    made = decoded(user.body)["created"]
    return _answer(
        _assignment(call, role, group or user.id, str(made), is_group=group is not None)
        for role, group in _assignments(call.core.database, user.id)
    )


def roles_of_group(call: Call) -> Answer:
    """The roles of a group (Okta: recorded)."""
    group = group_by_id(call.core.database, call.parameters["group"])
    if group is None:
        raise not_found(call.parameters["group"], "UserGroup")
    made = decoded(group.body)["created"]
    return _answer(
        _assignment(call, role, group.id, str(made), is_group=True)
        for role in of_group(call.core.database, group.id)
    )


def _assignments(database: Database, user_id: str) -> list[tuple[str, str | None]]:
    """Each role with the group it comes from; None for one of the user's own."""
    row = database.first("SELECT no, roles FROM users WHERE id = ?", (user_id,))
    if row is None:
        return []
    own: list[tuple[str, str | None]] = [
        (role, None) for role in msgspec.json.decode(row[1], type=tuple[str, ...])
    ]
    sql = (
        "SELECT r.role, g.id FROM group_roles r JOIN groups g ON g.id = r.group_id"
        " JOIN members m ON m.group_no = g.no WHERE m.user_no = ? ORDER BY g.no, r.rowid"
    )
    return own + [(role, group) for role, group in database.rows(sql, (row[0],))]


def _assignment(
    call: Call, role: str, assignee: str, made: str, *, is_group: bool
) -> dict[str, object]:
    """One assignment; a group's has its type in base 32 for an id (Okta: recorded)."""
    kind, way = ("groups", "GROUP") if is_group else ("users", "USER")
    own = "ra1" + derived_id("user", f"{assignee} {role}")[3:]
    return {
        "id": base64.b32encode(role.encode()).decode().rstrip("=") if is_group else own,
        "label": LABELS.get(role, role),
        "type": role,
        "status": "ACTIVE",
        "created": made,
        "lastUpdated": made,
        "assignmentType": way,
        "_links": {"assignee": {"href": f"{call.base}/api/v1/{kind}/{assignee}"}},
    }


def _answer(assignments: Iterator[dict[str, object]]) -> Answer:
    return Answer(body=msgspec.json.encode(list(assignments)))
