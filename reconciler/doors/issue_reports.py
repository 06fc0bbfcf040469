"""What an issue is told of its request, in words that need no knowledge of the catalog."""

from types import MappingProxyType

from reconciler.jira.writer import IssueReport
from reconciler.model.approvals.issue import Issue
from reconciler.model.approvals.issue_state import IssueState, Stage

__all__ = ["is_worth_telling", "make_report"]

_HEADS = MappingProxyType(
    {
        Stage.REFUSED: "Nothing is proposed for this issue.",
        Stage.UNPUBLISHED: "This could not be proposed yet. It is tried again.",
        Stage.BLOCKED: "The proposal is merged, and the access is not given yet.",
        Stage.LEFT: "This issue is approved no more. What it gave stays until it ends; what was "
        "not given yet is not given.",
        Stage.DECLINED: "The proposal was closed without being merged. A new approval asks again.",
        Stage.END_PROPOSED: "The end of this access is proposed, for review.",
        Stage.TO_PROPOSE: "This is to be proposed.",
        Stage.PROPOSED: "This is proposed, for review. The approval is read again before anything "
        "is given.",
        Stage.MERGED: "The proposal is merged. The next run carries it out.",
        Stage.VERIFIED: "Done: Okta was seen to show this access.",
        Stage.ALREADY: "Nothing has to change.",
        Stage.ENDED: "This access has ended.",
    }
)


def make_report(state: IssueState) -> IssueReport:
    """The state as the issue is told; what others wrote in it is text, and stays that."""
    more = (state.why, f"What helps: {state.hint}" if state.hint else "")
    paragraphs = (f"reconciler: {_HEADS[state.stage]}", *(text for text in more if text))
    return IssueReport(state=state.stage.value, paragraphs=paragraphs, link=state.pull_request)


def is_worth_telling(state: IssueState, issue: Issue) -> bool:
    """Of an issue that ended, only where it was told something before."""
    return state.stage is not Stage.ENDED or bool(issue.told)
