"""The embedded org's contents, as lines."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from reconciler.render.escape import harmless
from reconciler.render.text import Line
from reconciler.sandbox import Fault, Sandbox

__all__ = ["SUBJECTS", "show_lines"]

SUBJECTS = ("users", "groups", "members", "rules", "apps", "clients", "log")

_Row: TypeAlias = tuple[str, str, str, str]


def show_lines(sandbox: Sandbox, what: str, group: str) -> Iterator[Line]:
    """One line for each thing, its columns parted by two spaces."""
    rows = _ROWS[what](sandbox, group)
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    for row in rows:
        cells = [harmless(cell).ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield Line("  ".join([*cells, harmless(row[-1])]).rstrip())


def _users(sandbox: Sandbox, _group: str) -> list[_Row]:
    return [(u.id, u.status, u.login, u.email) for u in sandbox.users()]


def _groups(sandbox: Sandbox, _group: str) -> list[_Row]:
    return [(g.id, g.type, f"{g.members} members", g.name) for g in sandbox.groups()]


def _members(sandbox: Sandbox, group: str) -> list[_Row]:
    return [(u.id, u.status, u.login, u.email) for u in sandbox.members(group)]


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
