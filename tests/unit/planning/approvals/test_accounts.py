"""Nobody's own approval gives them access, whatever name they signed it with."""

from dataclasses import replace

import pytest

from reconciler.identity.index import index_users
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.settings import Contact
from reconciler.planning.approvals.accounts import find_own_approval
from reconciler.planning.people import People
from tests.support.nouns import approval, grant, tool, user

JANE = user("jane", email="j.doe@corp.example")
LEAD = user("lead")
LONG_S = "boss@example.com".replace("s", "\N{LATIN SMALL LETTER LONG S}", 1)
CONTACT = Contact(email="boss@example.com", github="@jd")
CATALOG = Catalog(tools={"claude": replace(tool(), approvers=(CONTACT,))})
GITHUB = {"github:jd": (IdentityMapping(keys=("github:jd",), id=JANE.id),)}


def judged(approver, *users, subject=JANE, mappings=None):
    """What is said where only this approver agreed."""
    given = grant(approval=approval(approved_by=(approver,)))
    known = People(index_users((subject, *users)), {}, mappings or {})
    return find_own_approval(subject, (given,), known, CATALOG)


@pytest.mark.parametrize(
    ("approver", "mappings"),
    [
        ("jane@example.com", {}),
        ("JANE@example.com", {}),
        ("J.Doe@corp.example", {}),
        ("@jd", GITHUB),
        ("boss@example.com", GITHUB),
        ("x@x.io", {"x@x.io": (IdentityMapping(keys=("x@x.io",), login="Jane@example.com"),)}),
    ],
)
def test_an_approver_who_is_the_same_account_counts_for_nothing(approver, mappings):
    """By login, by address, by a mapping, or by the handle of the tool's contact."""
    reason = judged(approver, mappings=mappings)
    assert reason.code == "approver-is-account"
    assert "jane@example.com (00ujane)" in reason.summary


def test_a_name_that_looks_like_theirs_is_theirs_until_okta_shows_whose():
    """Where Okta shows the other account, there are two people."""
    looking = replace(JANE, login=LONG_S)
    assert judged("boss@example.com", subject=looking).code == "approver-is-account"
    assert judged("boss@example.com", user("boss"), subject=looking) is None


@pytest.mark.parametrize("users", [(), (LEAD,)])
def test_somebody_elses_approval_counts(users):
    """Whether or not Okta was asked who they are."""
    assert judged("lead@example.com", *users) is None


def test_an_address_that_is_somebodys_login_is_theirs():
    """Two accounts may have one address; whose login it is, signed."""
    assert judged("lead@example.com", LEAD, subject=replace(JANE, email=LEAD.login)) is None


def test_one_grant_that_another_approved_is_enough():
    """Access is a union."""
    own = grant(approval=approval(approved_by=("jane@example.com",)))
    good = grant()
    known = People(index_users((JANE,)), {})
    assert find_own_approval(JANE, (own, good), known, CATALOG) is None
    mixed = grant(approval=approval(approved_by=("lead@example.com", "jane@example.com")))
    assert find_own_approval(JANE, (own, mixed), known, CATALOG) is not None
