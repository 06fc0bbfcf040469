"""Who is the same person: the names one goes by, as far as the catalog itself says."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.names import login_key

__all__ = ["Names", "names"]


@dataclass(frozen=True, slots=True)
class Names:
    """What people are called, that name included, by each of their names in lower case."""

    others: Mapping[str, frozenset[str]]

    def of(self, name: str) -> frozenset[str]:
        """The name and everything else the person goes by; capitals do not matter."""
        plain = _plain(name)
        return self.others.get(plain) or frozenset((plain,))

    def shortest(self, name: str) -> str:
        """One name that stands for the person, whichever of theirs is given."""
        plain = _plain(name)
        others = self.others.get(plain)
        return min(others, key=lambda each: (len(each), each)) if others else plain

    def of_all(self, given: Iterable[str | None]) -> frozenset[str]:
        """The names of several people."""
        return frozenset().union(*(self.of(name) for name in given if name))


def names(catalog: Catalog) -> Names:
    """Names, joined where an identity mapping holds both."""
    others: defaultdict[str, set[str]] = defaultdict(set)
    for mapping in catalog.identities:
        together = _together(mapping)
        for name in together:
            others[name] |= together
    return Names({name: frozenset(them) for name, them in others.items()})


def _together(mapping: IdentityMapping) -> frozenset[str]:
    stated = (*mapping.keys, mapping.login or "", mapping.id or "")
    return frozenset(_plain(name) for name in stated if name)


def _plain(name: str) -> str:
    """A forge's `@name` is the same account as a mapping's `github:name`."""
    key = login_key(name)
    return f"github:{key[1:]}" if key.startswith("@") else key
