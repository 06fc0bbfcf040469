"""Which person and which org a command about one person means, as it was typed."""

from collections.abc import Iterable

from reconciler.cli.session.catalog import connector_needed
from reconciler.cli.session.connection import connectors
from reconciler.identity.catalog_person import (
    CatalogPerson,
    NameCandidate,
    UnclearName,
    find_person,
    find_similar_names,
)
from reconciler.identity.subject import is_outside_account
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.errors import UsageError
from reconciler.workflows.account import PersonName

__all__ = ["choose_connector", "name_for_okta", "require_person"]


def require_person(catalog: Catalog, named: str) -> CatalogPerson:
    """The one person whom the name means by the catalog; else the error names who may be meant."""
    found = find_person(catalog, named)
    if isinstance(found, UnclearName):
        raise _unclear_error(catalog, named, found)
    return found


def name_for_okta(catalog: Catalog, named: str) -> PersonName:
    """The login or id to ask Okta for; a name that the catalog does not know is asked as it is."""
    found = find_person(catalog, named)
    if isinstance(found, UnclearName):
        if found.candidates or is_outside_account(named):
            raise _unclear_error(catalog, named, found)
        return PersonName(typed=named, asked=named)
    if found.id is None and is_outside_account(found.name):
        raise UsageError(
            "person-unmapped",
            f"{named!r} is an account elsewhere, and no file in identities/ says whose",
            "add the mapping, or give the login",
        )
    return PersonName(typed=named, asked=found.id or found.name)


def _unclear_error(catalog: Catalog, named: str, found: UnclearName) -> UsageError:
    if found.candidates:
        return UsageError(
            "person-ambiguous",
            f"{named!r} may mean more than one person: {_list_names(found.candidates)}",
            "name one of them in another way",
        )
    similar = find_similar_names(catalog, named)
    return UsageError(
        "person-unknown",
        f"no grant, mapping or file in users/ names {named!r}",
        f"there is: {_list_names(similar)}"
        if similar
        else "give the whole name, as a grant writes it; the account of a person without a grant "
        "is ended by `reconciler user suspend`",
    )


def _list_names(names: Iterable[NameCandidate]) -> str:
    return "; ".join(f"{n.name} ({n.origin})" if n.origin else n.name for n in names)


def choose_connector(catalog: Catalog, wanted: str | None) -> Connector:
    """The one that was named, or the only one that is enabled."""
    found = connectors(catalog, wanted)
    if len(found) != 1:
        raise connector_needed("one person is looked up in one org", catalog, len(found))
    return found[0]
