"""A world read from a YAML file, with every problem of the file named at once."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeVar

import yaml

from reconciler.sandbox.consistency import problems
from reconciler.sandbox.errors import WorldError
from reconciler.sandbox.instants import parsed
from reconciler.sandbox.world import (
    DEFAULT_NOW,
    App,
    Group,
    OAuthClient,
    Org,
    Rule,
    Token,
    User,
    World,
)

_Noun = TypeVar("_Noun")
_Fields = Mapping[object, object]
_PARTS: Final = ("now", "org", "users", "groups", "rules", "apps", "tokens", "oauth_clients")


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
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as error:
        raise WorldError((f"the world is no YAML: {error}",)) from error
    reader = _Reader()
    world = reader.world(raw)
    found = (*reader.found, *problems(world))
    if found:
        raise WorldError(found)
    return world


class _Reader:
    """Reads fields by shape; what does not fit is noted in `found` and left out."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def world(self, raw: object) -> World:
        """The world as far as it can be read."""
        top = self._mapping(raw, "world", _PARTS) or {}
        org = self._mapping(top.get("org", {}), "org", ("id", "subdomain", "name", "domain")) or {}
        return World(
            now=self._instant(top, "now", "world") or DEFAULT_NOW,
            org=Org(**self._texts(org, "org")),
            users=tuple(self._all(top, "users", self._user)),
            groups=tuple(self._all(top, "groups", self._group)),
            rules=tuple(self._all(top, "rules", self._rule)),
            apps=tuple(self._all(top, "apps", self._app)),
            tokens=tuple(self._all(top, "tokens", self._token)),
            oauth_clients=tuple(self._all(top, "oauth_clients", self._client)),
        )

    def _user(self, raw: object, where: str) -> User | None:
        words = ("login", "email", "first_name", "last_name", "status", "id")
        read = self._named(raw, where, "login", (*words, "created", "activated", "roles"))
        return (
            None
            if read is None
            else User(
                **self._texts({key: read[key] for key in words if key in read}, where),
                created=self._instant(read, "created", where),
                activated=self._instant(read, "activated", where),
                roles=self._names(read, "roles", where),
            )
        )

    def _group(self, raw: object, where: str) -> Group | None:
        words = ("name", "id", "description", "type")
        read = self._named(raw, where, "name", (*words, "created", "members"))
        return (
            None
            if read is None
            else Group(
                **self._texts({key: read[key] for key in words if key in read}, where),
                created=self._instant(read, "created", where),
                members=self._names(read, "members", where),
            )
        )

    def _rule(self, raw: object, where: str) -> Rule | None:
        words = ("name", "id", "status", "expression")
        read = self._named(raw, where, "name", (*words, "groups", "exclude"))
        if read is None:
            return None
        if "expression" not in read:
            self.found.append(f"{where}: expression is missing")
        return Rule(
            **{
                "expression": "",
                **self._texts({key: read[key] for key in words if key in read}, where),
            },
            groups=self._names(read, "groups", where),
            exclude=self._names(read, "exclude", where),
        )

    def _app(self, raw: object, where: str) -> App | None:
        words = ("label", "id")
        read = self._named(raw, where, "label", (*words, "groups"))
        return (
            None
            if read is None
            else App(
                **self._texts({key: read[key] for key in words if key in read}, where),
                groups=self._names(read, "groups", where),
            )
        )

    def _token(self, raw: object, where: str) -> Token | None:
        read = self._named(raw, where, "name", ("name", "id", "owner", "value", "status"))
        if read is None:
            return None
        if "owner" not in read:
            self.found.append(f"{where}: owner is missing")
        return Token(**{"owner": "", **self._texts(read, where)})

    def _client(self, raw: object, where: str) -> OAuthClient | None:
        words = ("name", "id", "status")
        read = self._named(raw, where, "name", (*words, "scopes", "roles"))
        return (
            None
            if read is None
            else OAuthClient(
                **self._texts({key: read[key] for key in words if key in read}, where),
                scopes=self._names(read, "scopes", where),
                roles=self._names(read, "roles", where),
            )
        )

    def _all(
        self, top: _Fields, part: str, read: Callable[[object, str], _Noun | None]
    ) -> Iterator[_Noun]:
        raw = top.get(part) or []
        if not isinstance(raw, list):
            self.found.append(f"{part}: not a list")
            return
        for index, each in enumerate(raw):
            noun = read(each, f"{part}[{index}]")
            if noun is not None:
                yield noun

    def _named(
        self, raw: object, where: str, key: str, known: tuple[str, ...]
    ) -> dict[object, object] | None:
        read = self._mapping(raw, where, known)
        if read is not None and not (isinstance(read.get(key), str) and read[key]):
            self.found.append(f"{where}: {key} is missing")
            return None
        return read

    def _mapping(
        self, raw: object, where: str, known: tuple[str, ...]
    ) -> dict[object, object] | None:
        if not isinstance(raw, dict):
            self.found.append(f"{where}: not a mapping")
            return None
        self.found += [f"{where}: unknown key: {key}" for key in raw if key not in known]
        return {key: value for key, value in raw.items() if key in known and value is not None}

    def _texts(self, read: _Fields, where: str) -> dict[str, str]:
        texts: dict[str, str] = {}
        for key, value in read.items():
            if isinstance(value, str):
                texts[str(key)] = value
            else:
                self.found.append(f"{where}: {key} is not text")
        return texts

    def _names(self, read: _Fields, key: str, where: str) -> tuple[str, ...]:
        raw = read.get(key, [])
        if isinstance(raw, list) and all(isinstance(each, str) for each in raw):
            return tuple(raw)
        self.found.append(f"{where}: {key} is not a list of texts")
        return ()

    def _instant(self, read: _Fields, key: str, where: str) -> datetime | None:
        value = read.get(key)
        if value is None:
            return None
        try:
            return parsed(str(value))
        except ValueError:
            self.found.append(f"{where}: {key} is no instant: {value}")
            return None
