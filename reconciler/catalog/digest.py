"""Which catalog this is: a digest of what it declares, wherever it is written."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from reconciler.model.approvals.doors import GitHubDoor, JiraDoor
from reconciler.model.catalog import Catalog, Tool
from reconciler.model.settings import Operator

__all__ = ["catalog_digest"]


def catalog_digest(catalog: Catalog) -> str:
    """The sha256 of what the catalog declares, wherever it is written and in whatever order."""
    protected = _without_origin(catalog.settings.protected)
    settings = replace(catalog.settings, protected=protected, operators=(), moved_reviews=None)
    doors = (catalog.doors.github, catalog.doors.jira)
    hashed = hashlib.sha256()
    listed: tuple[tuple[str, Iterable[Any]], ...] = (
        ("settings", [settings]),
        ("operators", map(_spell_operator, catalog.settings.operators)),
        ("doors", map(_spell_door, (door for door in doors if door is not None))),
        ("connectors", _without_origin(catalog.connectors.values())),
        ("tools", map(_spell_tool, catalog.tools.values())),
        ("bindings", _without_origin(catalog.bindings)),
        ("grants", _without_origin(catalog.grants)),
        ("identities", _without_origin(catalog.identities)),
        ("acknowledgements", _without_origin(catalog.acknowledgements)),
        ("users", _without_origin(catalog.accounts)),
    )
    for name, nouns in listed:
        lines = sorted(msgspec.json.encode(noun, order="deterministic") for noun in nouns)
        hashed.update(b"\n".join([name.encode(), *lines, b""]))
    return hashed.hexdigest()


def _without_origin(nouns: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(replace(noun, origin=None) for noun in nouns)


def _spell_door(door: GitHubDoor | JiraDoor) -> tuple[Any, ...]:
    """The door with every set of its ids in one order."""
    plain = replace(door, origin=None)
    if isinstance(plain, GitHubDoor):
        return ("github", plain)
    listed = [sorted(ids) for ids in (plain.issue_types, plain.approved, plain.ended)]
    nothing: frozenset[str] = frozenset()
    fields = {field.value: id_ for field, id_ in plain.fields.items()}
    rest = replace(plain, issue_types=nothing, approved=nothing, ended=nothing, fields={})
    return ("jira", rest, listed, fields)


def _spell_tool(tool: Tool) -> tuple[Tool, list[str] | None]:
    """The tool with the sources that count for it in one order."""
    sources = None if tool.approvals is None else sorted(each.value for each in tool.approvals)
    return (replace(tool, approvals=None, origin=None), sources)


def _spell_operator(operator: Operator) -> tuple[str, str | None, list[str]]:
    """The operator with the actions in one order; a set has none."""
    return (operator.email, operator.github, sorted(action.value for action in operator.may))
