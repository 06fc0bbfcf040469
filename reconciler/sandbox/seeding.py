"""A world put into the tables, and taken out of them again for a reset."""

import sqlite3
import zlib
from datetime import timedelta
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import WorldError
from reconciler.sandbox.changes import group_rules
from reconciler.sandbox.limits.rate import RateLimit, parse_rate_limit
from reconciler.sandbox.oauth import service_apps
from reconciler.sandbox.resources.apps import app_body
from reconciler.sandbox.resources.group_rules import rule_body
from reconciler.sandbox.resources.groups import group_body
from reconciler.sandbox.resources.users import user_body
from reconciler.sandbox.storage import database
from reconciler.sandbox.storage.clock import stamp
from reconciler.sandbox.world.model import Group, World
from reconciler.sandbox.world.validation import problems

_AGE: Final = timedelta(days=365)
"""How old a user or a group is whose world says nothing about it."""


def seed_org(
    connection: sqlite3.Connection, world: World, wall: float, rate_limit: RateLimit
) -> None:
    """The tables hold this world and nothing else; must run inside a write transaction."""
    world = world.with_everyone()
    found = problems(world)
    if found:
        raise WorldError(found)
    database.create_tables(connection)
    text = zlib.compress(msgspec.json.encode(world), 1)
    org = msgspec.json.encode(world.org)
    connection.execute(
        "INSERT INTO settings VALUES (?, ?, ?, ?, ?)",
        (world.now.timestamp(), wall, str(rate_limit), org, text),
    )
    connection.execute("INSERT INTO options VALUES (?)", (msgspec.json.encode(world.options),))
    _insert_users(connection, world)
    _insert_groups(connection, world)
    _insert_apps(connection, world)
    _insert_rules(connection, world)
    _insert_credentials(connection, world)
    database.create_indexes(connection)
    group_rules.apply_rules_at_seed(connection)


def read_seeded_world(connection: sqlite3.Connection) -> tuple[World, RateLimit]:
    """The world that the tables were seeded from, and the rate limit they were given."""
    text, rate_limit = connection.execute("SELECT world, rate_limit FROM settings").fetchone()
    world = msgspec.json.decode(zlib.decompress(text), type=World)
    return world, parse_rate_limit(rate_limit)


def _insert_users(connection: sqlite3.Connection, world: World) -> None:
    old = world.now - _AGE
    given = _roles_by_login(world)
    groups = {group.name: group.id for group in world.groups}

    def rows() -> list[tuple[object, ...]]:
        encoder = msgspec.json.Encoder()
        made: list[tuple[object, ...]] = []
        for user in world.users:
            created = stamp(user.created or old)
            activated = None if user.status == "STAGED" else stamp(user.activated or old)
            body = encoder.encode(user_body(user, created, activated))
            names = (user.first_name.lower(), user.last_name.lower())
            roles = encoder.encode(given[user.login.lower()])
            targets = encoder.encode([groups[name] for name in user.targets])
            lowered = (user.login.lower(), user.email.lower(), *names)
            made.append((user.id, *lowered, user.status, roles, targets, body))
        return made

    connection.executemany(
        "INSERT INTO users (id, login_lower, email_lower, first_lower, last_lower, status, roles,"
        " targets, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows(),
    )


def _insert_groups(connection: sqlite3.Connection, world: World) -> None:
    old = world.now - _AGE
    apps = {app.label: app.id for app in world.apps}
    users = {user.login.lower(): (user.id, no) for no, user in enumerate(world.users, start=1)}
    for no, group in enumerate(world.groups, start=1):
        created = stamp(group.created or old)
        body = msgspec.json.encode(group_body(group, created, created, apps.get(group.source)))
        connection.execute(
            "INSERT INTO groups (no, id, name_lower, type, body) VALUES (?, ?, ?, ?, ?)",
            (no, group.id, group.name.lower(), group.type, body),
        )
        members = sorted(users[login.lower()] for login in group.members)
        connection.executemany(
            "INSERT INTO members VALUES (?, ?, ?)", ((no, *member) for member in members)
        )


def _insert_apps(connection: sqlite3.Connection, world: World) -> None:
    created = stamp(world.now - _AGE)
    groups = {group.name: no for no, group in _number_groups(world)}
    users = {user.login.lower(): no for no, user in enumerate(world.users, start=1)}
    for no, app in enumerate(world.apps, start=1):
        body = msgspec.json.encode(app_body(app, world.org.id, created))
        row = (no, app.id, app.label, app.name, app.status, body)
        connection.execute("INSERT INTO apps VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.executemany(
            "INSERT OR IGNORE INTO app_groups VALUES (?, ?, ?)",
            [(no, groups[name], created) for name in app.groups],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO app_users VALUES (?, ?, ?)",
            [(no, users[login.lower()], created) for login in app.users],
        )


def _insert_rules(connection: sqlite3.Connection, world: World) -> None:
    created = stamp(world.now - _AGE)
    groups = {group.name: group.id for _, group in _number_groups(world)}
    users = {user.login.lower(): user.id for user in world.users}
    for rule in world.rules:
        targets = [groups[name] for name in rule.groups]
        out = [users[login.lower()] for login in rule.exclude]
        body = msgspec.json.encode(rule_body(rule, created, targets, out))
        people = [users[login.lower()] for login in rule.members]
        listed = msgspec.json.encode(people).decode() if people else None
        connection.execute(
            "INSERT INTO rules (id, name, status, listed, body) VALUES (?, ?, ?, ?, ?)",
            (rule.id, rule.name, rule.status, listed, body),
        )


def _number_groups(world: World) -> list[tuple[int, Group]]:
    """A name that several groups have means the OKTA_GROUP, which stands last here."""
    numbered = list(enumerate(world.groups, start=1))
    return sorted(numbered, key=lambda each: each[1].type == "OKTA_GROUP")


def _insert_credentials(connection: sqlite3.Connection, world: World) -> None:
    """Tokens, service apps, and what is held by way of groups and custom roles."""
    users = {user.login.lower(): user.id for user in world.users}
    groups = {group.name: group.id for _, group in _number_groups(world)}
    service_apps.seed_clients(connection, world.oauth_clients, groups)
    custom = [(user.id, user.custom_roles) for user in world.users if user.custom_roles]
    connection.executemany(
        "INSERT INTO custom_roles VALUES (?, ?)",
        [
            (each, msgspec.json.encode([service_apps.resolve_role(role, groups) for role in roles]))
            for each, roles in custom
        ],
    )
    connection.executemany(
        "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(t.id, t.name, t.value, users[t.owner.lower()], t.status, t.share),
                *(stamp(t.created or world.now - _AGE), msgspec.json.encode(t.zones)),
            )
            for t in world.tokens
        ],
    )
    connection.executemany(
        "INSERT INTO group_roles VALUES (?, ?)",
        [(group.id, role) for group in world.groups for role in group.roles],
    )


def _roles_by_login(world: World) -> dict[str, tuple[str, ...]]:
    """The roles of each user; where the world gives none, the owners of tokens are admins."""
    has_roles = any(u.roles for u in world.users) or any(g.roles for g in world.groups)
    owners = set() if has_roles else {token.owner.lower() for token in world.tokens}
    return {
        login: ("SUPER_ADMIN",) if login in owners else user.roles
        for user in world.users
        for login in (user.login.lower(),)
    }
