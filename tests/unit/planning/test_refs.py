"""How lines cite grants and people, and what a grant's hash covers."""

from dataclasses import replace
from datetime import time

import pytest

from reconciler.model.catalog import Revocation
from reconciler.model.diagnostics import Span
from reconciler.model.plan import GrantRef, PersonRef
from reconciler.model.validity import Moment
from reconciler.planning.refs import cite_grant, cite_grants, cite_person, grant_hash
from tests.support.nouns import approval, day, grant, user

GRANT = grant(
    starts="2026-11-02",
    expires="2027-01-31",
    revoked="2026-12-24",
    approval=approval(requested_by="jane@example.com", approved_by=("a@x.io", "b@x.io")),
)


@pytest.mark.parametrize(
    "same",
    [
        replace(GRANT, purpose="Something else"),
        replace(GRANT, origin=Span("elsewhere.yaml", 9)),
        replace(GRANT, subject="JANE@Example.com"),
        replace(GRANT, approval=replace(GRANT.approval, approved_by=("b@x.io", "a@x.io"))),
        replace(GRANT, revoked=replace(GRANT.revoked, reason="in other words")),
    ],
)
def test_wording_and_place_leave_the_hash(same):
    """A corrected purpose asks for no second review."""
    assert grant_hash(GRANT) == grant_hash(same)


@pytest.mark.parametrize(
    "other",
    [
        replace(GRANT, tool="cursor"),
        replace(GRANT, entitlement="admins"),
        replace(GRANT, subject="joe@example.com"),
        replace(GRANT, starts=None),
        replace(GRANT, starts=Moment(day("2026-11-03"))),
        replace(GRANT, starts=Moment(day("2026-11-02"), time(0))),
        replace(GRANT, expires=Moment(day("2027-01-31"), time(23, 59))),
        replace(GRANT, expires=None),
        replace(GRANT, revoked=None),
        replace(GRANT, revoked=Revocation(at=day("2026-12-25"), by="lead@example.com", reason="")),
        replace(GRANT, revoked=Revocation(at=day("2026-12-24"), by="else@example.com", reason="")),
        replace(GRANT, approval=replace(GRANT.approval, ticket="AI-2")),
        replace(GRANT, approval=replace(GRANT.approval, requested_by=None)),
        replace(GRANT, approval=replace(GRANT.approval, approved_by=("a@x.io",))),
        replace(GRANT, approval=replace(GRANT.approval, approved_at=day("2026-11-02"))),
        replace(GRANT, starts=GRANT.expires, expires=GRANT.starts),
    ],
)
def test_what_is_permitted_and_who_agreed_are_in_the_hash(other):
    """Whatever a reviewer judged cannot change under the same digest."""
    assert grant_hash(GRANT) != grant_hash(other)


def test_the_hash_of_a_grant_of_days_is_what_it_was_before_instants():
    """Plans and evidence of earlier versions name grants by it."""
    assert grant_hash(GRANT) == "3c23c63f7d8ef6b86f8c98b1b095b9f36fb229d761b41f198b95802c61d50264"
    assert grant_hash(grant()) == "3a6ce3018f089331d3af8f3cc6bbfd2ab55208d6b379ec6f6dbaffca23f4bea4"


def test_a_cited_grant_says_the_instants_of_its_window():
    """A day and its time, as of the approval; and together what the file says."""
    cited = cite_grant(grant(starts="2026-11-28T14:00Z", expires="2026-11-28T22:30Z"))
    assert (cited.starts, cited.starts_time) == (day("2026-11-28"), time(14))
    assert (cited.expires, cited.expires_time) == (day("2026-11-28"), time(22, 30))
    assert (cited.begins, cited.ends) == (
        Moment(day("2026-11-28"), time(14)),
        Moment(day("2026-11-28"), time(22, 30)),
    )
    assert (cite_grant(grant()).begins, cite_grant(grant()).ends) == (None, None)


def test_a_cited_grant_can_be_judged_without_its_file():
    """Ticket, approver, days, purpose and place stand in the line."""
    placed = replace(GRANT, origin=Span("grants/claude/jane.yaml", 3))
    assert cite_grant(placed) == GrantRef(
        hash=grant_hash(GRANT),
        subject="jane@example.com",
        ticket="AI-1",
        approved_by=("a@x.io", "b@x.io"),
        approved_at=day("2026-11-01"),
        approval="claimed",
        requested_by="jane@example.com",
        purpose="Daily work",
        starts=day("2026-11-02"),
        expires=day("2027-01-31"),
        revoked_at=day("2026-12-24"),
        revoked_by=GRANT.revoked.by,
        revoked_because=GRANT.revoked.reason,
    )
    assert cite_grant(placed).origin == Span("grants/claude/jane.yaml", 3)


def test_grants_are_cited_once_in_one_order():
    """Whatever the order of the files."""
    one, two = grant(), grant(expires="2027-01-31")
    assert cite_grants([one, two]) == cite_grants([two, one, one])
    assert len(cite_grants([one, two, one])) == 2


def test_a_person_is_cited_with_id_login_name_and_status():
    """Two people of one name are told apart."""
    expected = PersonRef(id="00ujane", login="jane@example.com", name="Jane", status="SUSPENDED")
    assert expected == cite_person(user("jane", "SUSPENDED", name="Jane"))
