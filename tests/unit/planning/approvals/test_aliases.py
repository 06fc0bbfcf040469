"""Who may be who, by all that files and Okta say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.identity.index import index_users
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.settings import Contact, Settings
from reconciler.planning.approvals.aliases import aliases
from tests.support.nouns import tool, user

BOSS = user("boss", email="the.boss@example.com")
LINKED = Catalog(
    identities=(IdentityMapping(keys=("github:boss", "slack:U1"), id=BOSS.id),),
    settings=Settings(admins=(Contact(email="it@example.com", github="@boss"),)),
)


def test_identities_contacts_and_accounts_are_followed_to_the_end():
    """From a name at GitHub to a login that no file holds, and back."""
    known = aliases([LINKED], index_users([BOSS]))
    everything = {
        "github:boss",
        "slack:u1",
        "00uboss",
        "boss@example.com",
        "the.boss@example.com",
        "it@example.com",
    }
    for name in ("@Boss", "github:BOSS", "00uboss", "THE.BOSS@example.com", "it@example.com"):
        assert known(name) == everything


@pytest.mark.parametrize("name", ["bo\u017fs@example.com", " boss@example.com", "BOSS@example.com"])
def test_names_that_a_reader_takes_for_each_other_are_one(name):
    """This only ever refuses somebody."""
    assert aliases([], index_users([]))(name) == {"boss@example.com"}


def test_a_team_joins_nobody_and_a_stranger_goes_by_one_name():
    """Its address is not its members'."""
    team = Contact(email="it@example.com", github="@acme/it")
    known = aliases([Catalog(settings=Settings(admins=(team,)))], index_users([BOSS]))
    assert known("it@example.com") == {"it@example.com"}
    assert known("@jo") == {"github:jo"}


@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3), max_size=6))
def test_being_the_same_person_works_both_ways(groups):
    """And through third names."""
    mappings = tuple(IdentityMapping(keys=tuple(keys)) for keys in groups)
    known = aliases([Catalog(identities=mappings, tools={"claude": tool()})], index_users([]))
    for one in "abcdef":
        assert one in known(one)
        for other in known(one):
            assert known(other) == known(one)
