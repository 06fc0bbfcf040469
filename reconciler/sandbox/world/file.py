"""A world read from a YAML file, with every problem of the file named at once.

Beside its parts, a world says how its org behaves: `index_lag`, `member_lag`, `touch_lag`,
`create_lag` and `log_delay` in seconds, `concurrency` as a number of requests, and `choices` by
name (see `choices`). A user has
`roles`, and `targets`: the groups that a group admin is limited to. A group has `roles`, which
its members hold. A token has `share`, in percent of the org's rate limits, `created`, and `zones`,
the addresses or ranges of them that it may be used from. What a service app has is in `clientfile`,
and so is what `custom_roles` of a user are.

A rule has an `expression`, and `members`: who it feeds, whatever the expression means. An app has
`name`, `status`, `groups` and `users`. A user has a `department` for rules to ask for, instants of
their past (`created`, `activated`, `status_changed`, `last_login`, `password_changed`),
`has_password` where that does not follow from the status, and a `recovery_question`; the `source`
of an APP_GROUP is the label of its app.
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
from reconciler.sandbox.world.values import Fields, Shapes

_Noun = TypeVar("_Noun")
_LAGS: Final = ("index_lag", "member_lag", "create_lag", "log_delay")
_OF_ORGS: Final = ("id", "subdomain", "name", "domain")
_PAST: Final = ("created", "activated", "status_changed", "last_login", "password_changed")
_OF_USERS: Final = (*_PAST, "has_password", "roles", "targets", "custom_roles")
_PARTS: Final = (
    *("now", "org", "users", "groups", "rules", "apps", "tokens", "oauth_clients"),
    *(*_LAGS, "touch_lag", "concurrency", "choices"),
)


class _Loader(yaml.CSafeLoader):
    """Plain YAML in which an instant stays text, so that one parser decides what it means."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, shape) for tag, shape in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def load_world(path: Path) -> World:
    """The world that the file describes; `WorldError` names all that is wrong with it."""
    try:
        return _world(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WorldError((f"the world cannot be read: {error}",)) from error


def default_world() -> World:
    """The world that comes with the package."""
    return _world(files("reconciler.sandbox").joinpath("default_world.yaml").read_text("utf-8"))


def _world(text: str) -> World:
    try:
        # _Loader is a safe loader: it builds plain values only.
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 - as said above
    except yaml.YAMLError as error:
        raise WorldError((f"the world is no YAML: {error}",)) from error
    reader = _Reader()
    world = reader.world(raw)
    found = (*reader.shapes.found, *problems(world))
    if found:
        raise WorldError(found)
    return world


class _Reader:
    """Makes the nouns of a world; what does not fit is noted by its shapes and left out."""

    def __init__(self) -> None:
        self.shapes = Shapes()

    def world(self, raw: object) -> World:
        """The world as far as it can be read."""
        top = self.shapes.mapping(raw, "world", _PARTS) or {}
        org = self.shapes.mapping(top.get("org", {}), "org", _OF_ORGS) or {}
        return World(
            now=self.shapes.instant(top, "now", "world") or DEFAULT_NOW,
            org=Org(**self.shapes.texts(org, "org")),
            users=tuple(self._all(top, "users", self._user)),
            groups=tuple(self._all(top, "groups", self._group)),
            rules=tuple(self._all(top, "rules", self._rule)),
            apps=tuple(self._all(top, "apps", self._app)),
            tokens=tuple(self._all(top, "tokens", self._token)),
            oauth_clients=tuple(self._all(top, "oauth_clients", partial(client, self.shapes))),
            options=self._options(top),
        )

    def _options(self, top: Fields) -> Options:
        return Options(
            **{key: self.shapes.seconds(top, key, "world") for key in _LAGS},
            touch_lag=self.shapes.seconds(top, "touch_lag", "world", Options().touch_lag),
            concurrency=self.shapes.count(top, "concurrency", "world", 1)
            if "concurrency" in top
            else None,
            choices=self._choices(top),
        )

    def _choices(self, top: Fields) -> Choices:
        """Numbers are fine too: an HTTP status reads best without quotes."""
        read = self.shapes.mapping(top.get("choices", {}), "choices", tuple(POSSIBLE)) or {}
        made: dict[str, str] = {}
        for key, value in read.items():
            values = POSSIBLE[str(key)]
            if str(value) in values:
                made[str(key)] = str(value)
            else:
                self.shapes.found.append(f"choices: {key} is none of {', '.join(values)}: {value}")
        return msgspec.convert(made, Choices)

    def _user(self, raw: object, where: str) -> User | None:
        names = ("login", "email", "first_name", "last_name", "department", "status", "id")
        words = (*names, "recovery_question")
        read = self.shapes.named(raw, where, "login", (*words, *_OF_USERS))
        return (
            None
            if read is None
            else User(
                **self.shapes.texts({key: read[key] for key in words if key in read}, where),
                created=self.shapes.instant(read, "created", where),
                activated=self.shapes.instant(read, "activated", where),
                status_changed=self.shapes.instant(read, "status_changed", where),
                last_login=self.shapes.instant(read, "last_login", where),
                password_changed=self.shapes.instant(read, "password_changed", where),
                has_password=self.shapes.flag(read, "has_password", where)
                if "has_password" in read
                else None,
                roles=self.shapes.names(read, "roles", where),
                targets=self.shapes.names(read, "targets", where),
                custom_roles=custom_roles(self.shapes, read, where),
            )
        )

    def _group(self, raw: object, where: str) -> Group | None:
        words = ("name", "id", "description", "type", "source")
        read = self.shapes.named(raw, where, "name", (*words, "created", "members", "roles"))
        return (
            None
            if read is None
            else Group(
                **self.shapes.texts({key: read[key] for key in words if key in read}, where),
                created=self.shapes.instant(read, "created", where),
                members=self.shapes.names(read, "members", where),
                roles=self.shapes.names(read, "roles", where),
            )
        )

    def _rule(self, raw: object, where: str) -> Rule | None:
        words = ("name", "id", "status", "expression")
        read = self.shapes.named(raw, where, "name", (*words, "groups", "members", "exclude"))
        if read is None:
            return None
        if "expression" not in read:
            self.shapes.found.append(f"{where}: expression is missing")
        return Rule(
            **{
                "expression": "",
                **self.shapes.texts({key: read[key] for key in words if key in read}, where),
            },
            groups=self.shapes.names(read, "groups", where),
            members=self.shapes.names(read, "members", where),
            exclude=self.shapes.names(read, "exclude", where),
        )

    def _app(self, raw: object, where: str) -> App | None:
        words = ("label", "id", "name", "status")
        read = self.shapes.named(raw, where, "label", (*words, "groups", "users"))
        return (
            None
            if read is None
            else App(
                **self.shapes.texts({key: read[key] for key in words if key in read}, where),
                groups=self.shapes.names(read, "groups", where),
                users=self.shapes.names(read, "users", where),
            )
        )

    def _token(self, raw: object, where: str) -> Token | None:
        words = ("name", "id", "owner", "value", "status")
        read = self.shapes.named(raw, where, "name", (*words, "share", "created", "zones"))
        if read is None:
            return None
        if "owner" not in read:
            self.shapes.found.append(f"{where}: owner is missing")
        texts = self.shapes.texts({key: read[key] for key in words if key in read}, where)
        return Token(
            name=texts.get("name", ""),
            owner=texts.get("owner", ""),
            id=texts.get("id", ""),
            value=texts.get("value", ""),
            status=texts.get("status", "ACTIVE"),
            share=self.shapes.count(read, "share", where, 50),
            created=self.shapes.instant(read, "created", where),
            zones=self.shapes.names(read, "zones", where),
        )

    def _all(
        self, top: Fields, part: str, read: Callable[[object, str], _Noun | None]
    ) -> Iterator[_Noun]:
        raw = top.get(part) or []
        if not isinstance(raw, list):
            self.shapes.found.append(f"{part}: not a list")
            return
        for index, each in enumerate(raw):
            noun = read(each, f"{part}[{index}]")
            if noun is not None:
                yield noun


_WORDS: Final = ("label", "client_id", "status", "application_type", "auth_method")
_LISTS: Final = ("scopes", "roles", "targets", "zones")
_REST: Final = ("custom_roles", "jwks", "dpop_bound", "generate")
_OF_ROLES: Final = ("name", "id", "permissions", "groups")


def client(shapes: Shapes, raw: object, where: str) -> OAuthClient | None:
    """The service app that a mapping describes; None when it has no label."""
    read = shapes.named(raw, where, "label", (*_WORDS, *_LISTS, *_REST))
    if read is None:
        return None
    words = shapes.texts({key: read[key] for key in _WORDS if key in read}, where)
    return OAuthClient(
        label=words.get("label", ""),
        client_id=words.get("client_id", ""),
        status=words.get("status", "ACTIVE"),
        application_type=words.get("application_type", "service"),
        auth_method=words.get("auth_method", "private_key_jwt"),
        scopes=shapes.names(read, "scopes", where),
        roles=shapes.names(read, "roles", where),
        targets=shapes.names(read, "targets", where),
        zones=shapes.names(read, "zones", where),
        custom_roles=custom_roles(shapes, read, where),
        jwks=shapes.keys(read, "jwks", where),
        dpop_bound=shapes.flag(read, "dpop_bound", where),
        generate=shapes.flag(read, "generate", where),
    )


def custom_roles(shapes: Shapes, read: Fields, where: str) -> tuple[CustomRole, ...]:
    """The custom roles that somebody is given."""
    made = []
    for at, raw in enumerate(shapes.items(read, "custom_roles", where)):
        here = f"{where}.custom_roles[{at}]"
        role = shapes.named(raw, here, "name", _OF_ROLES)
        if role is not None:
            words: Fields = {key: role[key] for key in ("name", "id") if key in role}
            texts = shapes.texts(words, here)
            made.append(
                CustomRole(
                    name=texts.get("name", ""),
                    id=texts.get("id", ""),
                    permissions=shapes.names(role, "permissions", here),
                    groups=shapes.names(role, "groups", here),
                )
            )
    return tuple(made)
