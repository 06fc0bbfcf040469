"""What a change does to everything but grants, in words: settings, doors, tools, accounts.

Grants are left out: the plan's lines show what they do. The path of a file is no part of what it
declares, so moving, renaming and splitting files says nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum

from reconciler.model.accounts import AccountDeclaration
from reconciler.model.approvals.doors import Doors
from reconciler.model.approvals.review import CatalogChange, Cause
from reconciler.model.catalog import Acknowledgement, Authority, BindGroup, Binding, Catalog, Tool
from reconciler.model.plan import Action, GroupRef, Plan
from reconciler.model.settings import Contact, Operator
from reconciler.planning.field_diff import Difference, compare_fields
from reconciler.planning.refs import cite_names

__all__ = ["catalog_changes"]

_Plain = dict[str, dict[str, str]]
_UNSET = "not set"
_UNSAID = frozenset(
    {"id", "origin", "tool", "entitlement", "connector", "keys", "entitlements", "subject"}
)
"""Fields that name the object or its place."""


def catalog_changes(base: Catalog, head: Catalog, plan: Plan) -> tuple[CatalogChange, ...]:
    """A sentence for each difference, with what it does to people where `plan` shows that."""
    before, after = _plain(base), _plain(head)
    if before == after:
        return ()
    bindings = {_name(b): b for b in (*base.bindings, *head.bindings)}
    people: dict[str, set[str]] = defaultdict(set)
    for name, person in (*_people_of(base), *_people_of(head)):
        people[name].add(person)
    return tuple(
        CatalogChange(
            summary=f"{found.words}{_effect(found, bindings.get(found.name), plan)}",
            people=cite_names(people.get(found.name, ())),
            groups=_groups(bindings.get(found.name)),
        )
        for found in compare_fields(before, after, "is new", "is gone")
    )


def _name(binding: Binding) -> str:
    return f"binding {binding.name}"


def _groups(binding: Binding | None) -> tuple[GroupRef, ...]:
    if binding is None:
        return ()
    group = binding.group
    own = GroupRef(id=group.id if isinstance(group, BindGroup) else None, name=group.name)
    left = binding.replaces
    return (own, *((GroupRef(id=left, name=left),) if left is not None else ()))


def _people_of(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Everyone whom an object names, by its name; a reason may name anybody, so it counts."""
    settings = catalog.settings
    for person in settings.protected:
        yield from (("settings", name) for name in (person.login, person.id or "", person.reason))
    yield from (("settings", name) for name in _contacts(settings.account_approvers))
    yield from _people_of_doors(catalog.doors)
    for connector in catalog.connectors.values():
        if connector.canary is not None:
            yield f"connector {connector.id}", connector.canary.user
    for tool in catalog.tools.values():
        yield from _people_of_tool(tool)
    for mapping in catalog.identities:
        for key in mapping.keys:
            names = (*mapping.keys, mapping.login or "", mapping.id or "")
            yield from ((f"identity {key}", name) for name in names)
    for declared in catalog.accounts:
        yield from ((_account(declared), name) for name in _people_of_account(declared))
    yield from _people_of_exceptions(catalog)


def _people_of_doors(doors: Doors) -> Iterator[tuple[str, str]]:
    """The accounts that sign in to Jira may be people's."""
    accounts = (doors.jira.reading, doors.jira.writing) if doors.jira else ()
    yield from (("door jira", account.email) for account in accounts if account is not None)


