"""Who may be one person, as far as the catalog itself says."""

import pytest

from reconciler.identity.aliases import possible_names
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.settings import Contact, Settings
from reconciler.policy.checks.approvals import check_approvers
from tests.support.nouns import approval, grant, tool

LONG_S = "bo\N{LATIN SMALL LETTER LONG S}s@example.com"
JIRA = IdentityMapping(keys=("jira:1",), login="jane@example.com")
GITHUB = IdentityMapping(keys=("github:jd",), login="jane@example.com", id="00ujane")
MAIL = IdentityMapping(keys=("j.doe@example.com",), id="00ujane")
JOE = IdentityMapping(keys=("jira:2",), login="joe@example.com", id="00ujoe")
LEAD = Contact(email="lead@example.com", github="@jd")
TEAM = Contact(email="team@example.com", github="@acme/jd")


def told(*identities, admins=()):
    """Who is who in such a catalog."""
    settings = Settings(admins=admins)
    return possible_names(Catalog(settings=settings, identities=identities))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jane@example.com", "JANE@example.com"),
        (LONG_S, "boss@example.com"),
        ("\N{FULLWIDTH LATIN SMALL LETTER B}oss@example.com", "BOSS@example.com"),
        ("jira:1", "jane@example.com"),
        ("jira:1", "@jd"),
        ("jira:1", "j.doe@example.com"),
        ("jira:1", "00ujane"),
    ],
)
def test_any_row_of_names_leads_from_one_to_the_other(one, other):
    """By look, by a mapping, or by several that meet."""
    known = told(JIRA, GITHUB, MAIL, JOE)
    assert known.may_be_one(one, other)
    assert known.may_be_one(other, one)


@pytest.mark.parametrize("name", ["jane@example.com", "jira:1", "jira:2", "boss@example.com"])
def test_whom_nothing_joins_is_somebody_else(name):
    """Two people of one company may always approve for each other."""
    assert not told(JIRA, GITHUB, MAIL, JOE).may_be_one(name, "sam@example.com")


def test_a_contact_is_one_person_with_their_handle_and_a_team_is_several():
    """Whoever has the team's mailbox is not each of its members."""
    known = told(GITHUB, admins=(LEAD, TEAM))
    assert known.may_be_one("lead@example.com", "jane@example.com")
    assert not known.may_be_one("team@example.com", "@acme/jd")


def test_two_known_accounts_are_two_people_however_alike_they_look():
    """Okta holds both; where the catalog says which is which, nothing is left to doubt."""
    sharp = IdentityMapping(keys=("weiß@example.com",), id="00usharp")
    plain = IdentityMapping(keys=("weiss@example.com",), id="00uplain")
    assert told().may_be_one("weiß@example.com", "weiss@example.com")
    assert not told(sharp, plain).may_be_one("weiß@example.com", "weiss@example.com")


@pytest.mark.parametrize(
    ("subject", "approver", "identities"),
    [
        (LONG_S, "boss@example.com", ()),
        ("jira:1", "j.doe@example.com", (JIRA, GITHUB, MAIL)),
        ("jane@example.com", "@jd", (GITHUB,)),
    ],
)
def test_nobody_approves_their_own_access_under_another_name(subject, approver, identities):
    """A reader would not see it, and Okta would give it."""
    given = grant(subject, approval=approval(approved_by=(approver,)))
    catalog = Catalog(tools={"claude": tool()}, grants=(given,), identities=identities)
    assert [finding.code for finding in check_approvers(catalog)] == ["approver-is-subject"]


@pytest.mark.parametrize("again", ["BOSS@example.com", LONG_S])
def test_an_approver_who_is_named_twice_is_one(again):
    """Two signatures look like more than they are."""
    given = grant(approval=approval(approved_by=("boss@example.com", again)))
    catalog = Catalog(tools={"claude": tool()}, grants=(given,))
    assert "approver-repeated" in {finding.code for finding in check_approvers(catalog)}
