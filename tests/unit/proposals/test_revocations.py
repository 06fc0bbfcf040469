"""A revocation ends every grant of the person that has not ended by then, and no other."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.diagnostics import Span
from reconciler.model.settings import Contact
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.proposals.nouns import AlreadySo, Proposal, Refusal, RevocationRequest
from reconciler.proposals.revocations import propose_revocation
from tests.support.nouns import grant, tool

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CLAUDE = replace(tool("claude", users={}, admins={}), owners=(Contact(email="lead@example.com"),))
REVOKED = "{at: 2026-11-22, by: " + '"mira@example.com", reason: left the project}'
REQUEST = RevocationRequest(
    tool="Claude",
    subject="jane@example.com",
    at=date(2026, 11, 22),
    by="mira@example.com",
    reason="left\nthe project",
)


def at(line):
    """A place in a file of grants."""
    return Span("catalog/grants/claude/all.yaml", line)


GRANTS = (
    grant("jane", origin=at(1)),
    grant("slack:U1", entitlement="admins", starts="2027-01-01", origin=at(2)),
    grant("jane", revoked="2027-01-01", origin=at(3)),
    grant("jane", expires="2026-11-21", origin=at(4)),
    grant("jane", tool="cursor", origin=at(5)),
    grant("joe", origin=at(6)),
    grant(
        "jane",
        approval=ApprovalAtSource(by=ApprovalSource.JIRA, ticket="AI-9"),
        origin=at(7),
    ),
)
CATALOG = Catalog(
    tools={"claude": CLAUDE, "cursor": tool("cursor")},
    grants=GRANTS,
    identities=(IdentityMapping(keys=("slack:U1",), login="jane@example.com"),),
)


def lines(request, catalog=CATALOG):
    """Where something is written."""
    made = propose_revocation(request, catalog, NOW)
    assert isinstance(made, Proposal)
    return [edit.at.line for edit in made.edits]


def test_every_grant_of_the_tool_ends_that_has_not_ended():
    """Under each of their names; one that is yet to begin, and one that would end later."""
    made = propose_revocation(REQUEST, CATALOG, NOW)
    assert isinstance(made, Proposal)
    assert [edit.at.line for edit in made.edits] == [1, 2, 3, 7]
    assert {edit.stanza for edit in made.edits} == {f"revoked: {REVOKED}"}
    assert made.title == "Revoke claude/users, claude/admins of jane@example.com"
    assert made.asked == CLAUDE.owners
    assert made.facts == (
        ("access", "claude/users, claude/admins (Claude)"),
        ("of", "jane@example.com"),
        ("reason", "left the project"),
        ("from", "2026-11-22 on"),
        ("revoked by", "mira@example.com"),
        ("revokes", "catalog/grants/claude/all.yaml:1:1"),
        ("revokes", "catalog/grants/claude/all.yaml:2:1"),
        ("revokes", "catalog/grants/claude/all.yaml:3:1"),
        ("revokes", "catalog/grants/claude/all.yaml:7:1"),
        ("asked to review", "lead@example.com"),
    )


def test_one_entitlement_can_be_meant():
    """The others stay."""
    assert lines(replace(REQUEST, entitlement="ADMINS")) == [2]


def test_a_ticket_takes_only_what_it_gave():
    """An issue that ended says nothing of what others approved; its case does not matter."""
    made = propose_revocation(replace(REQUEST, ticket="ai-9"), CATALOG, NOW)
    assert isinstance(made, Proposal)
    assert [edit.at.line for edit in made.edits] == [7]
    assert ("ticket", "ai-9") in made.facts


def test_a_day_ahead_leaves_what_ends_before_it():
    """It would only be said twice."""
    assert lines(replace(REQUEST, at=date(2027, 1, 1))) == [1, 2, 7]


@pytest.mark.parametrize(
    ("request_", "summary"),
    [
        (
            replace(REQUEST, ticket="AI-10"),
            "jane@example.com has no grant of claude under AI-10 that is yet to end",
        ),
        (
            replace(REQUEST, subject="joe@example.com", entitlement="admins"),
            "joe@example.com has no grant of claude/admins that is yet to end",
        ),
        (
            replace(REQUEST, subject="new@example.com", ticket="AI-9"),
            "new@example.com has no grant of claude under AI-9 that is yet to end",
        ),
    ],
)
def test_where_nothing_is_left_to_end_it_is_said(request_, summary):
    """Of an issue that never came to a grant, too."""
    assert propose_revocation(request_, CATALOG, NOW) == AlreadySo(summary=summary)


def test_an_account_elsewhere_loses_what_a_grant_gives_it_whoever_it_is():
    """A mapping that is gone keeps nobody's access."""
    catalog = replace(CATALOG, grants=(grant("jira:5b", origin=at(8)),))
    assert lines(replace(REQUEST, subject="jira:5b"), catalog) == [8]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tool": "x"}, "tool-unknown"),
        ({"entitlement": "x"}, "entitlement-unknown"),
        ({"subject": "jnae@example.com"}, "subject-unknown"),
        ({"subject": "jira:5b"}, "subject-unmapped"),
        ({"subject": "a b", "ticket": "AI-9"}, "subject-invalid"),
        ({"reason": " "}, "reason-invalid"),
    ],
)
def test_what_cannot_be_meant_is_refused(change, code):
    """A name that is spelled wrong would leave its person with all they have."""
    found = propose_revocation(replace(REQUEST, **change), CATALOG, NOW)
    assert isinstance(found, Refusal)
    assert found.code == code
