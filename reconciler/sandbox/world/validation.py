"""Whether a world holds together: unique names, known members, possible statuses."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final

import jwt

from reconciler.sandbox.ids import PREFIXES
from reconciler.sandbox.keys import is_public
from reconciler.sandbox.limits.network_zones import is_zone
from reconciler.sandbox.oauth_scopes import KNOWN_SCOPES
from reconciler.sandbox.world.model import (
    GROUP_TYPES,
    MOST_EXCLUDED,
    PROVIDERS,
    ROLE_TYPES,
    USER_STATUSES,
    CustomRole,
    Group,
    OAuthClient,
    Rule,
    World,
)
from reconciler.sandbox.world.values import did_you_mean

_NAME_LIMIT = 255
_WHOLE = 100
_DESCRIPTION_LIMIT = 1024
_RULE_NAME_LIMIT = 50


_WITHOUT_PASSWORD: Final = frozenset({"FEDERATION", "SOCIAL"})
_GROUP_ID: Final = re.compile("00g[0-9A-Za-z]{17}")
_CLIENT_CHOICES: Final = {
    "status": ("ACTIVE", "INACTIVE"),
    "application_type": ("service", "web", "native", "browser"),
    "auth_method": ("private_key_jwt", "client_secret_basic", "client_secret_post", "none"),
}


def problems(world: World) -> tuple[str, ...]:
    """Every reason why this world cannot be an org, in the order of its parts."""
    logins = frozenset(user.login.lower() for user in world.users)
    names = frozenset(group.name for group in world.groups) | {"Everyone"}
    return (
        *_user_problems(world),
        *_group_problems(world, logins),
        *_rule_problems(world, logins, names),
        *_app_problems(world, names, logins),
        *_token_problems(world, logins),
        *_role_problems(world, names),
        *_client_problems(world, names),
        *_id_problems(world),
    )


def problems_of_client(client: OAuthClient, names: Collection[str]) -> Iterator[str]:
    """Every reason why this client cannot be, whatever others there are."""
    where = f"oauth_clients: {client.label}"
    yield from _word_problems(client, where)
    yield from _grant_problems(client, where, names)
    yield from _key_problems(client, where)


def _user_problems(world: World) -> Iterator[str]:
    for login in _find_repeated(user.login.lower() for user in world.users):
        yield f"users: the login {login} is there more than once"
    for user in world.users:
        if user.status not in USER_STATUSES:
            yield f"users: {user.login}: no such status: {user.status}"
        if user.provider not in PROVIDERS:
            hint = did_you_mean(user.provider, PROVIDERS)
            yield f"users: {user.login}: no such provider: {user.provider}{hint}"
        if user.provider in _WITHOUT_PASSWORD and user.has_password:
            yield f"users: {user.login}: {user.provider} has no password"


def _group_problems(world: World, logins: frozenset[str]) -> Iterator[str]:
    """APP_GROUPs may share a name, with each other and with an OKTA_GROUP (Okta: issue)."""
    own = (group.name.lower() for group in world.groups if group.type != "APP_GROUP")
    for name in _find_repeated(own):
        yield f"groups: the name {name} is there more than once"
    for group in world.groups:
        where = f"groups: {group.name}"
        if group.type not in GROUP_TYPES:
            yield f"{where}: no such type: {group.type}"
        if not 1 <= len(group.name) <= _NAME_LIMIT:
            yield f"{where}: a name has 1 to {_NAME_LIMIT} characters"
        if len(group.description or "") > _DESCRIPTION_LIMIT:
            yield f"{where}: a description has at most {_DESCRIPTION_LIMIT} characters"
        yield from _member_problems(group, where, logins)


def _member_problems(group: Group, where: str, logins: frozenset[str]) -> Iterator[str]:
    members = [login.lower() for login in group.members]
    for login in members:
        if login not in logins:
            yield f"{where}: the member {login} is no user"
    if len(set(members)) < len(members):
        for login in _find_repeated(members):
            yield f"{where}: the member {login} is there more than once"


def _rule_problems(world: World, logins: frozenset[str], names: frozenset[str]) -> Iterator[str]:
    own = {group.name for group in world.groups if group.type == "OKTA_GROUP"}
    for name in _find_repeated(rule.name for rule in world.rules):
        yield f"rules: the name {name} is there more than once"
    for rule in world.rules:
        where = f"rules: {rule.name}"
        if rule.status not in {"ACTIVE", "INACTIVE", "INVALID"}:
            yield f"{where}: no such status: {rule.status}"
        yield from (f"{where}: no such group: {name}" for name in rule.groups if name not in names)
        yield from (
            f"{where}: only an OKTA_GROUP can be fed: {name}"
            for name in rule.groups
            if name in names - own
        )
        yield from _rule_people_problems(rule, where, logins)


def _rule_people_problems(rule: Rule, where: str, logins: frozenset[str]) -> Iterator[str]:
    for kind, people in (("member", rule.members), ("excluded", rule.exclude)):
        for login in people:
            if login.lower() not in logins:
                yield f"{where}: the {kind} {login} is no user"
    if len(rule.name) > _RULE_NAME_LIMIT:
        yield f"{where}: a name has at most {_RULE_NAME_LIMIT} characters"
    if len(rule.exclude) > MOST_EXCLUDED:
        yield f"{where}: at most {MOST_EXCLUDED} people are excluded"


def _app_problems(world: World, names: frozenset[str], logins: frozenset[str]) -> Iterator[str]:
    for label in _find_repeated(app.label for app in world.apps):
        yield f"apps: the label {label} is there more than once"
    for app in world.apps:
        where = f"apps: {app.label}"
        if app.status not in {"ACTIVE", "INACTIVE"}:
            yield f"{where}: no such status: {app.status}"
        yield from (f"{where}: no such group: {name}" for name in app.groups if name not in names)
        for login in app.users:
            if login.lower() not in logins:
                yield f"{where}: the user {login} is no user"
    labels = {app.label for app in world.apps}
    for group in world.groups:
        if group.source and (group.type != "APP_GROUP" or group.source not in labels):
            yield f"groups: {group.name}: {group.source} is no app whose group this can be"


def _token_problems(world: World, logins: frozenset[str]) -> Iterator[str]:
    for name in _find_repeated(token.name for token in world.tokens):
        yield f"tokens: the name {name} is there more than once"
    for value in _find_repeated(token.value for token in world.tokens):
        names = ", ".join(token.name for token in world.tokens if token.value == value)
        yield f"tokens: the same value is given to {names}"
    for token in world.tokens:
        where = f"tokens: {token.name}"
        if token.owner.lower() not in logins:
            yield f"{where}: the owner {token.owner} is no user"
        if not 0 < token.share <= _WHOLE:
            yield f"{where}: a share is from 1 to {_WHOLE} percent"
        if token.status not in {"ACTIVE", "REVOKED", "EXPIRED"}:
            yield f"{where}: no such status: {token.status}"
        yield from (f"{where}: no such zone: {zone}" for zone in token.zones if not is_zone(zone))
        if not re.fullmatch(r"[!-~]+", token.value):
            yield f"{where}: a value is printable ASCII without spaces"


def _role_problems(world: World, names: frozenset[str]) -> Iterator[str]:
    holders = [
        *((f"users: {user.login}", user.roles) for user in world.users),
        *((f"groups: {group.name}", group.roles) for group in world.groups),
    ]
    for where, held in holders:
        for role in held:
            if role not in ROLE_TYPES:
                yield f"{where}: no such role: {role}{did_you_mean(role, ROLE_TYPES)}"
    for user in world.users:
        where = f"users: {user.login}"
        for name in user.targets:
            if name not in names:
                yield f"{where}: no such group: {name}{did_you_mean(name, names)}"
        yield from _custom_role_problems(user.custom_roles, where, names)
    if world.options.concurrency == 0:
        yield "concurrency: an org with no place answers nothing"


def _client_problems(world: World, names: Collection[str]) -> Iterator[str]:
    """Every reason why these clients cannot be; a client's id is whatever a catalog calls it."""
    seen: set[str] = {app.id for app in world.apps}
    for client in world.oauth_clients:
        where = f"oauth_clients: {client.label}"
        if client.client_id in seen:
            yield f"{where}: the id {client.client_id} is there more than once"
        seen.add(client.client_id)
        yield from problems_of_client(client, names)


