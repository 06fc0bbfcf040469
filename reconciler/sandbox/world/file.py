"""A world read from a YAML file, with every problem of the file named at once.

Beside its parts, a world says how its org behaves: `index_lag`, `member_lag`, `touch_lag`,
`create_lag`, `log_delay`, `transition_lag` and `unlock_after` in seconds, `concurrency` as a number
of requests, and `choices` by name (see `options`). A user has `roles`, and `targets`: the groups
that a group admin is limited to. A group has `roles`, which its members hold. A token has `share`,
in percent of the org's rate limits, `created`, and `zones`, the addresses or ranges of them that it
may be used from. What a service app has, and a custom role, is read by `read_client` and
`read_custom_roles`.

A rule has an `expression`, and `members`: who it feeds, whatever the expression means. An app has
`name`, `status`, `groups` and `users`, those to whom it is assigned in person; the `source` of an
APP_GROUP is the label of its app.

A user has `department`, `title`, `manager` and `manager_id`, instants of their past (`created`,
`activated`, `status_changed`, `last_login`, `password_changed`), `has_password` where that does not
follow from the status and the provider, and a `recovery_question`. The `provider` is where they
sign in (OKTA, FEDERATION, ACTIVE_DIRECTORY, LDAP, SOCIAL or IMPORT), `provider_name` what it is
called.
"""

from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeVar

import msgspec
import yaml

from reconciler.sandbox.api_errors import WorldError
from reconciler.sandbox.world.model import (
    DEFAULT_NOW,
    App,
    CustomRole,
    Group,
    OAuthClient,
    Org,
    Rule,
    Token,
    User,
    World,
)
from reconciler.sandbox.world.options import POSSIBLE, Choices, Options
from reconciler.sandbox.world.validation import problems
from reconciler.sandbox.world.values import FieldReader, Fields

_Noun = TypeVar("_Noun")
_LAGS: Final = (
    *("index_lag", "member_lag", "create_lag", "log_delay"),
    *("transition_lag", "unlock_after"),
)
_ORG_KEYS: Final = ("id", "subdomain", "name", "domain")
_USER_INSTANTS: Final = ("created", "activated", "status_changed", "last_login", "password_changed")
_USER_KEYS: Final = (*_USER_INSTANTS, "has_password", "roles", "targets", "custom_roles")
_USER_TEXTS: Final = (
    *("login", "email", "first_name", "last_name", "status", "id", "recovery_question"),
    *("department", "title", "manager", "manager_id", "provider", "provider_name"),
)
_WORLD_KEYS: Final = (
    *("now", "org", "users", "groups", "rules", "apps", "tokens", "oauth_clients"),
    *(*_LAGS, "touch_lag", "concurrency", "choices"),
)


_CLIENT_TEXTS: Final = ("label", "client_id", "status", "application_type", "auth_method")
_CLIENT_LISTS: Final = ("scopes", "roles", "targets", "zones")
_CLIENT_OTHERS: Final = ("custom_roles", "jwks", "dpop_bound", "generate")
_ROLE_KEYS: Final = ("name", "id", "permissions", "groups")


