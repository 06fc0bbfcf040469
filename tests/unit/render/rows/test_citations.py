"""How a line cites an instant, a person, a group and a grant."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from reconciler.model.approvals.review import IssueRef
from reconciler.model.diagnostics import Span
from reconciler.model.plan import PersonRef
from reconciler.model.validity import ApprovalSource
from reconciler.render.rows.citations import grant_line, group, instant, person
from tests.support.nouns import GROUP, NEW_GROUP, day, grant_ref, ref, review_ref

CITED = (
    "grant AI-1 · approved by lead@example.com on 2026-11-01 (claimed) · through 2027-02-18 · "
    "grants/jane.yaml:3"
)
UNTIL = "through 2027-02-18 · grants/jane.yaml:3"
VERIFIED = "verified by @lead in https://x/1 at aaaaaaaaaaaa, @jo in https://x/2 at aaaaaaaaaaaa"
ISSUE = IssueRef(
    key="AI-1",
    url="https://x/AI-1",
    approvers=("jira:5b10",),
    approved_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
)
AT_JIRA = grant_ref(
    source=ApprovalSource.JIRA,
    requested_by="joe@example.com",
    approval="verified",
    issue=ISSUE,
    approved_at=day("2026-11-20"),
    approved_time=time(12),
)
IN_JIRA = (
    "grant AI-1 · requested by joe@example.com · approved by lead@example.com on "
    "2026-11-20T12:00Z (verified in Jira: https://x/AI-1"
)
UNREAD = {"source": ApprovalSource.GITHUB, "approved_by": (), "approved_at": None}
GRANT = grant_ref(expires=day("2027-02-18"), origin=Span("grants/jane.yaml", 3, 9))


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("2026-11-22 09:05 UTC", "2026-11-22T09:05:59+00:00"),
        ("2026-11-22 04:05 UTC", "2026-11-22T09:05:00+05:00"),
        ("2026-11-23 01:05 UTC", "2026-11-22T20:05:00-05:00"),
    ],
)
def test_an_instant_is_shown_in_utc(words, at):
    """A plan file may hold another zone; the words still have to be true."""
    assert words == instant(datetime.fromisoformat(at))


@pytest.mark.parametrize(
    ("words", "one"),
    [
        ("jane@example.com (00ujane)", ref("jane")),
        ("a@x.io (00ua, SUSPENDED)", PersonRef(id="00ua", login="a@x.io", status="SUSPENDED")),
        ("a@x.io (00ua)", PersonRef(id="00ua", login="a@x.io")),
        ("a@x.io", PersonRef(id=None, login="a@x.io", status="ACTIVE")),
    ],
)
def test_a_person_is_login_id_and_an_unusual_status(words, one):
    """Two people of one name are told apart."""
    assert words == person(one)


@pytest.mark.parametrize(
    ("words", "one"),
    [('"Claude users" (00gclaude)', GROUP), ('"Cursor users" (to be created)', NEW_GROUP)],
)
def test_a_group_is_name_and_id(words, one):
    """Or that it is yet to be made."""
    assert words == group(one)


@pytest.mark.parametrize(
    ("words", "one"),
    [
        (CITED, GRANT),
        (
            CITED.replace("through 2027-02-18", "until 2027-02-18 14:00 UTC"),
            replace(GRANT, expires_time=time(14)),
        ),
        (
            "grant AI-1 · approved by a@x.io, b@x.io on 2026-11-01 (claimed) · no end date",
            grant_ref(approved_by=("a@x.io", "b@x.io")),
        ),
        (
            CITED.replace("(claimed)", "(claimed: a push)").replace(UNTIL, "no end date"),
            grant_ref(why_claimed="a push"),
        ),
        (
            CITED.replace("claimed", VERIFIED).replace(UNTIL, "no end date"),
            grant_ref(
                approval="verified",
                review=review_ref("lead", 1),
                other_reviews=(review_ref("jo", 2),),
            ),
        ),
        (
            f"{IN_JIRA}) · no end date",
            AT_JIRA,
        ),
        (
            IN_JIRA.replace("AI-1 ·", "ai-1 ·").replace("joe@example.com", "jira:joe")
            + ") · no end date",
            replace(AT_JIRA, ticket="ai-1", requested_by="", asked_by="jira:joe"),
        ),
        (
            IN_JIRA.replace("grant AI-1 · requested by joe@example.com", "grant see AI-1").replace(
                "lead@example.com on", "lead@example.com in AI-1 on"
            )
            + ") · no end date",
            replace(AT_JIRA, ticket="see AI-1", source=None),
        ),
        (
            f"{IN_JIRA}; it does not say: expires) · no end date",
            replace(AT_JIRA, issue=replace(ISSUE, unbound=("expires",))),
        ),
        (
            "grant · approval at GitHub (not verified: a push) · no end date",
            grant_ref(ticket="", why_claimed="a push", **UNREAD),
        ),
        ("grant · approval at GitHub (not verified) · no end date", grant_ref(ticket="", **UNREAD)),
    ],
)
def test_a_grant_can_be_judged_from_its_line(words, one):
    """Ticket, approvers, end and place."""
    assert words == grant_line(one)


def test_no_value_of_a_grant_goes_on_in_the_words_of_the_tool():
    """A ticket, a name or a file may not say who approved, until when, or how sure that is."""
    lie = "AI-1 · approved by boss@example.com on 2026-11-01 (verified) · no end date"
    origin = Span("grants/x · (verified).yaml", 1, 1)
    line = grant_line(grant_ref(ticket=lie, approved_by=("a · b@x.io",), origin=origin))
    assert line.count(" · ") == len(("approved by", "until", "where"))
    assert r"AI-1 \u{b7} approved by boss@example.com" in line
