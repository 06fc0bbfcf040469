"""A world put into the tables, and taken out of them again for a reset."""

import sqlite3
import zlib
from datetime import timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from reconciler.sandbox import tables
from reconciler.sandbox.bodies import group_body, user_body
from reconciler.sandbox.consistency import problems
from reconciler.sandbox.errors import WorldError
from reconciler.sandbox.instants import stamp
from reconciler.sandbox.world import World

RateLimit: TypeAlias = Literal["okta", "off"] | int
"""Okta's own numbers, none, or so many requests a minute in every bucket."""

_AGE: Final = timedelta(days=365)
"""How old a user or a group is whose world says nothing about it."""


def seed(connection: sqlite3.Connection, world: World, wall: float, rate_limit: RateLimit) -> None:
    """The tables hold this world and nothing else; must run inside a write transaction."""
    world = world.with_everyone()
    found = problems(world)
    if found:
        raise WorldError(found)
    tables.make(connection)
    text = zlib.compress(msgspec.json.encode(world), 1)
    org = msgspec.json.encode(world.org)
    connection.execute(
        "INSERT INTO settings VALUES (?, ?, ?, ?, ?)",
        (world.now.timestamp(), wall, str(rate_limit), org, text),
    )
    _users(connection, world)
    _groups(connection, world)
    _declared(connection, world)
    tables.index(connection)


def seeded_world(connection: sqlite3.Connection) -> tuple[World, RateLimit]:
    """The world that the tables were seeded from, and the rate limit they were given."""
    text, rate_limit = connection.execute("SELECT world, rate_limit FROM settings").fetchone()
    world = msgspec.json.decode(zlib.decompress(text), type=World)
    return world, rate_limit_of(rate_limit)


def rate_limit_of(text: str) -> RateLimit:
    """The setting as it was before it was stored."""
    if text == "okta":
        return "okta"
    return "off" if text == "off" else int(text)


def _users(connection: sqlite3.Connection, world: World) -> None:
    old = world.now - _AGE

    def rows() -> list[tuple[object, ...]]:
        encoder = msgspec.json.Encoder()
        made: list[tuple[object, ...]] = []
        for user in world.users:
            created = stamp(user.created or old)
            activated = None if user.status == "STAGED" else stamp(user.activated or old)
            body = encoder.encode(user_body(user, created, activated))
            names = (user.first_name.lower(), user.last_name.lower())
            roles = encoder.encode(user.roles)
            lowered = (user.login.lower(), user.email.lower(), *names)
            made.append((user.id, *lowered, user.status, roles, body))
        return made

    connection.executemany(
        "INSERT INTO users (id, login_lower, email_lower, first_lower, last_lower, status, roles,"
        " body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        rows(),
    )


def _groups(connection: sqlite3.Connection, world: World) -> None:
    old = world.now - _AGE
    numbers = {user.login.lower(): no for no, user in enumerate(world.users, start=1)}
    for no, group in enumerate(world.groups, start=1):
        created = stamp(group.created or old)
        body = msgspec.json.encode(group_body(group, created, created))
        connection.execute(
            "INSERT INTO groups (no, id, name_lower, type, body) VALUES (?, ?, ?, ?, ?)",
            (no, group.id, group.name.lower(), group.type, body),
        )
        members = sorted(numbers[login.lower()] for login in group.members)
        connection.executemany(
            "INSERT INTO members VALUES (?, ?)", ((no, member) for member in members)
        )


def _declared(connection: sqlite3.Connection, world: World) -> None:
    """Rules, apps and clients wait here for the endpoints that will speak of them."""
    encode = msgspec.json.encode
    users = {user.login.lower(): user.id for user in world.users}
    rules = [("rule", rule.id, rule.name, rule.status, encode(rule)) for rule in world.rules]
    apps = [("app", app.id, app.label, "ACTIVE", encode(app)) for app in world.apps]
    clients = [("client", c.id, c.name, c.status, encode(c)) for c in world.oauth_clients]
    connection.executemany("INSERT INTO declared VALUES (?, ?, ?, ?, ?)", [*rules, *apps, *clients])
    connection.executemany(
        "INSERT INTO tokens VALUES (?, ?, ?, ?, ?)",
        [(t.id, t.name, t.value, users[t.owner.lower()], t.status) for t in world.tokens],
    )
