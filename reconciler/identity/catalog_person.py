"""Which person a typed name means, as far as the catalog alone says, and everything they go by.

A name that may mean two accounts is nobody's: whoever typed it is shown both and chooses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from reconciler.identity.subject import service_of
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.diagnostics import Span
from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import OktaUserId, fold, is_same_login, login_key

__all__ = [
    "CatalogPerson",
    "NameCandidate",
    "OutsideAccount",
    "UnclearName",
    "describe_account",
    "find_person",
    "find_similar_names",
    "outside_accounts",
]

_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogPerson:
    """One person: the name that stands for them, and every subject that means them."""

    name: str
    """Their login, where the catalog says it; else the name that was given."""
    keys: frozenset[str]
    """Each of their names, as `login_key` writes it."""
    mappings: tuple[IdentityMapping, ...] = ()
    id: OktaUserId | None = None
    is_named: bool = True
    """Whether a file names them already."""

    def goes_by(self, subject: str) -> bool:
        """Whether the subject means them."""
        return login_key(subject) in self.keys


@dataclass(frozen=True, slots=True, kw_only=True)
class NameCandidate:
    """A name that may be meant, and where it stands."""

    name: str
    origin: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideAccount:
    """An account that is not Okta's, by the name that a grant has for it."""

    service: str
    """What the name begins with: `jira`, `slack` or `github`."""
    name: str
    origin: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearName:
    """A name that means more than one person, who are the candidates; or nobody, without any."""

    candidates: tuple[NameCandidate, ...] = ()


def find_person(catalog: Catalog, named: str) -> CatalogPerson | UnclearName:
    """Whom the name means: a login, an e-mail key, or an account elsewhere."""
    key = login_key(named.strip())
    keys, mappings = _join_names(catalog.identities, key)
    accounts = _accounts(mappings)
    if len(accounts) > 1:
        listed = tuple(
            NameCandidate(name=m.login or m.id or m.keys[0], origin=m.origin) for m in mappings
        )
        return UnclearName(candidates=listed)
    if not mappings and not any(login_key(n.name) == key for n in _written_names(catalog)):
        return UnclearName()
    logins = [m.login for m in sorted(mappings, key=lambda m: m.id is None) if m.login]
    return CatalogPerson(
        name=logins[0] if logins else named.strip(),
        keys=keys,
        mappings=mappings,
        id=next((m.id for m in mappings if m.id is not None), None),
    )


def describe_account(
    catalog: Catalog, user: DirectoryUser, subjects: Iterable[str]
) -> CatalogPerson:
    """The person behind an account that is known; `subjects` are found to mean them."""
    own = tuple(m for m in catalog.identities if _is_of(m, user))
    login = login_key(user.login)
    is_taken = any(login in map(login_key, m.keys) for m in catalog.identities if m not in own)
    keys = {login_key(name) for mapping in own for name in mapping.keys}
    keys |= {login_key(subject) for subject in subjects} | (set() if is_taken else {login})
    return CatalogPerson(name=user.login, keys=frozenset(keys), mappings=own, id=user.id)


def _is_of(mapping: IdentityMapping, user: DirectoryUser) -> bool:
    """The id decides where there is one, as for a grant."""
    if mapping.id is not None:
        return mapping.id == user.id
    return mapping.login is not None and is_same_login(mapping.login, user.login)


def _join_names(
    identities: tuple[IdentityMapping, ...], key: str
) -> tuple[frozenset[str], tuple[IdentityMapping, ...]]:
    """Everything that the entries join with the name, and those entries, in their order."""
    keys, ids, found = {key}, set[str](), dict[int, IdentityMapping]()
    while True:
        new = {
            number: mapping
            for number, mapping in enumerate(identities)
            if number not in found and (mapping.id in ids or not keys.isdisjoint(_keys(mapping)))
        }
        if not new:
            return frozenset(keys), tuple(mapping for _, mapping in sorted(found.items()))
        found.update(new)
        keys.update(name for mapping in new.values() for name in _keys(mapping))
        ids.update(mapping.id for mapping in new.values() if mapping.id is not None)


def _keys(mapping: IdentityMapping) -> Iterator[str]:
    yield from map(login_key, mapping.keys)
    if mapping.login is not None:
        yield login_key(mapping.login)


def _accounts(mappings: Iterable[IdentityMapping]) -> set[str]:
    """The accounts that the entries say: by id, and by login where none says its id."""
    ids = {login_key(m.login): m.id for m in mappings if m.login and m.id}
    by_login = (login_key(m.login or "") for m in mappings if m.id is None)
    return {*(m.id for m in mappings if m.id is not None), *(ids.get(k, k) for k in by_login)}


def _written_names(catalog: Catalog) -> Iterator[NameCandidate]:
    """Every name of a person that a file says."""
    for mapping in catalog.identities:
        for name in (*mapping.keys, *([mapping.login] if mapping.login else [])):
            yield NameCandidate(name=name, origin=mapping.origin)
    for account in catalog.accounts:
        yield NameCandidate(name=account.subject, origin=account.origin)
    for grant in catalog.grants:
        yield NameCandidate(name=grant.subject, origin=grant.origin)


def find_similar_names(catalog: Catalog, named: str) -> tuple[NameCandidate, ...]:
    """Names that hold what was typed, or that are spelled much like it; a few, each once."""
    by_key = {login_key(each.name): each for each in reversed(list(_written_names(catalog)))}
    typed = fold(named)
    holding = sorted(name for name in by_key if typed and typed in fold(name))
    close = get_close_matches(typed, by_key, n=_MOST, cutoff=0.8)
    return tuple(by_key[name] for name in dict.fromkeys((*holding, *close)))[:_MOST]


def outside_accounts(person: CatalogPerson) -> tuple[OutsideAccount, ...]:
    """The person's accounts outside Okta, and where each is written."""
    found = {
        login_key(key): OutsideAccount(service=service, name=key, origin=mapping.origin)
        for mapping in person.mappings
        for key in mapping.keys
        if (service := service_of(key))
    }
    return tuple(found[key] for key in sorted(found))