def _people_of_exceptions(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for exception in catalog.acknowledgements:
        people = (exception.by, exception.reason, *exception.people)
        yield from ((_exception(exception), person) for person in people)


def _people_of_tool(tool: Tool) -> Iterator[tuple[str, str]]:
    for name in (*_contacts(tool.owners), *_contacts(tool.approvers)):
        yield f"tool {tool.id}", name
    for entitlement in tool.entitlements.values():
        for subject in entitlement.required_members:
            yield f"entitlement {tool.id}/{entitlement.id}", subject


def _account(declared: AccountDeclaration) -> str:
    return f"account {declared.subject}"


def _people_of_account(declared: AccountDeclaration) -> Iterator[str]:
    yield from (declared.subject, declared.reason)
    requests = [request for _, request in declared.requests]
    yield from (request.reason for request in requests)
    for approval in (declared.approval, *(request.approval for request in requests)):
        if approval is not None:
            yield from (*approval.approved_by, approval.requested_by or "")


def _contacts(contacts: tuple[Contact | Operator, ...]) -> Iterator[str]:
    for contact in contacts:
        yield from (contact.email, contact.github or "")


def _exception(exception: Acknowledgement) -> str:
    name = f"acknowledgement of {exception.guard} by {exception.by}"
    return f"{name} through {exception.expires.isoformat()}"


def _plain(catalog: Catalog) -> _Plain:
    """Every object but grants by its name, each field as a reader would write it."""
    plain: _Plain = {"settings": _settings(catalog)}
    for name, door in (("github", catalog.doors.github), ("jira", catalog.doors.jira)):
        if door is not None:
            plain[f"door {name}"] = _texts(door)
    for connector in catalog.connectors.values():
        plain[f"connector {connector.id}"] = _texts(connector)
    for tool in catalog.tools.values():
        plain[f"tool {tool.id}"] = _texts(tool)
        for entitlement in tool.entitlements.values():
            plain[f"entitlement {tool.id}/{entitlement.id}"] = _texts(entitlement)
    for mapping in catalog.identities:
        for key in mapping.keys:
            plain[f"identity {key}"] = _texts(mapping)
    named: dict[str, object] = {
        **{_name(binding): binding for binding in catalog.bindings},
        **{_account(declared): declared for declared in catalog.accounts},
        **{_exception(exception): exception for exception in catalog.acknowledgements},
    }
    return plain | {name: _texts(noun) for name, noun in named.items()}


def _settings(catalog: Catalog) -> dict[str, str]:
    """The settings by the names of the file, each guard's limits as a field of its own."""
    settings = catalog.settings
    texts = _texts(settings)
    limits = {f"guards.{k}": v for k, v in _texts(settings.guards).items()}
    rules = {f"proposals.{k}": v for k, v in _texts(settings.proposals).items()}
    rules["approvals.required"] = texts["required"]
    told_apart = {"guards", "proposals", "required", "moved_reviews"}
    return {k: v for k, v in texts.items() if k not in told_apart} | limits | rules


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
            return (
                ", ".join(f"{_text(key)}: {_text(item)}" for key, item in value.items()) or "none"
            )
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


def _effect(found: Difference, binding: Binding | None, plan: Plan) -> str:
    """What a binding's change costs or gives, from the lines that the change alone brings."""
    hidden = {w.group.key for w in plan.against.withheld} if plan.against else set()
    if binding is None or any(group.key in hidden for group in _groups(binding)):
        return ""
    keys = {s.group.key for s in plan.groups if binding.name in s.bindings}
    mine = [c for c in plan.changes if c.group.key in keys and c.cause is Cause.CHANGE]
    losing = sum(1 for c in mine if c.action is Action.REMOVE)
    gaining = sum(1 for c in mine if c.action is Action.ADD)
    lines = [b for b in plan.blocked if b.group.key in keys and b.cause is Cause.CHANGE]
    parts = [_people(losing, "lose"), _people(gaining, "get")]
    access = " and ".join(part for part in parts if part)
    if access or lines:
        held = f"{len(lines):,} blocked" if lines else ""
        return ": " + ", ".join(
            part for part in (f"{access} access" if access else "", held) if part
        )
    goes_strict = found.field == "authority" and binding.authority is Authority.AUTHORITATIVE
    return ": nobody loses access" if goes_strict and keys else ""


def _people(number: int, verb: str) -> str:
    if not number:
        return ""
    who = "1 person" if number == 1 else f"{number:,} people"
    return f"{who} would {verb}"
