"""What the state of an approval means for a line."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from reconciler.model.approvals.doors import Doors, GitHubDoor
from reconciler.model.approvals.review import Approvals, Verdict
from reconciler.model.catalog import Catalog, Risk
from reconciler.model.settings import RequiredApproval, Settings
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.planning.approvals.effect import (
    block_unapproved,
    cite_approval,
    judge_before_merge,
    read_approval,
    select_carrying,
    warn_of_unread_sources,
)
from reconciler.planning.approvals.sources import READ_FIRST
from reconciler.planning.refs import cite_grant, grant_hash
from tests.support.builders import NOW
from tests.support.nouns import change, day, grant, grant_ref, removal, review_ref, tool
from tests.unit.planning.approvals.test_issues import DOOR

REVIEW = review_ref()
VERIFIED = Verdict(reviews=(REVIEW,))
CLAIMED = Verdict(why_not="a push")
VOID = Verdict(why_not="a push", is_void=True)
LOW, HIGH = Risk.LOW, Risk.HIGH
DOORS = Doors(github=GitHubDoor(repository="acme/access"), jira=DOOR)
ALL, NONE = RequiredApproval.ALL, RequiredApproval.NONE


def judged(*lines, required=RequiredApproval.HIGH, **more):
    """The code for an addition that rests on grants of these risks and verdicts."""
    refs = tuple(grant_ref(str(n)) for n, _ in enumerate(lines))
    risks = {str(n): risk for n, (risk, _) in enumerate(lines)}
    verdicts = {str(n): v for n, (_, v) in enumerate(lines) if v is not None}
    found = block_unapproved(refs, risks, Approvals(verdicts=verdicts, **more), NOW, required)
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


@pytest.mark.parametrize(
    ("required", "lines", "code"),
    [
        (ALL, [(LOW, CLAIMED)], "approval-unverified"),
        (ALL, [(LOW, None)], "approval-unverified"),
        (ALL, [(LOW, VERIFIED)], None),
        (ALL, [(LOW, CLAIMED), (LOW, VERIFIED)], None),
        (ALL, [(HIGH, CLAIMED), (LOW, VERIFIED)], "approval-unverified"),
        (ALL, [(LOW, VOID)], "approval-void"),
        (NONE, [(HIGH, CLAIMED)], None),
        (NONE, [(HIGH, None)], None),
        (NONE, [(HIGH, VOID)], "approval-void"),
    ],
)
def test_the_settings_say_where_a_claim_is_enough(required, lines, code):
    """But what was edited after its approval is not what was approved."""
    assert judged(*lines, required=required) == code


@pytest.mark.parametrize("required", RequiredApproval)
@pytest.mark.parametrize("source", ApprovalSource)
@pytest.mark.parametrize(
    "told", [None, Approvals(), Approvals(problem="down"), Approvals(is_required=False)]
)
def test_what_only_its_source_bears_out_is_nothing_without_it(required, source, told):
    """Whatever the risk, whether it was asked or not, and before a merge too: nobody agreed."""
    unread = at_source(source)
    found = block_unapproved((unread,), {"9f": LOW}, told, NOW, required)
    assert found.code == "approval-unverified"
    assert found.summary.startswith("no approver was seen to agree: ")
    assert ("down" in found.summary) is (told is not None and told.problem == "down")
    assert found.hint == READ_FIRST


@pytest.mark.parametrize("source", ApprovalSource)
def test_what_its_source_refuses_is_approved_anew_there(source):
    """At that source, and not in the file."""
    told = Approvals(verdicts={"9f": CLAIMED})
    found = block_unapproved((at_source(source),), {"9f": LOW}, told, NOW)
    assert ("in Jira" in found.hint) is (source is ApprovalSource.JIRA)
    assert ("in a pull request" in found.hint) is (source is ApprovalSource.GITHUB)


@pytest.mark.parametrize(
    "verdict", [CLAIMED, Verdict(why_not="it was reopened", names=("mira@example.com",))]
)
def test_a_refusal_of_the_source_is_the_reason(verdict):
    """And those whom it names are among the people of the line."""
    told = Approvals(verdicts={"9f": verdict})
    found = block_unapproved((at_source(),), {"9f": LOW}, told, NOW)
    assert found.summary == f"no approver was seen to agree: {verdict.why_not}"
    assert tuple(p.login for p in found.people) == verdict.names


def test_a_claim_beside_it_is_judged_for_itself():
    """What a source does not bear out adds nothing, and takes nothing from what stands alone."""
    refs = (grant_ref("1a"), at_source())
    low, high = {"1a": LOW, "9f": LOW}, {"1a": HIGH, "9f": HIGH}
    told = Approvals(verdicts={"1a": CLAIMED, "9f": CLAIMED})
    assert block_unapproved(refs, low, told, NOW) is None
    assert block_unapproved(refs, high, told, NOW).code == "approval-unverified"
    assert block_unapproved(refs, low, told, NOW, ALL).code == "approval-unverified"
    borne = Approvals(verdicts={"1a": CLAIMED, "9f": VERIFIED})
    assert block_unapproved(refs, high, borne, NOW) is None
    assert select_carrying(refs, told) == refs[:1]
    assert select_carrying(refs, borne) == refs
    assert select_carrying(refs, None) == refs[:1]


def test_what_the_source_says_is_cited_and_judged_by():
    """To the second, as a file would write it; what the file states itself stays as it is."""
    at = datetime(2026, 11, 20, 12, 0, 5, 999, tzinfo=UTC)
    agreed = {"approved_by": ("mira@example.com",), "approved_at": at}
    borne = replace(VERIFIED, asked_by="jira:joe", **agreed)
    pointing = grant("jane", approval=ApprovalAtSource(by=ApprovalSource.JIRA, ticket="AI-7"))
    told = Approvals(verdicts={grant_hash(pointing): borne, "9f": borne})
    found = cite_approval(at_source(), told)
    assert (found.approved_by, found.approved_at) == (("mira@example.com",), day("2026-11-20"))
    assert (found.approved_time, found.approval) == (time(12, 0, 5), "verified")
    assert found.asked_by == "jira:joe"
    assert cite_approval(grant_ref(), told).approved_by == ("lead@example.com",)
    read = read_approval(pointing, told).approval
    assert (read.approved_by, read.ticket) == (("mira@example.com",), "AI-7")
    assert read.earliest == at.replace(microsecond=0)
    for unread in (None, Approvals(), Approvals(verdicts={grant_hash(pointing): CLAIMED})):
        assert read_approval(pointing, unread) is pointing
    typed = grant("jane")
    assert read_approval(typed, Approvals(verdicts={grant_hash(typed): borne})) is typed


def test_a_failure_of_one_source_is_told_by_itself():
    """The other's verdicts stand."""
    down = Approvals(issues_problem="Jira could not be reached", problem="the token is spent")
    found = list(warn_of_unread_sources(down, [change()], []))
    assert [each.code for each in found] == ["reviews-unread", "issues-unread"]
    assert "Jira could not be reached" in found[1].summary


