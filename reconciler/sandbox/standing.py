"""What a caller holds: standard roles, the groups these are limited to, and custom roles."""

from dataclasses import dataclass

import msgspec

from reconciler.sandbox import roles
from reconciler.sandbox.bearer import ServiceCaller
from reconciler.sandbox.call import Call
from reconciler.sandbox.database import Database
from reconciler.sandbox.world import CustomRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The sum of it; `targets` limit group admins, and no targets limit nobody."""

    roles: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    custom: tuple[CustomRole, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether the caller may only look at themselves."""
        return not self.roles and not self.custom


def standing_of(call: Call) -> Standing:
    """What the caller of this request holds now."""
    if call.visit.role_loss is not None:
        return Standing()
    caller, database = call.caller, call.core.database
    if isinstance(caller, ServiceCaller):
        client = caller.client
        return Standing(
            roles=frozenset(client.roles),
            targets=frozenset(client.targets),
            custom=client.custom_roles,
        )
    return Standing(
        roles=roles.held(database, caller.owner.id),
        targets=_targets(database, caller.owner.id),
        custom=custom_of(database, caller.owner.id),
    )


def custom_of(database: Database, user_id: str) -> tuple[CustomRole, ...]:
    """The custom roles of a user."""
    row = database.first("SELECT body FROM custom_roles WHERE principal = ?", (user_id,))
    return () if row is None else msgspec.json.decode(row[0], type=tuple[CustomRole, ...])


def _targets(database: Database, user_id: str) -> frozenset[str]:
    row = database.first("SELECT targets FROM users WHERE id = ?", (user_id,))
    return frozenset(msgspec.json.decode(row[0], type=list[str])) if row else frozenset()