def _word_problems(client: OAuthClient, where: str) -> Iterator[str]:
    for key, known in _CLIENT_CHOICES.items():
        value = getattr(client, key)
        if value not in known:
            yield f"{where}: no such {key}: {value}{did_you_mean(value, known)}"


def _grant_problems(client: OAuthClient, where: str, names: Collection[str]) -> Iterator[str]:
    for scope in client.scopes:
        if scope not in KNOWN_SCOPES:
            yield f"{where}: no such scope: {scope}{did_you_mean(scope, KNOWN_SCOPES)}"
    for role in client.roles:
        if role not in ROLE_TYPES:
            yield f"{where}: no such role: {role}{did_you_mean(role, ROLE_TYPES)}"
    for name in client.targets:
        if name not in names and not _GROUP_ID.fullmatch(name):
            yield f"{where}: no such group: {name}{did_you_mean(name, names)}"
    yield from (f"{where}: no such zone: {zone}" for zone in client.zones if not is_zone(zone))
    yield from _custom_role_problems(client.custom_roles, where, names)


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


def _custom_role_problems(
    given: Iterable[CustomRole], where: str, names: Collection[str]
) -> Iterator[str]:
    """Every reason why these custom roles cannot be held."""
    for role in given:
        here = f"{where}: {role.name}"
        if not role.permissions:
            yield f"{here}: a role without a permission"
        for name in role.groups:
            if name not in names and not _GROUP_ID.fullmatch(name):
                yield f"{here}: no such group: {name}{did_you_mean(name, names)}"


def _id_problems(world: World) -> Iterator[str]:
    parts: dict[str, list[str]] = {
        "org": [world.org.id],
        "user": [user.id for user in world.users],
        "group": [group.id for group in world.groups],
        "rule": [rule.id for rule in world.rules],
        "app": [app.id for app in world.apps],
        "token": [token.id for token in world.tokens],
    }
    for kind, ids in parts.items():
        shape = re.compile(f"{PREFIXES[kind]}[0-9A-Za-z]{{17}}")
        for each in ids:
            if not shape.fullmatch(each):
                yield f"{kind}: the id {each} is not {PREFIXES[kind]} and 17 letters or digits"
        for each in _find_repeated(ids):
            yield f"{kind}: the id {each} is there more than once"


def _find_repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
