"""The org's contents as small rows, for people to look at."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from reconciler.sandbox.resources.group_rules import excluded_ids, expression_of, group_ids_of
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.storage.rows import decode_body
from reconciler.sandbox.world.model import App, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """A user."""

    id: str
    login: str
    email: str
    first_name: str
    last_name: str
    status: str
    provider: str
    moving_to: str = ""
    """The status that an operation still at work will give."""


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
    """An event; `token_id` is empty for the admin console, and for Okta itself."""

    published: str
    event: str
    actor: str
    actor_type: str
    token_id: str
    user: str
    group: str
    rule: str
    app: str
    outcome: str
    request_id: str


class _Profile(msgspec.Struct, rename="camel"):
    login: str = ""
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    description: str | None = None


class _Provider(msgspec.Struct):
    type: str = "OKTA"


class _Credentials(msgspec.Struct):
    provider: _Provider = msgspec.field(default_factory=_Provider)


class _Body(msgspec.Struct, rename="camel"):
    id: str
    profile: _Profile
    status: str = ""
    type: object = None
    transitioning_to_status: str | None = None
    credentials: _Credentials = msgspec.field(default_factory=_Credentials)


class _App(msgspec.Struct):
    id: str
    label: str
    name: str
    status: str


class _Target(msgspec.Struct, rename="camel"):
    type: str
    alternate_id: str
    display_name: str


class _Transaction(msgspec.Struct):
    id: str
    detail: Mapping[str, str]


class _Outcome(msgspec.Struct):
    result: str


class _Event(msgspec.Struct, rename="camel"):
    published: str
    event_type: str
    actor: _Target
    target: list[_Target] | None
    transaction: _Transaction
    outcome: _Outcome


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
    """All group rules; the members are the people that the rule feeds now."""
    return tuple(
        _rule(database, *row) for row in database.rows("SELECT no, body FROM rules ORDER BY no")
    )


def apps(database: Database) -> tuple[App, ...]:
    """All apps, with the groups and the users assigned to them."""
    made = []
    for no, raw in database.rows("SELECT no, body FROM apps ORDER BY no"):
        body = msgspec.json.decode(raw, type=_App)
        groups_in = _column(
            database,
            "SELECT g.body FROM app_groups a JOIN groups g ON g.no = a.group_no"
            " WHERE a.app_no = ? ORDER BY a.rowid",
            no,
        )
        users_in = _column(
            database,
            "SELECT u.body FROM app_users a JOIN users u ON u.no = a.user_no"
            " WHERE a.app_no = ? ORDER BY a.rowid",
            no,
        )
        made.append(
            App(
                label=body.label,
                id=body.id,
                name=body.name,
                status=body.status,
                groups=tuple(each.name for each in groups_in),
                users=tuple(each.login for each in users_in),
            )
        )
    return tuple(made)


def log(database: Database) -> tuple[LogRow, ...]:
    """The whole System Log, oldest first."""
    return tuple(_event(body) for (body,) in database.rows("SELECT body FROM log ORDER BY no"))


def _rule(database: Database, no: int, raw: bytes) -> Rule:
    body = decode_body(raw)
    ids = msgspec.json.encode(group_ids_of(body)).decode()
    out = msgspec.json.encode(excluded_ids(body)).decode()
    within = " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY no"
    named = _column(database, "SELECT body FROM groups" + within, ids)  # noqa: S608 -- own text
    people = _column(database, "SELECT body FROM users" + within, out)  # noqa: S608 -- own text
    fed = _column(
        database,
        "SELECT body FROM users WHERE no IN (SELECT user_no FROM fed WHERE rule_no = ?)"
        " ORDER BY no",
        no,
    )
    return Rule(
        name=str(body["name"]),
        expression=expression_of(body),
        id=str(body["id"]),
        status=str(body["status"]),
        groups=tuple(each.name for each in named),
        members=tuple(each.login for each in fed),
        exclude=tuple(each.login for each in people),
    )


def _column(database: Database, sql: str, key: object) -> list[_Profile]:
    rows = database.rows(sql, (key,))
    return [msgspec.json.decode(raw, type=_Body).profile for (raw,) in rows]


def _user(raw: bytes) -> UserRow:
    body = msgspec.json.decode(raw, type=_Body)
    return UserRow(
        id=body.id,
        login=body.profile.login,
        email=body.profile.email,
        first_name=body.profile.first_name,
        last_name=body.profile.last_name,
        status=body.status,
        provider=body.credentials.provider.type,
        moving_to=body.transitioning_to_status or "",
    )


def _event(raw: bytes) -> LogRow:
    event = msgspec.json.decode(raw, type=_Event)

    def first(kind: str) -> str:
        things = (each for each in event.target or () if each.type == kind)
        names = (each.alternate_id if kind == "User" else each.display_name for each in things)
        return next(names, "")

    return LogRow(
        published=event.published,
        event=event.event_type,
        actor=event.actor.alternate_id,
        actor_type=event.actor.type,
        token_id=event.transaction.detail.get("requestApiTokenId", ""),
        user=first("User"),
        group=first("UserGroup"),
        rule=first("GroupRule"),
        app=first("AppInstance"),
        outcome=event.outcome.result,
        request_id=event.transaction.id,
    )
