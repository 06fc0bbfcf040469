"""Who is the same person: the names one goes by, as far as the catalog itself says."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.ids import OktaUserId, fold, login_key
from reconciler.model.settings import Contact, Operator

__all__ = [
    "KnownNames",
    "Naming",
    "PossibleNames",
    "contact_names",
    "join_names",
    "known_names",
    "naming",
    "plain_name",
    "possible_names",
]


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What people are called, that name included, by each of their names in lower case."""

    others: Mapping[str, frozenset[str]]

    def of(self, name: str) -> frozenset[str]:
        """The name and everything else the person goes by; capitals do not matter."""
        plain = plain_name(name)
        return self.others.get(plain) or frozenset((plain,))

    def shortest(self, name: str) -> str:
        """One name that stands for the person, whichever of theirs is given."""
        plain = plain_name(name)
        others = self.others.get(plain)
        return min(others, key=lambda each: (len(each), each)) if others else plain

    def of_all(self, given: Iterable[str | None]) -> frozenset[str]:
        """The names of several people."""
        return frozenset().union(*(self.of(name) for name in given if name))


@dataclass(frozen=True, slots=True)
class _Circle:
    """Everything that one person goes by, folded, and their accounts."""

    folded: frozenset[str]
    accounts: frozenset[OktaUserId] = frozenset()


@dataclass(frozen=True, slots=True)
class PossibleNames:
    """Who may be one person, by whatever leads from name to name. It refuses, and never gives."""

    circles: Mapping[str, _Circle]

    def may_be_one(self, name: str, other: str) -> bool:
        """Whether they may be one person's: by account where both have one, else by look."""
        one, two = self._of(name), self._of(other)
        if one.accounts and two.accounts:
            return not one.accounts.isdisjoint(two.accounts)
        return not one.folded.isdisjoint(two.folded)

    def _of(self, name: str) -> _Circle:
        plain = plain_name(name)
        return self.circles.get(plain) or _Circle(frozenset((fold(plain),)))


@dataclass(frozen=True, slots=True)
class Naming:
    """Who is who: by what files surely say, which may give; by what they may mean, to refuse."""

    known: KnownNames = field(default_factory=lambda: KnownNames({}))
    possible: PossibleNames = field(default_factory=lambda: PossibleNames({}))


def naming(catalog: Catalog) -> Naming:
    """Both, by what the catalog says."""
    return Naming(known_names(catalog), possible_names(catalog))


def possible_names(catalog: Catalog) -> PossibleNames:
    """Names that an identity mapping, a contact, or a row of them joins."""
    accounts: defaultdict[str, set[OktaUserId]] = defaultdict(set)
    for mapping in catalog.identities:
        if mapping.id is not None:
            for name in _names_of(mapping):
                accounts[name].add(mapping.id)
    joined = join_names(catalog)
    return PossibleNames({name: _circle(them, accounts) for name, them in joined.items()})


def join_names(catalog: Catalog) -> Mapping[str, set[str]]:
    """Every name that is joined with others, and all those, as `plain_name` writes them."""
    joined: dict[str, set[str]] = {}
    for mapping in catalog.identities:
        _join(joined, _names_of(mapping))
    for contact in _contacts(catalog):
        if handle := _handle(contact):
            _join(joined, frozenset((plain_name(contact.email), plain_name(handle))))
    return joined


def contact_names(catalog: Catalog) -> frozenset[str]:
    """What contacts go by, each as `plain_name` writes it."""
    stated = ((contact.email, contact.github) for contact in _contacts(catalog))
    return frozenset(plain_name(name) for names in stated for name in names if name)


def _handle(contact: Contact | Operator) -> str:
    """Their own; a team is several people."""
    handle = contact.github or ""
    return "" if "/" in handle else handle


def _join(joined: dict[str, set[str]], together: frozenset[str]) -> None:
    everyone = set(together).union(*(joined.get(name, ()) for name in together))
    joined.update(dict.fromkeys(everyone, everyone))


def _circle(them: set[str], accounts: Mapping[str, set[OktaUserId]]) -> _Circle:
    known = frozenset(account for name in them for account in accounts.get(name, ()))
    return _Circle(frozenset(map(fold, them)), known)


def _contacts(catalog: Catalog) -> Iterable[Contact | Operator]:
    yield from catalog.settings.account_approvers
    for tool in catalog.tools.values():
        yield from (*tool.owners, *tool.approvers)


def known_names(catalog: Catalog) -> KnownNames:
    """Names, joined where an identity mapping holds both."""
    others: defaultdict[str, set[str]] = defaultdict(set)
    for mapping in catalog.identities:
        together = _names_of(mapping)
        for name in together:
            others[name] |= together
    return KnownNames({name: frozenset(them) for name, them in others.items()})


def _names_of(mapping: IdentityMapping) -> frozenset[str]:
    stated = (*mapping.keys, mapping.login or "", mapping.id or "")
    return frozenset(plain_name(name) for name in stated if name)


def plain_name(name: str) -> str:
    """The form in which two names of one account are equal.

    An `@name` at GitHub is the same account as a mapping's `github:name`.
    """
    key = login_key(name)
    return f"github:{key[1:]}" if key.startswith("@") else key
