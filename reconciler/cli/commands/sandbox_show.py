"""The embedded org's contents, as lines."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO, TypeAlias

from reconciler.model.errors import StoreError
from reconciler.render.formats.escape import escape
from reconciler.render.formats.text import Line
from reconciler.sandbox import Fault, Sandbox, UserRow

__all__ = ["SUBJECTS", "new_key_file", "show_lines"]

SUBJECTS = ("users", "groups", "members", "rules", "apps", "clients", "log")

_Row: TypeAlias = tuple[str, ...]


def show_lines(sandbox: Sandbox, what: str, group: str) -> Iterator[Line]:
    """One line for each thing, its columns parted by two spaces."""
    rows = _ROWS[what](sandbox, group)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    for row in rows:
        cells = [escape(cell).ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield Line("  ".join([*cells, escape(row[-1])]).rstrip())


def _users(sandbox: Sandbox, _group: str) -> list[_Row]:
    return list(map(_user, sandbox.users()))


def _groups(sandbox: Sandbox, _group: str) -> list[_Row]:
    return [(g.id, g.type, f"{g.members} members", g.name) for g in sandbox.groups()]


def _members(sandbox: Sandbox, group: str) -> list[_Row]:
    return list(map(_user, sandbox.members(group)))


def _user(row: UserRow) -> _Row:
    status = f"{row.status}, to be {row.moving_to}" if row.moving_to else row.status
    return (row.id, status, row.provider, row.login, row.email)


def _rules(sandbox: Sandbox, _group: str) -> list[_Row]:
    return [(r.id, r.status, r.name, r.expression) for r in sandbox.rules()]


def _apps(sandbox: Sandbox, _group: str) -> list[_Row]:
    return [(a.id, a.status, ", ".join(a.groups) or "no group", a.label) for a in sandbox.apps()]


def _clients(sandbox: Sandbox, _group: str) -> list[_Row]:
    """A service app with its roles and its scopes."""
    return [
        (
            client.client_id,
            client.status,
            ", ".join([*client.roles, *(role.name for role in client.custom_roles)]) or "no role",
            f"{client.label}: {' '.join(client.scopes) or 'no scope'}",
        )
        for client in sandbox.clients()
    ]


def _log(sandbox: Sandbox, _group: str) -> list[_Row]:
    return [(e.published, e.event, e.actor, f"{e.user} {e.group}") for e in sandbox.log()]


def _faults(sandbox: Sandbox, _group: str) -> list[_Row]:
    return [
        (f.kind, f"{f.status or ''}", f"{f.method} {f.path}", _when(f))
        for f in sandbox.faults.list()
    ]


def _when(fault: Fault) -> str:
    """How often, after how many that pass, and by how much."""
    skip = f", skip {fault.skip}" if fault.skip else ""
    seconds = "" if fault.seconds is None else f", seconds {fault.seconds:g}"
    return f"times {fault.times}{skip}{seconds}"


_ROWS: Final[Mapping[str, Callable[[Sandbox, str], list[_Row]]]] = {
    "users": _users,
    "groups": _groups,
    "members": _members,
    "rules": _rules,
    "apps": _apps,
    "clients": _clients,
    "log": _log,
    "faults": _faults,
}


@contextmanager
def new_key_file(path: Path) -> Iterator[TextIO]:
    """A file that was not there, for its owner alone; gone again when nothing came of it."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise StoreError(
            "key-file-exists", f"{path} is there already", "name a file that is not"
        ) from error
    except OSError as error:
        raise StoreError(
            "key-file-unwritable",
            f"{path} cannot be written: {error.strerror}",
            "name a file in a folder that is there",
        ) from error
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