class _Loader(yaml.CSafeLoader):
    """Plain YAML in which an instant stays text, so that one parser decides what it means."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, shape) for tag, shape in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def load_world(path: Path) -> World:
    """The world that the file describes; `WorldError` names all that is wrong with it."""
    try:
        return _parse_world(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WorldError((f"the world cannot be read: {error}",)) from error


def default_world() -> World:
    """The world that comes with the package."""
    return _parse_world(
        files("reconciler.sandbox").joinpath("default_world.yaml").read_text("utf-8")
    )


def _parse_world(text: str) -> World:
    try:
        # _Loader is a safe loader: it builds plain values only.
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 - as said above
    except yaml.YAMLError as error:
        raise WorldError((f"the world is no YAML: {error}",)) from error
    reader = _WorldReader()
    world = reader.world(raw)
    found = (*reader.fields.problems, *problems(world))
    if found:
        raise WorldError(found)
    return world


class _WorldReader:
    """Makes the nouns of a world; what does not fit is noted by its shapes and left out."""

    def __init__(self) -> None:
        self.fields = FieldReader()

    def world(self, raw: object) -> World:
        """The world as far as it can be read."""
        top = self.fields.mapping(raw, "world", _WORLD_KEYS) or {}
        org = self.fields.mapping(top.get("org", {}), "org", _ORG_KEYS) or {}
        return World(
            now=self.fields.instant(top, "now", "world") or DEFAULT_NOW,
            org=Org(**self.fields.texts(org, "org")),
            users=tuple(self._all(top, "users", self._user)),
            groups=tuple(self._all(top, "groups", self._group)),
            rules=tuple(self._all(top, "rules", self._rule)),
            apps=tuple(self._all(top, "apps", self._app)),
            tokens=tuple(self._all(top, "tokens", self._token)),
            oauth_clients=tuple(self._all(top, "oauth_clients", partial(read_client, self.fields))),
            options=self._options(top),
        )

    def _options(self, top: Fields) -> Options:
        return Options(
            **{key: self.fields.seconds(top, key, "world") for key in _LAGS},
            touch_lag=self.fields.seconds(top, "touch_lag", "world", Options().touch_lag),
            concurrency=self.fields.count(top, "concurrency", "world", 1)
            if "concurrency" in top
            else None,
            choices=self._choices(top),
        )

    def _choices(self, top: Fields) -> Choices:
        """Numbers are fine too: an HTTP status reads best without quotes."""
        read = self.fields.mapping(top.get("choices", {}), "choices", tuple(POSSIBLE)) or {}
        made: dict[str, str] = {}
        for key, value in read.items():
            values = POSSIBLE[str(key)]
            if str(value) in values:
                made[str(key)] = str(value)
            else:
                self.fields.problems.append(
                    f"choices: {key} is none of {', '.join(values)}: {value}"
                )
        return msgspec.convert(made, Choices)

    def _user(self, raw: object, where: str) -> User | None:
        words = _USER_TEXTS
        read = self.fields.named(raw, where, "login", (*words, *_USER_KEYS))
        return (
            None
            if read is None
            else User(
                **self.fields.texts({key: read[key] for key in words if key in read}, where),
                created=self.fields.instant(read, "created", where),
                activated=self.fields.instant(read, "activated", where),
                status_changed=self.fields.instant(read, "status_changed", where),
                last_login=self.fields.instant(read, "last_login", where),
                password_changed=self.fields.instant(read, "password_changed", where),
                has_password=self.fields.flag(read, "has_password", where)
                if "has_password" in read
                else None,
                roles=self.fields.names(read, "roles", where),
                targets=self.fields.names(read, "targets", where),
                custom_roles=read_custom_roles(self.fields, read, where),
            )
        )

    def _group(self, raw: object, where: str) -> Group | None:
        words = ("name", "id", "description", "type", "source")
        read = self.fields.named(raw, where, "name", (*words, "created", "members", "roles"))
        return (
            None
            if read is None
            else Group(
                **self.fields.texts({key: read[key] for key in words if key in read}, where),
                created=self.fields.instant(read, "created", where),
                members=self.fields.names(read, "members", where),
                roles=self.fields.names(read, "roles", where),
            )
        )

    def _rule(self, raw: object, where: str) -> Rule | None:
        words = ("name", "id", "status", "expression")
        read = self.fields.named(raw, where, "name", (*words, "groups", "members", "exclude"))
        if read is None:
            return None
        if "expression" not in read:
            self.fields.problems.append(f"{where}: expression is missing")
        return Rule(
            **{
                "expression": "",
                **self.fields.texts({key: read[key] for key in words if key in read}, where),
            },
            groups=self.fields.names(read, "groups", where),
            members=self.fields.names(read, "members", where),
            exclude=self.fields.names(read, "exclude", where),
        )

    def _app(self, raw: object, where: str) -> App | None:
        words = ("label", "id", "name", "status")
        read = self.fields.named(raw, where, "label", (*words, "groups", "users"))
        return (
            None
            if read is None
            else App(
                **self.fields.texts({key: read[key] for key in words if key in read}, where),
                groups=self.fields.names(read, "groups", where),
                users=self.fields.names(read, "users", where),
            )
        )

    def _token(self, raw: object, where: str) -> Token | None:
        words = ("name", "id", "owner", "value", "status")
        read = self.fields.named(raw, where, "name", (*words, "share", "created", "zones"))
        if read is None:
            return None
        if "owner" not in read:
            self.fields.problems.append(f"{where}: owner is missing")
        texts = self.fields.texts({key: read[key] for key in words if key in read}, where)
        return Token(
            name=texts.get("name", ""),
            owner=texts.get("owner", ""),
            id=texts.get("id", ""),
            value=texts.get("value", ""),
            status=texts.get("status", "ACTIVE"),
            share=self.fields.count(read, "share", where, 50),
            created=self.fields.instant(read, "created", where),
            zones=self.fields.names(read, "zones", where),
        )

    def _all(
        self, top: Fields, part: str, read: Callable[[object, str], _Noun | None]
    ) -> Iterator[_Noun]:
        raw = top.get(part) or []
        if not isinstance(raw, list):
            self.fields.problems.append(f"{part}: not a list")
            return
        for index, each in enumerate(raw):
            noun = read(each, f"{part}[{index}]")
            if noun is not None:
                yield noun


def read_client(fields: FieldReader, raw: object, where: str) -> OAuthClient | None:
    """The service app that a mapping describes; None when it has no label."""
    read = fields.named(raw, where, "label", (*_CLIENT_TEXTS, *_CLIENT_LISTS, *_CLIENT_OTHERS))
    if read is None:
        return None
    words = fields.texts({key: read[key] for key in _CLIENT_TEXTS if key in read}, where)
    return OAuthClient(
        label=words.get("label", ""),
        client_id=words.get("client_id", ""),
        status=words.get("status", "ACTIVE"),
        application_type=words.get("application_type", "service"),
        auth_method=words.get("auth_method", "private_key_jwt"),
        scopes=fields.names(read, "scopes", where),
        roles=fields.names(read, "roles", where),
        targets=fields.names(read, "targets", where),
        zones=fields.names(read, "zones", where),
        custom_roles=read_custom_roles(fields, read, where),
        jwks=fields.keys(read, "jwks", where),
        dpop_bound=fields.flag(read, "dpop_bound", where),
        generate=fields.flag(read, "generate", where),
    )


def read_custom_roles(fields: FieldReader, read: Fields, where: str) -> tuple[CustomRole, ...]:
    """The custom roles of a user or a service app."""
    made = []
    for at, raw in enumerate(fields.items(read, "custom_roles", where)):
        here = f"{where}.custom_roles[{at}]"
        role = fields.named(raw, here, "name", _ROLE_KEYS)
        if role is not None:
            words: Fields = {key: role[key] for key in ("name", "id") if key in role}
            texts = fields.texts(words, here)
            made.append(
                CustomRole(
                    name=texts.get("name", ""),
                    id=texts.get("id", ""),
                    permissions=fields.names(role, "permissions", here),
                    groups=fields.names(role, "groups", here),
                )
            )
    return tuple(made)
