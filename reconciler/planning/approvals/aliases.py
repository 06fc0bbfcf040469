"""Every name that a person may go by, in files and in Okta: for refusing, never for giving.

A reviewer is known by a name at GitHub, a subject by a login or an address. Whether they may be
one person is asked over all that is known of either: identities, the contacts of tools, and the
Okta accounts behind them. Names that a reader could take for each other count as one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from reconciler.identity.index import DirectoryIndex
from reconciler.model.catalog import Catalog
from reconciler.model.ids import fold
from reconciler.model.settings import Contact

__all__ = ["Aliases", "aliases"]

Aliases = Callable[[str], frozenset[str]]


def aliases(catalogs: Iterable[Catalog], people: DirectoryIndex) -> Aliases:
    """All names of the bearer of a name, folded, by what any of the catalogs and Okta say."""
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for together in (*_stated_aliases(catalogs), *_account_aliases(people)):
        for name in together:
            beside[name] |= together

    def known(name: str) -> frozenset[str]:
        found, fresh = set[str](), {_plain(name)}
        while fresh:
            found |= fresh
            fresh = {other for each in fresh for other in beside.get(each, ())} - found
        return frozenset(found)

    return known


def _stated_aliases(catalogs: Iterable[Catalog]) -> Iterable[set[str]]:
    for catalog in catalogs:
        for mapping in catalog.identities:
            names = (*mapping.keys, mapping.login, mapping.id)
            yield {_plain(name) for name in names if name}
        for contact in _contacts(catalog):
            if contact.github and "/" not in contact.github:
                yield {_plain(contact.email), _plain(contact.github)}


def _contacts(catalog: Catalog) -> Iterable[Contact]:
    for tool in catalog.tools.values():
        yield from (*tool.owners, *tool.approvers)
    yield from catalog.settings.admins


def _account_aliases(people: DirectoryIndex) -> Iterable[set[str]]:
    for user in people.by_id.values():
        yield {_plain(name) for name in (user.id, user.login, user.email) if name}


def _plain(name: str) -> str:
    """An `@name` at GitHub is the same account as a mapping's `github:name`."""
    folded = fold(name)
    return f"github:{folded[1:]}" if folded.startswith("@") else folded
