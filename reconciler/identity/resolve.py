"""A subject becomes one person, or a stated doubt."""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.identity.index import DirectoryIndex
from reconciler.identity.subject import is_outside_account
from reconciler.model.catalog import IdentityMapping
from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import OktaUserId, login_key
from reconciler.model.settings import IdentityRule

__all__ = ["Ambiguous", "Missing", "Resolution", "Resolved", "Unknown", "Unresolved", "resolve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Exactly one candidate. `is_anchored`: a mapping gave login and id, so it is beyond doubt."""

    user: DirectoryUser
    rule: IdentityRule
    is_anchored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """More than one candidate, in whatever status; nobody chooses for the reader."""

    candidates: tuple[DirectoryUser, ...]
    rule: IdentityRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """No candidate: nobody has this login (or address), or the mapping names no one."""

    is_mapped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The look-up failed, so who this is cannot be said."""

    detail: str


Unresolved = Ambiguous | Missing | Unknown
Resolution = Resolved | Unresolved


def resolve(
    subject: str,
    mappings: tuple[IdentityMapping, ...],
    people: DirectoryIndex,
    rules: tuple[IdentityRule, ...],
) -> Resolution:
    """Whom the subject means: the first rule with a candidate decides, and all of them count.

    An explicit mapping decides even when it finds nobody: falling back to a login that another
    person may hold by now would answer a question that was already answered.
    """
    if mappings and IdentityRule.MAPPING in rules:
        found = {user.id: user for m in mappings for user in _find_mapped(m, people)}
        anchored = all(m.login is not None and m.id is not None for m in mappings)
        return _decide(found, IdentityRule.MAPPING, is_anchored=anchored)
    if is_outside_account(subject):
        return Missing()
    key = login_key(subject)
    for rule in rules:
        if rule is IdentityRule.MAPPING:
            continue
        table = people.by_login if rule is IdentityRule.LOGIN else people.by_email
        found = {user.id: user for user in table.get(key, ())}
        if found:
            return _decide(found, rule, is_anchored=False)
    return Missing()


def _find_mapped(mapping: IdentityMapping, people: DirectoryIndex) -> tuple[DirectoryUser, ...]:
    """The id decides where there is one: it outlives a renamed login."""
    if mapping.id is not None:
        user = people.by_id.get(mapping.id)
        return (user,) if user else ()
    return people.by_login.get(login_key(mapping.login or ""), ())


def _decide(
    found: Mapping[OktaUserId, DirectoryUser],
    rule: IdentityRule,
    *,
    is_anchored: bool,
) -> Resolution:
    candidates = tuple(sorted(found.values(), key=lambda user: (login_key(user.login), user.id)))
    match candidates:
        case ():
            return Missing(is_mapped=rule is IdentityRule.MAPPING)
        case (user,):
            return Resolved(user=user, rule=rule, is_anchored=is_anchored)
        case _:
            return Ambiguous(candidates=candidates, rule=rule)
