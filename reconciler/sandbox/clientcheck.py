"""What may be wrong with the service apps and custom roles of a world."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

import jwt

from reconciler.sandbox.keys import is_public
from reconciler.sandbox.scopes import KNOWN
from reconciler.sandbox.shapes import nearest
from reconciler.sandbox.world import ROLE_TYPES, CustomRole, OAuthClient, World
from reconciler.sandbox.zones import is_zone

_GROUP_ID: Final = re.compile("00g[0-9A-Za-z]{17}")
_WORDS: Final = {
    "status": ("ACTIVE", "INACTIVE"),
    "application_type": ("service", "web", "native", "browser"),
    "auth_method": ("private_key_jwt", "client_secret_basic", "client_secret_post", "none"),
}


def client_problems(world: World, names: Collection[str]) -> Iterator[str]:
    """Every reason why these clients cannot be; a client's id is whatever a catalog calls it."""
    seen: set[str] = {app.id for app in world.apps}
    for client in world.oauth_clients:
        where = f"oauth_clients: {client.label}"
        if client.client_id in seen:
            yield f"{where}: the id {client.client_id} is there more than once"
        seen.add(client.client_id)
        yield from own_problems(client, names)


def own_problems(client: OAuthClient, names: Collection[str]) -> Iterator[str]:
    """Every reason why this client cannot be, whatever others there are."""
    where = f"oauth_clients: {client.label}"
    yield from _word_problems(client, where)
    yield from _grant_problems(client, where, names)
    yield from _key_problems(client, where)


def role_problems(given: Iterable[CustomRole], where: str, names: Collection[str]) -> Iterator[str]:
    """Every reason why these custom roles cannot be held."""
    for role in given:
        here = f"{where}: {role.name}"
        if not role.permissions:
            yield f"{here}: a role without a permission"
        for name in role.groups:
            if name not in names and not _GROUP_ID.fullmatch(name):
                yield f"{here}: no such group: {name}{nearest(name, names)}"


def _word_problems(client: OAuthClient, where: str) -> Iterator[str]:
    for key, known in _WORDS.items():
        value = getattr(client, key)
        if value not in known:
            yield f"{where}: no such {key}: {value}{nearest(value, known)}"


def _grant_problems(client: OAuthClient, where: str, names: Collection[str]) -> Iterator[str]:
    for scope in client.scopes:
        if scope not in KNOWN:
            yield f"{where}: no such scope: {scope}{nearest(scope, KNOWN)}"
    for role in client.roles:
        if role not in ROLE_TYPES:
            yield f"{where}: no such role: {role}{nearest(role, ROLE_TYPES)}"
    for name in client.targets:
        if name not in names and not _GROUP_ID.fullmatch(name):
            yield f"{where}: no such group: {name}{nearest(name, names)}"
    yield from (f"{where}: no such zone: {zone}" for zone in client.zones if not is_zone(zone))
    yield from role_problems(client.custom_roles, where, names)


def _key_problems(client: OAuthClient, where: str) -> Iterator[str]:
    if client.generate and client.jwks:
        yield f"{where}: jwks and generate exclude each other"
    for key in client.jwks:
        try:
            jwt.PyJWK.from_dict(dict(key))
        except (jwt.PyJWTError, TypeError, ValueError, KeyError):
            yield f"{where}: a key of jwks is no public key"
        else:
            if not is_public(key):
                yield f"{where}: a key of jwks shows its private half"
