"""A typed name means one person whom the catalog knows, or nobody."""

import pytest

from reconciler.identity.catalog_person import (
    CatalogPerson,
    NameCandidate,
    OutsideAccount,
    UnclearName,
    describe_account,
    find_person,
    find_similar_names,
    outside_accounts,
)
from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.diagnostics import Span
from tests.support.nouns import grant, user

HERE = Span("identities/people.yaml", 2, 5)
JANE = IdentityMapping(
    keys=("jira:5d9f", "github:JaneD"), login="jane@example.com", id="00ujane", origin=HERE
)
JANE_AT_SLACK = IdentityMapping(keys=("slack:U1",), id="00ujane", origin=Span("i.yaml", 9))
JOE_SHARED = IdentityMapping(keys=("team@example.com",), login="joe@example.com", id="00ujoe")
CATALOG = Catalog(
    identities=(JANE, JANE_AT_SLACK, JOE_SHARED),
    grants=(grant("zoe"), grant("slack:U9")),
    accounts=(AccountDeclaration(subject="lee@example.com"),),
)
JANES_KEYS = frozenset({"jane@example.com", "jira:5d9f", "github:janed", "slack:u1"})


@pytest.mark.parametrize("named", ["jane@example.com", "JANE@example.com", "jira:5d9f", "slack:U1"])
def test_any_of_a_persons_names_means_them_under_every_other(named):
    """Whoever leaves loses what was granted under each."""
    assert find_person(CATALOG, named) == CatalogPerson(
        name="jane@example.com", keys=JANES_KEYS, mappings=(JANE, JANE_AT_SLACK), id="00ujane"
    )


@pytest.mark.parametrize("named", ["zoe@example.com", "slack:U9", "lee@example.com"])
def test_a_name_that_only_a_grant_or_a_file_says_is_a_person_too(named):
    """Most people have no mapping."""
    assert find_person(CATALOG, named) == CatalogPerson(name=named, keys=frozenset({named.lower()}))


def test_an_address_that_a_mapping_gives_to_another_account_means_that_one():
    """A mapping decides before a login does."""
    found = find_person(CATALOG, "team@example.com")
    assert isinstance(found, CatalogPerson)
    assert (found.name, found.id) == ("joe@example.com", "00ujoe")


def test_a_name_that_may_mean_two_accounts_is_nobodys():
    """One of them is typed, and the other would lose their access."""
    other = IdentityMapping(keys=("jane@example.com",), login="jane2@example.com", origin=HERE)
    catalog = Catalog(identities=(JANE, other))
    assert find_person(catalog, "jane@example.com") == UnclearName(
        candidates=(
            NameCandidate(name="jane@example.com", origin=HERE),
            NameCandidate(name="jane2@example.com", origin=HERE),
        ),
    )


def test_two_entries_with_one_login_are_one_account_though_only_one_has_the_id():
    """Neither contradicts the other."""
    bare = IdentityMapping(keys=("slack:U2",), login="Jane@example.com")
    found = find_person(Catalog(identities=(bare, JANE)), "slack:U2")
    assert isinstance(found, CatalogPerson)
    assert found.id == "00ujane"


@pytest.mark.parametrize(
    ("named", "names"),
    [
        ("zoe", ["zoe@example.com"]),
        ("jaen@example.com", ["jane@example.com", "lee@example.com", "team@example.com"]),
        ("nobody", []),
        ("", []),
    ],
)
def test_an_unknown_name_is_shown_what_is_like_it(named, names):
    """Nothing is done for a name that is only nearly right."""
    assert find_person(CATALOG, named) == UnclearName()
    similar = {each.name for each in find_similar_names(CATALOG, named)}
    assert set(names) <= similar
    assert names or not similar


def test_accounts_outside_okta_are_named_with_their_place():
    """No group of Okta gives them, so people look after them."""
    found = find_person(CATALOG, "jane@example.com")
    assert isinstance(found, CatalogPerson)
    assert outside_accounts(found) == (
        OutsideAccount(service="github", name="github:JaneD", origin=HERE),
        OutsideAccount(service="jira", name="jira:5d9f", origin=HERE),
        OutsideAccount(service="slack", name="slack:U1", origin=Span("i.yaml", 9)),
    )


def test_an_account_goes_by_its_login_its_mappings_and_what_was_found_to_mean_it():
    """The id decides where a mapping has one."""
    renamed = IdentityMapping(keys=("slack:U3",), login="old@example.com", id="00ujane")
    bearer = IdentityMapping(keys=("slack:U4",), login="jane@example.com", id="00uother")
    catalog = Catalog(identities=(JANE_AT_SLACK, renamed, bearer, JOE_SHARED))
    assert describe_account(catalog, user("jane"), ["J.Doe@example.com"]) == CatalogPerson(
        name="jane@example.com",
        keys=frozenset({"slack:u1", "slack:u3", "j.doe@example.com", "jane@example.com"}),
        mappings=(JANE_AT_SLACK, renamed),
        id="00ujane",
    )


def test_a_login_that_a_file_gives_to_another_account_is_not_the_persons():
    """A grant of that name is the other's."""
    other = IdentityMapping(keys=("JANE@example.com",), login="joe@example.com")
    found = describe_account(Catalog(identities=(other,)), user("jane"), [])
    assert found.keys == frozenset()