def pointing_at(source, name="jane"):
    """A grant whose approval is read there."""
    return grant(name, approval=ApprovalAtSource(by=source, ticket="AI-7"))


def test_before_a_merge_reviews_are_awaited_and_issues_are_read():
    """What an issue does not bear out is blocked in the review already; nothing else is."""
    review, issue = map(pointing_at, (ApprovalSource.GITHUB, ApprovalSource.JIRA))
    other, typed = pointing_at(ApprovalSource.JIRA, "joe"), grant("amy")
    catalog = Catalog(tools={"claude": tool()}, grants=(review, issue, other, typed))
    verdicts = {grant_hash(issue): VERIFIED, grant_hash(typed): CLAIMED}
    told = Approvals(verdicts=verdicts, issues_problem="p")
    found = judge_before_merge(catalog, Catalog(doors=DOORS), told)
    assert found.issues_problem == "p"

    def judge(one):
        refs = (cite_grant(one),)
        return block_unapproved(refs, {grant_hash(one): HIGH}, found, NOW)

    assert [judge(one) for one in (review, issue, typed)] == [None, None, None]
    assert judge(other).summary == "no approver was seen to agree: p"
    assert found.verdicts[grant_hash(issue)].is_verified
    assert found.verdicts[grant_hash(typed)].why_not == "not merged yet; a push"
    awaited = found.verdicts[grant_hash(review)]
    assert awaited.why_not == "not merged yet; it will need the review of an approver"
    assert awaited.is_awaited
    assert not awaited.is_verified


@pytest.mark.parametrize(
    ("base", "why"),
    [
        (Catalog(), "before this change there is no doors/{}.yaml, and a change does not say "),
        (
            Catalog(doors=DOORS, tools={"claude": replace(tool(), approvals=frozenset())}),
            "before this change, claude counts no approvals of {}",
        ),
    ],
)
@pytest.mark.parametrize("source", ApprovalSource)
def test_no_change_says_where_its_own_approvals_are_read(source, base, why):
    """Whatever was read, and whatever the change makes of doors and tools."""
    one = pointing_at(source)
    head = Catalog(doors=DOORS, tools={"claude": tool()}, grants=(one,))
    told = Approvals(verdicts={grant_hash(one): VERIFIED})
    found = judge_before_merge(head, base, told)
    reason = block_unapproved((cite_grant(one),), {grant_hash(one): LOW}, found, NOW)
    assert why.format(source.value) in reason.summary
    assert reason.hint.startswith("have the change of the rules merged first")
    assert not found.verdicts[grant_hash(one)].is_verified


def test_a_plan_for_review_says_what_the_settings_will_ask():
    """Of each addition, of none, or of those of high risk."""
    one = grant("new")
    for required, needed in ((ALL, "; it will need a verified review"), (NONE, "")):
        settings = Settings(required=required)
        catalog = Catalog(settings=settings, tools={"claude": tool()}, grants=(one,))
        (verdict,) = judge_before_merge(catalog, None).verdicts.values()
        assert verdict.why_not == f"not merged yet{needed}"


def at_source(source=ApprovalSource.GITHUB):
    """A grant that names no approver, as a line cites it."""
    return grant_ref(source=source, approved_by=(), approved_at=None)


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


def test_an_approval_that_was_not_looked_at_is_not_asked_for_anew():
    """A missing token is no fault of the grant."""
    told = Approvals(problem="there is no token")
    assert block_unapproved((grant_ref(),), {"9f": HIGH}, told, NOW).hint == READ_FIRST


def test_a_failure_is_told_where_somebody_is_to_be_added():
    """A plan without additions asks for no reviews."""
    down = Approvals(problem="GitHub could not be reached")
    (warning,) = warn_of_unread_sources(down, [change()], [])
    assert warning.code == "reviews-unread"
    assert "GitHub could not be reached" in warning.summary
    (warning,) = warn_of_unread_sources(Approvals(issues_problem="401"), [change()], [])
    assert (warning.code, "`reconciler jira test`" in warning.hint) == ("issues-unread", True)
    assert list(warn_of_unread_sources(down, [removal()], [])) == []
    assert list(warn_of_unread_sources(Approvals(), [change()], [])) == []
    assert list(warn_of_unread_sources(None, [change()], [])) == []


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
