"""The embedded org's contents, as lines."""

from collections.abc import Iterator

from reconciler.render.escape import harmless
from reconciler.render.text import Line
from reconciler.sandbox import Sandbox

__all__ = ["SUBJECTS", "show_lines"]

SUBJECTS = ("users", "groups", "members", "rules", "log")


def show_lines(sandbox: Sandbox, what: str, group: str) -> Iterator[Line]:
    """One line for each thing, its columns parted by two spaces."""
    match what:
        case "users":
            rows = [(u.id, u.status, u.login, u.email) for u in sandbox.users()]
        case "groups":
            rows = [(g.id, g.type, f"{g.members} members", g.name) for g in sandbox.groups()]
        case "members":
            rows = [(u.id, u.status, u.login, u.email) for u in sandbox.members(group)]
        case "rules":
            rows = [(r.id, r.status, r.name, r.expression) for r in sandbox.rules()]
        case "log":
            rows = [(e.published, e.event, e.actor, f"{e.user} {e.group}") for e in sandbox.log()]
        case _:
            rows = [
                (f.kind, f"{f.status or ''}", f"{f.method} {f.path}", f"times {f.times}")
                for f in sandbox.faults.list()
            ]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    for row in rows:
        cells = [harmless(cell).ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield Line("  ".join([*cells, harmless(row[-1])]).rstrip())
