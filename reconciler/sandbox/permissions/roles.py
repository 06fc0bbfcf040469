"""Admin roles: which users hold which.

A user holds the roles that the world gives them, and those of every group they are in.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from reconciler.sandbox.callers.access_token import ServiceCaller
from reconciler.sandbox.request import Call
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.world.model import CustomRole

LABELS: Final = {
    "SUPER_ADMIN": "Super Administrator",
    "ORG_ADMIN": "Organization Administrator",
    "USER_ADMIN": "Group Administrator",
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
"""The names of the types of roles; three of them are recorded, the others documented.

`USER_ADMIN` had the label `User Administrator` until about 2024 (Okta: recorded).
"""


def role_types_of_user(database: Database, user_id: str) -> frozenset[str]:
    """The roles that a user holds, by whatever way."""
    return frozenset(role for role, _ in role_assignments(database, user_id))


def roles_of_group(database: Database, group_id: str) -> tuple[str, ...]:
    """The roles that a group gives its members."""
    rows = database.rows("SELECT role FROM group_roles WHERE group_id = ?", (group_id,))
    return tuple(sorted(row[0] for row in rows))


def role_assignments(database: Database, user_id: str) -> list[tuple[str, str | None]]:
    """Each role with the group it comes from, by type (Okta: recorded); None for one's own."""
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
    given = [(role, group) for role, group in database.rows(sql, (row[0],))]
    return sorted(own + given, key=lambda each: each[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveRoles:
    """All roles of a caller together; `targets`, where there are any, limit group admins."""

    roles: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    custom: tuple[CustomRole, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether the caller may only look at themselves."""
        return not self.roles and not self.custom


def effective_roles(call: Call) -> EffectiveRoles:
    """What the caller of this request holds now."""
    if call.request_info.role_loss is not None:
        return EffectiveRoles()
    caller, database = call.caller, call.core.database
    if isinstance(caller, ServiceCaller):
        client = caller.client
        return EffectiveRoles(
            roles=frozenset(client.roles),
            targets=frozenset(client.targets),
            custom=client.custom_roles,
        )
    return EffectiveRoles(
        roles=role_types_of_user(database, caller.owner.id),
        targets=_targets(database, caller.owner.id),
        custom=custom_roles_of(database, caller.owner.id),
    )


def custom_roles_of(database: Database, user_id: str) -> tuple[CustomRole, ...]:
    """The custom roles of a user."""
    row = database.first("SELECT body FROM custom_roles WHERE principal = ?", (user_id,))
    return () if row is None else msgspec.json.decode(row[0], type=tuple[CustomRole, ...])


def _targets(database: Database, user_id: str) -> frozenset[str]:
    row = database.first("SELECT targets FROM users WHERE id = ?", (user_id,))
    return frozenset(msgspec.json.decode(row[0], type=list[str])) if row else frozenset()
