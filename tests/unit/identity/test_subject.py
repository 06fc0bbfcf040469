"""What has to be asked before a subject can be resolved."""

import pytest

from reconciler.identity.subject import (
    Lookup,
    is_outside_account,
    lookup,
    mappings_by_key,
)
from reconciler.model.catalog import IdentityMapping
from reconciler.model.settings import IdentityRule

M, L, E = IdentityRule.MAPPING, IdentityRule.LOGIN, IdentityRule.EMAIL
BOTH = IdentityMapping(keys=("jira:5b10",), login="jane@example.com", id="00ujane")
BY_LOGIN = IdentityMapping(keys=("jira:5b10",), login="jane@example.com")
BY_ID = IdentityMapping(keys=("jira:5b10",), id="00ujane")


@pytest.mark.parametrize(
    ("is_outside", "subject"),
    [
        (True, "jira:5b10"),
        (True, "SLACK:U1"),
        (True, "github:jdoe"),
        (False, "jane@example.com"),
        (False, "gitlab:jdoe"),
        (False, "jira"),
        (False, "\N{LATIN SMALL LETTER LONG S}lack:U1"),
    ],
)
def test_an_account_elsewhere_is_known_by_its_prefix(is_outside, subject):
    """Only three systems are spoken of."""
    assert is_outside_account(subject) is is_outside


@pytest.mark.parametrize(
    ("asked", "subject", "mappings", "rules"),
    [
        (Lookup(logins=("jane@example.com",)), "jane@example.com", (), (M, L)),
        (Lookup(emails=("jane@example.com",)), "jane@example.com", (), (M, E)),
        (
            Lookup(logins=("jane@example.com",), emails=("jane@example.com",)),
            "jane@example.com",
            (),
            (M, L, E),
        ),
        (Lookup(), "jira:5b10", (), (M, L, E)),
        (Lookup(ids=("00ujane",)), "jira:5b10", (BOTH,), (M, L)),
        (Lookup(ids=("00ujane",)), "jira:5b10", (BY_ID,), (M, L)),
        (Lookup(logins=("jane@example.com",)), "jira:5b10", (BY_LOGIN,), (M,)),
        (
            Lookup(ids=("00ujane",), logins=("jane@example.com",)),
            "jira:5b10",
            (BY_ID, BY_LOGIN),
            (M,),
        ),
        (Lookup(logins=("shared@example.com",)), "shared@example.com", (BOTH,), (L,)),
        (Lookup(), "jira:5b10", (BOTH,), (L,)),
    ],
)
def test_only_what_can_show_a_candidate_is_asked(asked, subject, mappings, rules):
    """A mapping leaves nothing else to ask, an outside account nothing at all."""
    assert asked == lookup(subject, mappings, rules)


def test_a_mapping_answers_each_of_its_keys_whatever_their_case():
    """A grant may write the account as it likes."""
    mapping = IdentityMapping(keys=("jira:5B10", "Slack:U1"), login="jane@example.com")
    assert {"jira:5b10": (mapping,), "slack:u1": (mapping,)} == mappings_by_key([mapping])


def test_a_mapping_with_login_and_id_answers_its_login_too():
    """That is how a person confirms that a login is still whom they meant."""
    expected = {"jira:5b10": (BOTH,), "jane@example.com": (BOTH,)}
    assert expected == mappings_by_key([BOTH])


@pytest.mark.parametrize("mapping", [BY_LOGIN, BY_ID])
def test_half_a_mapping_answers_only_its_keys(mapping):
    """A login alone confirms nothing."""
    assert {"jira:5b10": (mapping,)} == mappings_by_key([mapping])


def test_two_mappings_of_one_key_are_both_kept():
    """A contradiction must become a doubt, not the last file's word."""
    other = IdentityMapping(keys=("JIRA:5b10",), login="joe@example.com")
    assert {"jira:5b10": (BY_LOGIN, other)} == mappings_by_key([BY_LOGIN, other])


def test_names_that_only_look_alike_are_mapped_apart():
    """Okta holds weiß@ and weiss@ as two accounts: neither may answer for the other."""
    sharp = IdentityMapping(keys=("weiß@example.com",), id="00usharp")
    plain = IdentityMapping(keys=("weiss@example.com",), id="00uplain")
    found = mappings_by_key([sharp, plain])
    assert found == {"weiß@example.com": (sharp,), "weiss@example.com": (plain,)}
