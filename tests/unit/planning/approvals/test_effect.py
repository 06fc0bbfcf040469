"""What the state of an approval means for a line."""

import pytest

from reconciler.model.approvals.review import Approvals, Verdict
from reconciler.model.catalog import Catalog, Risk
from reconciler.planning.approvals.effect import (
    block_unapproved,
    cite_approval,
    judge_before_merge,
    warn_of_unread_reviews,
)
from reconciler.planning.refs import grant_hash
from tests.support.builders import NOW
from tests.support.nouns import change, grant, grant_ref, removal, review_ref, tool

REVIEW = review_ref()
VERIFIED = Verdict(reviews=(REVIEW,))
CLAIMED = Verdict(why_not="a push")
VOID = Verdict(why_not="a push", is_void=True)
LOW, HIGH = Risk.LOW, Risk.HIGH


def judged(*lines, **more):
    """The code for an addition that rests on grants of these risks and verdicts."""
    refs = tuple(grant_ref(str(n)) for n, _ in enumerate(lines))
    risks = {str(n): risk for n, (risk, _) in enumerate(lines)}
    verdicts = {str(n): v for n, (_, v) in enumerate(lines) if v is not None}
    found = block_unapproved(refs, risks, Approvals(verdicts=verdicts, **more), NOW)
    return found.code if found else None


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([(LOW, VERIFIED)], None),
        ([(LOW, CLAIMED)], None),
        ([(Risk.MEDIUM, CLAIMED)], None),
        ([(LOW, None)], None),
        ([(LOW, VOID)], "approval-void"),
        ([(HIGH, VERIFIED)], None),
        ([(HIGH, CLAIMED)], "approval-unverified"),
        ([(HIGH, None)], "approval-unverified"),
        ([(HIGH, VOID)], "approval-void"),
        ([(LOW, VOID), (LOW, CLAIMED)], None),
        ([(HIGH, CLAIMED), (HIGH, VERIFIED)], None),
        ([(HIGH, CLAIMED), (LOW, VERIFIED)], "approval-unverified"),
        ([(HIGH, VOID), (LOW, VERIFIED)], "approval-unverified"),
    ],
)
def test_what_blocks_an_addition(lines, code):
    """Access of high risk by a verified grant of high risk, anything by one that is not void."""
    assert judged(*lines) == code
    assert judged(*lines, problem="down") == code
    assert judged(*lines, is_required=False) is None


def test_nothing_is_blocked_where_nobody_asks():
    """No repository is named."""
    assert block_unapproved((grant_ref(),), {"9f": HIGH}, None, NOW) is None
    assert cite_approval(grant_ref(), None) == grant_ref()


def test_the_answer_says_what_to_write():
    """And why the present approval does not do."""
    asked = Approvals(verdicts={"9f": CLAIMED})
    reason = block_unapproved((grant_ref(),), {"9f": HIGH}, asked, NOW)
    assert reason.summary == "risk high needs a verified approval: a push"
    assert (
        'approval: {ticket: "AI-1", approved_by: YOUR-EMAIL, approved_at: 2026-11-22T09:00:00Z}'
        in reason.hint
    )


def test_a_grant_is_cited_with_its_reviews_or_the_reason_why_not():
    """Several approvers have a review each."""
    asked = Approvals(verdicts={"9f": Verdict(reviews=(REVIEW, REVIEW))})
    found = cite_approval(grant_ref(), asked)
    assert (found.approval, found.review, found.other_reviews) == ("verified", REVIEW, (REVIEW,))
    assert cite_approval(grant_ref("1a"), asked).why_claimed == "its review was not looked at"


def test_a_failure_is_told_where_somebody_is_to_be_added():
    """A plan without additions asks for no reviews."""
    down = Approvals(problem="GitHub could not be reached")
    (warning,) = warn_of_unread_reviews(down, [change()], [])
    assert warning.code == "reviews-unread"
    assert "GitHub could not be reached" in warning.summary
    assert list(warn_of_unread_reviews(down, [removal()], [])) == []
    assert list(warn_of_unread_reviews(Approvals(), [change()], [])) == []
    assert list(warn_of_unread_reviews(None, [change()], [])) == []


def test_a_plan_for_review_tells_new_grants_from_old_ones():
    """High risk will need a review; nothing is blocked yet."""
    new, old = grant("new"), grant("old")
    tools = {"claude": tool(users={"risk": HIGH})}
    found = judge_before_merge(
        Catalog(tools=tools, grants=(new, old)), Catalog(tools=tools, grants=(old,))
    )
    assert not found.is_required
    words = {g.subject: found.verdicts[grant_hash(g)].why_not for g in (new, old)}
    needed = "; risk high will need a verified review"
    assert words == {
        "new@example.com": f"not merged yet{needed}",
        "old@example.com": f"its review is looked at when it is applied{needed}",
    }
    mild = judge_before_merge(Catalog(tools={"claude": tool()}, grants=(new,)), None)
    assert [v.why_not for v in mild.verdicts.values()] == ["not merged yet"]
