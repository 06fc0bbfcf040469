"""The org's contents as small rows, for people to look at."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from reconciler.sandbox.database import Database
from reconciler.sandbox.world import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """A user."""

    id: str
    login: str
    email: str
    first_name: str
    last_name: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A group, and how many members it has."""

    id: str
    name: str
    type: str
    description: str | None
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """An event; `token_id` is empty when a person did it by hand."""

    published: str
    event: str
    actor: str
    token_id: str
    user: str
    group: str


class _Profile(msgspec.Struct, rename="camel"):
    login: str = ""
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    description: str | None = None


class _Body(msgspec.Struct):
    id: str
    profile: _Profile
    status: str = ""
    type: object = None


class _Target(msgspec.Struct, rename="camel"):
    type: str
    alternate_id: str
    display_name: str


class _Transaction(msgspec.Struct):
    detail: Mapping[str, str]


class _Event(msgspec.Struct, rename="camel"):
    published: str
    event_type: str
    actor: _Target
    target: list[_Target]
    transaction: _Transaction


def users(database: Database) -> tuple[UserRow, ...]:
    """All users, deprovisioned ones too."""
    return tuple(_user(body) for (body,) in database.rows("SELECT body FROM users ORDER BY no"))


def members(database: Database, group_no: int) -> tuple[UserRow, ...]:
    """All members of a group."""
    sql = (
        "SELECT u.body FROM members m JOIN users u ON u.no = m.user_no"
        " WHERE m.group_no = ? ORDER BY u.no"
    )
    return tuple(_user(body) for (body,) in database.rows(sql, (group_no,)))


def groups(database: Database) -> tuple[GroupRow, ...]:
    """All groups."""
    sql = (
        "SELECT g.body, g.type, (SELECT count(*) FROM members m WHERE m.group_no = g.no)"
        " FROM groups g ORDER BY g.no"
    )
    made = []
    for raw, kind, count in database.rows(sql):
        body = msgspec.json.decode(raw, type=_Body)
        made.append(
            GroupRow(
                id=body.id,
                name=body.profile.name,
                type=kind,
                description=body.profile.description,
                members=count,
            )
        )
    return tuple(made)


def rules(database: Database) -> tuple[Rule, ...]:
    """All group rules."""
    rows = database.rows("SELECT body FROM declared WHERE kind = 'rule' ORDER BY rowid")
    return tuple(msgspec.json.decode(body, type=Rule) for (body,) in rows)


def log(database: Database) -> tuple[LogRow, ...]:
    """The whole System Log, oldest first."""
    return tuple(_event(body) for (body,) in database.rows("SELECT body FROM log ORDER BY no"))


def _user(raw: bytes) -> UserRow:
    body = msgspec.json.decode(raw, type=_Body)
    return UserRow(
        id=body.id,
        login=body.profile.login,
        email=body.profile.email,
        first_name=body.profile.first_name,
        last_name=body.profile.last_name,
        status=body.status,
    )


def _event(raw: bytes) -> LogRow:
    event = msgspec.json.decode(raw, type=_Event)
    users_in = [each.alternate_id for each in event.target if each.type == "User"]
    groups_in = [each.display_name for each in event.target if each.type == "UserGroup"]
    return LogRow(
        published=event.published,
        event=event.event_type,
        actor=event.actor.alternate_id,
        token_id=event.transaction.detail.get("requestApiTokenId", ""),
        user="".join(users_in[:1]),
        group="".join(groups_in[:1]),
    )
