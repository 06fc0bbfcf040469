"""Looks up everyone the catalog names who was not already seen among some group's members."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from reconciler.identity.index import DirectoryIndex, index_users
from reconciler.identity.subject import Lookup, is_outside_account, lookup, mappings_by_key
from reconciler.live.ports import DirectoryReader
from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import Binding, Catalog
from reconciler.model.directory import DirectoryUser, ReadFailure
from reconciler.model.ids import OktaUserId, login_key
from reconciler.model.settings import IdentityRule
from reconciler.planning.classify import protected_key
from reconciler.planning.people import lasting_subjects, wanted_subjects

__all__ = ["observe_people"]

MOST_DIRECT = 100
"""People who are asked for one by one in a run."""
NOT_ASKED = ReadFailure(
    code="unasked",
    detail=f"the search shows nobody, and no more than {MOST_DIRECT} people are asked for one by "
    "one in a run",
)
PER_REQUEST = 20
"""People per look-up. Okta documents no limit on clauses; a URL of this length is safe."""


async def observe_people(  # noqa: PLR0913, PLR0917 - who is looked for, and where
    reader: DirectoryReader,
    catalog: Catalog,
    bindings: tuple[Binding, ...],
    users: dict[OktaUserId, DirectoryUser],
    now: datetime | None = None,
    sides: tuple[Catalog, ...] = (),
    accounts: tuple[AccountDeclaration, ...] = (),
) -> dict[str, ReadFailure]:
    """Adds everyone found to `users`; returns the subjects whose look-up failed, by their key.

    Each of `sides` has its own mappings and rules, and everyone whom a name may mean by any of them
    is looked for: a plan that sees one candidate of two takes the name for clear.

    A person who has something now or later and was not found is asked for once more, directly: the
    index that answers a search is behind.
    """
    subjects = wanted_subjects(catalog, bindings, accounts)
    seen = index_users(users.values())
    spoken_of = frozenset(login_key(each.subject) for each in accounts)
    needs = _list_needs(catalog, subjects, seen, sides or (catalog,), spoken_of)
    unread: dict[str, ReadFailure] = {}

    async def look_up(batch: tuple[tuple[str, Lookup], ...]) -> None:
        found = await reader.fetch_users(
            ids=[i for _, need in batch for i in need.ids],
            logins=[n for _, need in batch for n in need.logins],
            emails=[e for _, need in batch for e in need.emails],
        )
        if isinstance(found, ReadFailure):
            unread.update((key, found) for key, _ in batch)
        else:
            for user in found:
                users.setdefault(user.id, user)  # a member list is never behind, the index may be

    async with asyncio.TaskGroup() as tasks:
        for batch in _batches(sorted(needs.items())):
            tasks.create_task(look_up(batch))
    lasting = {login_key(s) for s in lasting_subjects(catalog, bindings, now, accounts)}
    lasting |= {protected_key(person) for person in catalog.settings.protected}
    lost = _find_lost(needs, index_users(users.values()), lasting, unread)
    unread |= await _ask_directly(reader, lost, users)
    return unread


def _find_lost(
    needs: dict[str, Lookup],
    found: DirectoryIndex,
    lasting: Collection[str],
    unread: Collection[str],
) -> dict[str, tuple[str, ...]]:
    """The ids and logins of those whom the search did not show, of those who matter today."""
    return {
        key: (*need.ids, *need.logins)
        for key, need in sorted(needs.items())
        if key in lasting and key not in unread
        if not _is_found(need, found)
    }


def _is_found(need: Lookup, found: DirectoryIndex) -> bool:
    return (
        any(i in found.by_id for i in need.ids)
        or any(login_key(n) in found.by_login for n in need.logins)
        or any(login_key(e) in found.by_email for e in need.emails)
    )


async def _ask_directly(
    reader: DirectoryReader,
    lost: dict[str, tuple[str, ...]],
    users: dict[OktaUserId, DirectoryUser],
) -> dict[str, ReadFailure]:
    """Adds those who are there after all; returns the subjects of whom that is not known."""
    unread: dict[str, ReadFailure] = {}

    async def ask(key: str, names: tuple[str, ...]) -> None:
        for name in names:
            found = await reader.fetch_user(name)
            if isinstance(found, ReadFailure):
                unread[key] = found
            elif found is not None:
                users[found.id] = found

    asked = list(lost.items())
    async with asyncio.TaskGroup() as tasks:
        for key, names in asked[:MOST_DIRECT]:
            tasks.create_task(ask(key, names))
    unread.update((key, NOT_ASKED) for key, _ in asked[MOST_DIRECT:])
    return unread


def _list_needs(
    catalog: Catalog,
    wanted: tuple[str, ...],
    seen: DirectoryIndex,
    sides: tuple[Catalog, ...],
    spoken_of: Collection[str] = (),
) -> dict[str, Lookup]:
    """What is still to be asked, per subject.

    Of `spoken_of`, whose accounts would be changed, the bearer of a mapped login is asked for too.
    """
    subjects = {login_key(s): s for s in reversed(wanted)}
    needs = dict.fromkeys(subjects, Lookup())
    for side in sides:
        mappings, rules = mappings_by_key(side.identities), side.settings.match
        for key, subject in subjects.items():
            asked = lookup(subject, mappings.get(key, ()), rules)
            if key in spoken_of and key in mappings and not is_outside_account(subject):
                asked = replace(asked, logins=(*asked.logins, subject))
            needs[key] = _join_lookups(needs[key], _drop_seen(asked, rules, seen))
    for person in catalog.settings.protected:
        ids = (OktaUserId(person.id),) if person.id else ()
        logins = () if person.id else (person.login,)
        asked = Lookup(ids=ids, logins=logins)
        needs[protected_key(person)] = _drop_seen(asked, catalog.settings.match, seen)
    return {key: need for key, need in needs.items() if need != Lookup()}


def _join_lookups(one: Lookup, other: Lookup) -> Lookup:
    return Lookup(
        ids=tuple(dict.fromkeys((*one.ids, *other.ids))),
        logins=tuple(dict.fromkeys((*one.logins, *other.logins))),
        emails=tuple(dict.fromkeys((*one.emails, *other.emails))),
    )


def _drop_seen(asked: Lookup, rules: tuple[IdentityRule, ...], seen: DirectoryIndex) -> Lookup:
    """What of it no member page has answered yet.

    Ids and logins are unique in an org, so one that was seen needs no question. An address is not:
    it is asked unless the login rule comes first and has its one answer already.
    """
    logins = tuple(n for n in asked.logins if login_key(n) not in seen.by_login)
    is_answered = bool(asked.logins) and not logins and _is_login_first(rules)
    return Lookup(
        ids=tuple(i for i in asked.ids if i not in seen.by_id),
        logins=logins,
        emails=() if is_answered else asked.emails,
    )


def _is_login_first(rules: tuple[IdentityRule, ...]) -> bool:
    ordered = [rule for rule in rules if rule is not IdentityRule.MAPPING]
    return bool(ordered) and ordered[0] is IdentityRule.LOGIN


def _batches(
    needs: Iterable[tuple[str, Lookup]],
) -> Iterable[tuple[tuple[str, Lookup], ...]]:
    items = tuple(needs)
    for start in range(0, len(items), PER_REQUEST):
        yield items[start : start + PER_REQUEST]
