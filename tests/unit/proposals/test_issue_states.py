"""How far a request in Jira has come: verified only where Okta was seen to show it."""

from dataclasses import replace

import pytest

from reconciler.model.approvals.issue_state import IssueState, Stage
from reconciler.model.approvals.proposal import (
    NotPublished,
    Published,
    PublishedState,
    PublishProblem,
)
from reconciler.model.directory import ReadFailure
from reconciler.model.evidence import PastGrant
from reconciler.proposals.issue_states import Happened, state_of
from reconciler.proposals.issues import (
    ApprovedIssue,
    EndedIssue,
    IssueDecision,
    RefusedIssue,
)
from reconciler.proposals.nouns import AlreadySo, Proposal, Refusal
from tests.support.builders import NOW
from tests.support.nouns import grant

URL = "https://github.com/acme/access/pull/3"
APPROVED = ApprovedIssue(
    id="42", key="AI-7", url="https://x", reporter="jira:kim", approved_at=NOW, values={}
)
ENDED = EndedIssue(id="42", key="AI-7", url="https://x", ended_at=NOW, ended_by="jira:kim")
WHY = Refusal(code="tool-unknown", summary="there is no such tool", hint="name another")
REFUSED = RefusedIssue(id="42", key="AI-7", url="https://x", refusal=WHY)
ASKED = Proposal(title="Grant it", facts=(), key="k1")
JANE, KIM = grant("jane"), grant("kim")
DONE = PastGrant(at=NOW, is_done=True)


def state(issue, *outcomes, grants=(), **happened):
    """How far it is."""
    decision = IssueDecision(issue=issue, outcomes=outcomes, grants=grants)
    return state_of(decision, Happened(**happened))


def published(how):
    """GitHub said so of the proposal."""
    return {"published": {"k1": Published(number=3, url=URL, state=how, head_sha="c0ffee")}}


@pytest.mark.parametrize(
    ("how", "stage"),
    [
        (PublishedState.OPENED, Stage.PROPOSED),
        (PublishedState.ALREADY, Stage.PROPOSED),
        (PublishedState.DECLINED, Stage.DECLINED),
        (PublishedState.MERGED, Stage.MERGED),
    ],
)
def test_a_proposal_is_as_far_as_its_pull_request(how, stage):
    """And says which one it is."""
    found = state(APPROVED, ASKED, **published(how))
    assert found == IssueState(stage=stage, pull_request=URL)


def test_a_revocation_says_that_it_is_one():
    """Whoever asked for it reads another sentence."""
    found = state(ENDED, ASKED, **published(PublishedState.OPENED))
    assert found.stage is Stage.END_PROPOSED


def test_of_several_revocations_the_one_that_needs_somebody_speaks():
    """The rest is told once that is settled."""
    assert state(ENDED, ASKED, WHY, **published(PublishedState.OPENED)).stage is Stage.REFUSED
    assert state(ENDED).stage is Stage.ENDED
    assert state(ENDED, AlreadySo(summary="it has ended")).stage is Stage.ENDED


def test_what_a_dry_run_did_not_publish_is_still_to_be_proposed():
    """Nothing is known of it at GitHub."""
    assert state(APPROVED, ASKED) == IssueState(stage=Stage.TO_PROPOSE)


@pytest.mark.parametrize(
    "outcome",
    [
        ReadFailure(code="unreachable", detail="GitHub could not be reached"),
        NotPublished(problem=PublishProblem.TOO_MANY_OPEN, summary="5 are open", hint="merge"),
    ],
)
def test_what_could_not_be_published_says_why(outcome):
    """A later run tries again."""
    found = state(APPROVED, ASKED, published={"k1": outcome})
    assert found.stage is Stage.UNPUBLISHED
    assert found.why


@pytest.mark.parametrize(
    ("issue", "outcomes", "happened"),
    [
        (APPROVED, (WHY,), {}),
        (APPROVED, (ASKED,), {"published": {"k1": WHY}}),
        (REFUSED, (WHY,), {}),
    ],
)
def test_a_refusal_says_what_would_help(issue, outcomes, happened):
    """Wherever it came from."""
    found = state(issue, *outcomes, **happened)
    assert found == IssueState(
        stage=Stage.REFUSED, why="there is no such tool (tool-unknown)", hint="name another"
    )


def test_all_that_is_in_the_way_is_said_at_once():
    """Whoever corrects the issue has it approved anew, and would do that for each."""
    both = replace(WHY, also=(Refusal(code="purpose-invalid", summary="it is empty"),))
    assert state(APPROVED, both).why == (
        "there is no such tool (tool-unknown) · it is empty (purpose-invalid)"
    )
    assert state(APPROVED, both).hint == "name another"


def test_an_issue_that_is_approved_no_more_is_told_apart():
    """It is nobody's fault, and removes nobody."""
    assert state(replace(REFUSED, is_left=True), WHY).stage is Stage.LEFT


def test_what_another_grant_gives_is_not_claimed_for_the_issue():
    """Nobody looked at that one."""
    found = state(APPROVED, AlreadySo(summary="she has it"), seen={JANE: DONE})
    assert found == IssueState(stage=Stage.ALREADY, why="she has it")


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({}, IssueState(stage=Stage.MERGED)),
        ({JANE: DONE}, IssueState(stage=Stage.MERGED)),
        ({JANE: DONE, KIM: DONE}, IssueState(stage=Stage.VERIFIED)),
        (
            {JANE: DONE, KIM: PastGrant(at=NOW, is_done=False, why="held")},
            IssueState(stage=Stage.BLOCKED, why="held"),
        ),
    ],
)
def test_a_merged_grant_is_verified_once_all_of_it_was_seen(seen, expected):
    """A merge is a promise; what runs read back is the fact."""
    had = AlreadySo(summary="it is there")
    assert state(APPROVED, had, grants=(JANE, KIM), seen=seen) == expected
