"""What a change does to settings, connectors, tools, bindings and identities, in sentences.

Grants are not told here: what they do stands in the plan's lines. Where a file lies is no part of
what it declares, so moving, renaming and splitting files says nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum

from reconciler.model.against import Cause
from reconciler.model.catalog import Authority, Binding, Catalog
from reconciler.model.plan import Action, Plan
from reconciler.planning.difference import in_words

__all__ = ["catalog_changes"]

_Plain = dict[str, dict[str, str]]
_UNSET = "not set"
_UNSAID = frozenset({"id", "origin", "tool", "entitlement", "connector", "keys", "entitlements"})
"""Fields that name the object, or say where it lies."""


def catalog_changes(base: Catalog, head: Catalog, plan: Plan) -> tuple[str, ...]:
    """A sentence for each difference, with what it does to people where `plan` shows that."""
    before, after = _plain(base), _plain(head)
    if before == after:
        return ()
    said = in_words(before, after, "is new", "is gone")
    return tuple(f"{text}{_effect(text, head.bindings, plan)}" for text in said)


def _plain(catalog: Catalog) -> _Plain:
    """Every object but grants by its name, each field as a reader would write it."""
    plain: _Plain = {"settings": _settings(catalog)}
    for connector in catalog.connectors.values():
        plain[f"connector {connector.id}"] = _texts(connector)
    for tool in catalog.tools.values():
        plain[f"tool {tool.id}"] = _texts(tool)
        for entitlement in tool.entitlements.values():
            plain[f"entitlement {tool.id}/{entitlement.id}"] = _texts(entitlement)
    for binding in catalog.bindings:
        plain[f"binding {binding.name}"] = _texts(binding)
    for mapping in catalog.identities:
        for key in mapping.keys:
            plain[f"identity {key}"] = _texts(mapping)
    for exception in catalog.acknowledgements:
        name = f"acknowledgement of {exception.guard} by {exception.by}"
        plain[f"{name} through {exception.expires.isoformat()}"] = _texts(exception)
    return plain


def _settings(catalog: Catalog) -> dict[str, str]:
    """The settings with each guard's limits as a field of its own."""
    settings = catalog.settings
    limits = {f"guards.{k}": v for k, v in _texts(settings.guards).items()}
    return {k: v for k, v in _texts(settings).items() if k != "guards"} | limits


def _texts(noun: object) -> dict[str, str]:
    return {
        f.name: _text(getattr(noun, f.name))
        for f in fields(noun)  # type: ignore[arg-type]  # only ever given nouns
        if f.name not in _UNSAID
    }


def _text(value: object) -> str:
    match value:
        case frozenset():
            return ", ".join(sorted(_text(item) for item in value)) or "none"
        case tuple():
            return ", ".join(_text(item) for item in value) or "none"
        case Mapping():
            return ", ".join(f"{key}: {_text(item)}" for key, item in value.items()) or "none"
        case Enum():
            return str(value.value)
        case _:
            return _scalar(value)


def _scalar(value: object) -> str:
    if value is None or value == "":
        return _UNSET
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_dataclass(value) and type(value).__str__ is object.__str__:
        stated = ((f.name, getattr(value, f.name)) for f in fields(value) if f.name != "origin")
        return " ".join(f"{name} {_text(item)}" for name, item in stated if item is not None)
    return str(value)


def _effect(text: str, bindings: Iterable[Binding], plan: Plan) -> str:
    """What a binding's change costs or gives, from the lines that the change alone brings."""
    starts = {b.name: (f"binding {b.name}: ", f"binding {b.name} is ") for b in bindings}
    bound = next((name for name, either in starts.items() if text.startswith(either)), None)
    if bound is None:
        return ""
    keys = {s.group.key for s in plan.groups if bound in s.bindings}
    mine = [c for c in plan.changes if c.group.key in keys and c.cause is Cause.CHANGE]
    losing = sum(1 for c in mine if c.action is Action.REMOVE)
    gaining = sum(1 for c in mine if c.action is Action.ADD)
    lines = [b for b in plan.blocked if b.group.key in keys and b.cause is Cause.CHANGE]
    parts = [_people(losing, "lose"), _people(gaining, "get")]
    said = " and ".join(part for part in parts if part)
    if said or lines:
        held = f"{len(lines):,} blocked" if lines else ""
        return ": " + ", ".join(part for part in (f"{said} access" if said else "", held) if part)
    return ": nobody loses access" if Authority.AUTHORITATIVE.value in text else ""


def _people(number: int, verb: str) -> str:
    if not number:
        return ""
    who = "1 person" if number == 1 else f"{number:,} people"
    return f"{who} would {verb}"
