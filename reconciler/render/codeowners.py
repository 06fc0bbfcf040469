"""Who has to agree to a change of which file, for GitHub, which reads CODEOWNERS.

The last line that matches a path decides there (GitHub: about code owners), so what is general
stands first, and what must never be taken over stands last.
"""

import re
from collections.abc import Iterable, Iterator

from reconciler.model.catalog import Catalog, Tool, risks
from reconciler.model.settings import Contact, Operator
from reconciler.proposals.merging import is_left_to_check

__all__ = ["HEADER", "can_name", "codeowners", "explain_missing_owners"]

HEADER = "# Written by `reconciler codeowners`; change the catalog instead, and write it again."
_PLAIN = re.compile(r"[A-Za-z0-9._/-]+")
_FOLDER = re.compile(r"[\w./ -]*")
_ADMINS_FOLDERS = (
    "connectors",
    "doors",
    "bindings",
    "identities",
    "acknowledgements",
    "tools",
    "grants",
)


def can_name(folder: str) -> bool:
    """Whether a pattern can mean just this folder: `#`, `!`, `[` and `*` have no sure escape."""
    return _FOLDER.fullmatch(folder) is not None


def codeowners(catalog: Catalog, folder: str) -> str:
    """The whole file; `folder` is the catalog's path from the top of the repository.

    A blank in it is escaped: it would end the pattern, and the rest be read as owners.

    Grants belong to the approvers of their tool, a tool's file to its owners, what is said of
    accounts to admins and operators, and everything else to the admins. Contacts without a name at
    GitHub are left out; `explain_missing_owners` names them. Where proposals are merged once they
    are verified, a line without owners leaves a tool's grants to the check, if nobody is added by
    what a file alone claims.
    """
    admins = _handles(catalog.settings.admins)
    top = "/" if folder in {"", "."} else f"/{folder}/".replace(" ", r"\ ")
    lines = [HEADER, "", f"* {admins}", f"{top}settings.yaml {admins}"]
    lines += [f"{top}{name}/ {admins}" for name in _ADMINS_FOLDERS]
    lines += ["", "# tools: their owners"]
    lines += _tools(catalog.tools.values(), top)
    lines += ["", "# grants: the approvers of the tool"]
    lines += _grants(catalog, top)
    if catalog.settings.operators:
        both = _handles(catalog.settings.account_approvers)
        lines += ["", "# accounts: the admins and operators", f"{top}users/ {both}"]
    lines += ["", "# how all this is run, and this file", f"/.github/ {admins}"]
    lines += [
        f"/.github/CODEOWNERS {admins}",
        f"/CODEOWNERS {admins}",
        f"/docs/CODEOWNERS {admins}",
    ]
    return "\n".join(lines) + "\n"


def explain_missing_owners(catalog: Catalog) -> Iterator[str]:
    """A sentence for each contact who cannot be asked for a review."""
    if not catalog.settings.admins:
        yield "settings.yaml names no `admins`, so nobody owns the rules"
    for where, contacts in _responsible(catalog):
        if missing := [c.email for c in contacts if c.github is None]:
            yield f"{', '.join(missing)} of {where} has no name at GitHub (`github`)"


def _responsible(catalog: Catalog) -> Iterator[tuple[str, tuple[Contact | Operator, ...]]]:
    yield "the settings' admins", catalog.settings.admins
    yield "the settings' operators", catalog.settings.operators
    for tool in sorted(catalog.tools.values(), key=lambda t: t.id):
        yield f"the owners of {tool.id}", tool.owners
        yield f"the approvers of {tool.id}", tool.approvers


def _grants(catalog: Catalog, top: str) -> Iterator[str]:
    risk = risks(catalog)
    for tool in sorted(catalog.tools.values(), key=lambda t: t.id):
        if is_left_to_check(tool, catalog, risk):
            yield f"{top}grants/{tool.id}/"
        elif handles := _handles(tool.approvers or tool.owners):
            yield f"{top}grants/{tool.id}/ {handles}"


def _tools(tools: Iterable[Tool], top: str) -> list[str]:
    """A line per file that holds one tool; a file of several stays with the admins."""
    by_path: dict[str, list[Tool]] = {}
    for tool in tools:
        if tool.origin is not None:
            by_path.setdefault(tool.origin.path.rpartition("/")[2], []).append(tool)
    return [
        f"{top}tools/{name} {handles}"
        for name, inside in sorted(by_path.items())
        if len(inside) == 1 and _PLAIN.fullmatch(name) and (handles := _handles(inside[0].owners))
    ]


def _handles(contacts: Iterable[Contact | Operator]) -> str:
    """Each name once, in the order of the files."""
    return " ".join(dict.fromkeys(c.github for c in contacts if c.github is not None))
