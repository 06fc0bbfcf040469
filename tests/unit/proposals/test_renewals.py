"""A renewal gives what somebody has a later end; what has ended is followed by a new grant."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Span
from reconciler.model.settings import Contact
from reconciler.model.validity import (
    ApprovalAtSource,
    ApprovalSource,
    Duration,
    DurationUnit,
    Moment,
)
from reconciler.proposals.nouns import AlreadySo, Proposal, Refusal, RenewalRequest
from reconciler.proposals.renewals import propose_renewal
from tests.support.nouns import approval, day, grant, tool

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CLAUDE = replace(tool(), approvers=(Contact(email="lead@example.com"),))
BOUNDED = replace(CLAUDE, max_duration=Duration(90, DurationUnit.DAYS))
AGAIN = approval(ticket="AI-2", approved_at=day("2026-11-22"))
WRITTEN = '{ticket: "AI-2", approved_by: ["lead@example.com"], approved_at: 2026-11-22}'
AT_GITHUB = ApprovalAtSource(by=ApprovalSource.GITHUB)
REQUEST = RenewalRequest(
    tool="claude", subject="jane@example.com", expires=Moment(date(2027, 2, 1)), approval=AGAIN
)


def at(line):
    """A place in the list of grants."""
    return Span("catalog/grants/claude/all.yaml", line, 3)


def proposed(*grants, request=REQUEST, claude=CLAUDE):
    """What comes of it on 22 November 2026."""
    catalog = Catalog(tools={"claude": claude}, grants=grants)
    return propose_renewal(request, catalog, frozenset({"grants/claude/all.yaml"}), NOW)


def written(made):
    """Each line that is written, and where."""
    assert isinstance(made, Proposal)
    return [(edit.at.line, edit.stanza) for edit in made.edits]


def test_the_grant_that_ends_last_is_given_a_later_end_and_a_new_approval():
    """What it is for stays as it is."""
    made = proposed(
        grant(expires="2026-12-01", origin=at(2)),
        grant(expires="2026-12-24", origin=at(9)),
        grant("joe", expires="2026-12-31", origin=at(16)),
    )
    assert written(made) == [(9, f"approval: {WRITTEN}"), (9, "expires: 2027-02-01")]
    assert made.title == "Renew claude/users of jane@example.com"
    facts = dict(made.facts)
    assert facts["until"] == "2027-02-01 (so far 2026-12-24)"
    assert "from" not in facts
    assert facts["edits"] == "catalog/grants/claude/all.yaml:9:3"
    assert made.new_files == ()


def test_another_purpose_is_written_too():
    """People go on for other reasons."""
    made = proposed(
        grant(expires="2026-12-01", origin=at(2)), request=replace(REQUEST, purpose="New\nteam")
    )
    assert written(made)[0] == (2, 'purpose: "New team"')


@pytest.mark.parametrize(
    ("before", "approved", "expected"),
    [
        (grant(starts="2026-10-01", expires="2026-12-01"), AGAIN, "starts: 2026-11-22"),
        (grant(expires="2026-12-01"), AT_GITHUB, "starts: 2026-11-22"),
        (grant(starts="2026-12-01", expires="2027-01-01"), AGAIN, None),
        (grant(expires="2026-12-01"), AGAIN, None),
    ],
    ids=["began long ago", "dated by its source", "begins later", "dated by its approval"],
)
def test_where_a_grant_may_last_so_long_a_new_period_begins(before, approved, expected):
    """Its length counts from a day that the file says, or from the approval."""
    made = proposed(before, request=replace(REQUEST, approval=approved), claude=BOUNDED)
    found = [stanza for _, stanza in written(made) if stanza.startswith("starts")]
    assert found == ([expected] if expected else [])
    counted = [value for name, value in made.facts if name == "counted from"]
    assert counted == (["2026-11-22"] if expected else [])


def test_no_period_is_longer_than_the_tool_allows():
    """From today on."""
    request = replace(REQUEST, expires=Moment(date(2027, 2, 21)))
    found = proposed(grant(expires="2026-12-01"), request=request, claude=BOUNDED)
    assert isinstance(found, Refusal)
    assert found.code == "end-too-late"
    assert found.hint.startswith("choose 2027-02-20 or an earlier end")


@pytest.mark.parametrize(
    "before",
    [
        grant(expires="2026-11-21", purpose="Old"),
        grant(revoked="2026-11-20", purpose="Old"),
        grant(revoked="2026-12-01", purpose="Old"),
    ],
    ids=["ended", "revoked", "to be revoked"],
)
def test_what_ends_for_good_is_followed_by_a_new_file(before):
    """The one before stays as the record, and its purpose goes on."""
    made = proposed(before)
    assert isinstance(made, Proposal)
    assert made.edits == ()
    ((path, text),) = made.new_files
    assert path == "grants/claude/jane.yaml"
    assert 'purpose: "Old"\n' in text
    assert text.endswith("expires: 2027-02-01\n")


@pytest.mark.parametrize(
    ("before", "until"),
    [
        (grant(), "without end"),
        (grant(expires="2027-02-01"), "until 2027-02-01"),
        (grant(expires="2027-03-01"), "until 2027-03-01"),
    ],
)
def test_who_has_it_as_long_already_is_told_so(before, until):
    """Asked for twice, it is done once."""
    found = proposed(replace(before, origin=at(2)))
    summary = f"jane@example.com has claude/users already, {until}"
    assert found == AlreadySo(summary=summary, origin=at(2))


def test_the_entitlement_may_be_left_out_by_who_has_but_one():
    """They know the tool by its name."""
    two = replace(tool("claude", users={}, admins={}), approvers=CLAUDE.approvers)
    before = grant(entitlement="admins", expires="2026-12-01", origin=at(2))
    made = proposed(before, claude=two)
    assert isinstance(made, Proposal)
    assert made.title == "Renew claude/admins of jane@example.com"
    found = proposed(before, grant(expires="2026-12-01"), claude=two)
    assert isinstance(found, Refusal)
    assert found.code == "entitlement-needed"


REFUSED = {
    "who never had it": (REQUEST, (grant(entitlement="admins"),), "grant-missing"),
    "who is not known": (replace(REQUEST, subject="jnae"), (grant(),), "subject-unknown"),
    "no such tool": (replace(REQUEST, tool="x"), (grant(),), "tool-unknown"),
    "an end that has passed": (
        replace(REQUEST, expires=Moment(date(2026, 11, 20))),
        (grant(expires="2026-11-01"),),
        "end-passed",
    ),
    "a purpose without end": (
        replace(REQUEST, purpose="x" * 1001),
        (grant(expires="2026-12-01"),),
        "purpose-invalid",
    ),
    "nobody else to approve": (
        replace(REQUEST, subject="lead@example.com", approval=AT_GITHUB),
        (grant("lead", expires="2026-12-01"),),
        "approver-missing",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_renewed_is_refused(what):
    """And nothing is made."""
    request, grants, code = REFUSED[what]
    found = proposed(*grants, request=request)
    assert isinstance(found, Refusal)
    assert found.code == code
