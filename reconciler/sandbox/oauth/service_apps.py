"""Service apps as they are kept: who may sign in with a key, and what they are granted."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from reconciler.sandbox import keys
from reconciler.sandbox.api_errors import SandboxError
from reconciler.sandbox.keys import KeyKind
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.world.model import CustomRole, OAuthClient

_SEEDED: Final = "seeded"
"""Declared by the world, or changed by an admin since: no rehearsal changes it."""
_MADE: Final = "made"
"""Registered for a rehearsal, and granted what the next one asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceApp:
    """How a program signs in: an id, and a private key that is good for this org alone."""

    client_id: str
    key_id: str
    private_key: str = field(repr=False)
    """PKCS#8, as PEM."""


def find_client(database: Database, client_id: str) -> OAuthClient | None:
    """The client with this id."""
    row = database.first("SELECT body FROM clients WHERE id = ?", (client_id,))
    return None if row is None else msgspec.json.decode(row[0], type=OAuthClient)


def list_clients(database: Database) -> tuple[OAuthClient, ...]:
    """All clients, in the order in which they came."""
    rows = database.rows("SELECT body FROM clients ORDER BY rowid")
    return tuple(msgspec.json.decode(row[0], type=OAuthClient) for row in rows)


def seed_clients(
    connection: sqlite3.Connection, clients: Iterable[OAuthClient], groups: Mapping[str, str]
) -> None:
    """The clients are there; those that ask for a key have one. Groups are kept by their ids."""
    for client in clients:
        kept, private = resolve_groups(client, groups), None
        if client.generate:
            private, public = keys.new_key_pair("EC")
            kept = replace(kept, jwks=(public,))
        _insert(connection, kept, _SEEDED, private)


def resolve_groups(client: OAuthClient, groups: Mapping[str, str]) -> OAuthClient:
    """The client with its groups by id; a group may be given by its id at once."""
    roles = tuple(resolve_role(role, groups) for role in client.custom_roles)
    targets = tuple(groups.get(name, name) for name in client.targets)
    return replace(client, custom_roles=roles, targets=targets)


def resolve_role(role: CustomRole, groups: Mapping[str, str]) -> CustomRole:
    """The role with its groups by id."""
    return replace(role, groups=tuple(groups.get(name, name) for name in role.groups))


def register_client(database: Database, wanted: OAuthClient, kind: KeyKind) -> ServiceApp:
    """The client is there, and this is how to sign in as it.

    One that was registered before is granted the scopes that are new and binds its tokens as is
    wanted now; one that the world declares, or an admin has changed, stays as it is.
    """
    with database.write() as connection:
        row = connection.execute(
            "SELECT body, origin, private_key FROM clients WHERE id = ?", (wanted.client_id,)
        ).fetchone()
        if row is None:
            private, public = keys.new_key_pair(kind)
            _insert(connection, replace(wanted, jwks=(public,)), _MADE, private)
            return _app(wanted.client_id, public["kid"], private)
        known = msgspec.json.decode(row[0], type=OAuthClient)
        if row[1] == _MADE:
            scopes = tuple(sorted({*known.scopes, *wanted.scopes}))
            known = replace(known, scopes=scopes, dpop_bound=wanted.dpop_bound)
        private = row[2]
        if private is None:
            private, public = keys.new_key_pair(kind)
            known = replace(known, jwks=(*known.jwks, public))
        _update(connection, known, private=private, origin=row[1])
        return _app(known.client_id, known.jwks[-1]["kid"], private)


def change_client(database: Database, client: OAuthClient) -> None:
    """The client is like this from now on, whatever a rehearsal wants."""
    with database.write() as connection:
        if find_client(database, client.client_id) is None:
            raise SandboxError(f"there is no client {client.client_id}")
        connection.execute(
            "UPDATE clients SET body = ?, origin = ? WHERE id = ?",
            (msgspec.json.encode(client), _SEEDED, client.client_id),
        )


def _insert(
    connection: sqlite3.Connection, client: OAuthClient, origin: str, private: str | None
) -> None:
    connection.execute(
        "INSERT INTO clients VALUES (?, ?, ?, ?)",
        (client.client_id, msgspec.json.encode(client), origin, private),
    )


def _update(
    connection: sqlite3.Connection, client: OAuthClient, *, private: str, origin: str
) -> None:
    connection.execute(
        "UPDATE clients SET body = ?, origin = ?, private_key = ? WHERE id = ?",
        (msgspec.json.encode(client), origin, private, client.client_id),
    )


def _app(client_id: str, key_id: str, private: str) -> ServiceApp:
    return ServiceApp(client_id=client_id, key_id=key_id, private_key=private)
