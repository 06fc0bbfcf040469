"""Where a catalog speaks of whom: the part of it that matters to a question, without a scan.

Whatever asks only of people who are named, and of a ticket, is told the same by the part.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.identity.aliases import contact_names, join_names, plain_name
from reconciler.model.catalog import Catalog
from reconciler.model.ids import fold

__all__ = ["CatalogIndex", "index_catalog"]

Places = Mapping[str, Sequence[int]]
"""Where an entry stands among its kind, by each name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogIndex:
    """A catalog, and the places of its grants and people; made once for many questions."""

    catalog: Catalog
    joined: Mapping[str, set[str]]
    identities: Places
    accounts: Places
    grants: Places
    tickets: Places
    contacts: frozenset[str]

    def narrow(self, names: Iterable[str], ticket: str) -> Catalog:
        """The catalog without the people and the grants of others, in the order of the files.

        It keeps whoever may be one of those named, whom a grant under the ticket is for, or who is
        a contact: who may approve is decided by all that they go by.
        """
        whole = self.catalog
        cited = self.tickets.get(fold(ticket), ())
        given = (*names, *(whole.grants[place].subject for place in cited))
        meant = self._join(name for each in given for name in (each, each.strip()))
        grants = sorted(_find(self.grants, meant))
        identities = sorted(_find(self.identities, meant | self.contacts))
        return replace(
            whole,
            grants=tuple(whole.grants[place] for place in grants),
            identities=tuple(whole.identities[place] for place in identities),
            accounts=tuple(whole.accounts[p] for p in sorted(_find(self.accounts, meant))),
        )

    def _join(self, names: Iterable[str]) -> frozenset[str]:
        plain = map(plain_name, names)
        return frozenset().union(*(self.joined.get(name, (name,)) for name in plain))


def index_catalog(catalog: Catalog) -> CatalogIndex:
    """The index of all that it says."""
    joined = join_names(catalog)
    contacts = (joined.get(name, (name,)) for name in contact_names(catalog))
    return CatalogIndex(
        catalog=catalog,
        joined=joined,
        identities=_places(mapping.keys for mapping in catalog.identities),
        accounts=_places((account.subject,) for account in catalog.accounts),
        grants=_places((grant.subject,) for grant in catalog.grants),
        tickets=_group((fold(grant.approval.ticket),) for grant in catalog.grants),
        contacts=frozenset().union(*contacts),
    )


def _places(entries: Iterable[Iterable[str]]) -> Places:
    return _group({plain_name(name) for name in names} for names in entries)


def _group(entries: Iterable[Iterable[str]]) -> Places:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, names in enumerate(entries):
        for name in names:
            found[name].append(place)
    return dict(found)


def _find(places: Places, names: Iterable[str]) -> set[int]:
    return {place for name in names for place in places.get(name, ())}
