"""How far a request in Jira has come: from what was decided, published, and seen by runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.approvals.issue_state import IssueState, Stage
from reconciler.model.approvals.proposal import NotPublished, Published, PublishedState
from reconciler.model.catalog import Grant
from reconciler.model.directory import ReadFailure
from reconciler.model.evidence import PastGrant
from reconciler.proposals.issues import (
    ApprovedIssue,
    EndedIssue,
    IssueDecision,
    RefusedIssue,
)
from reconciler.proposals.nouns import AlreadySo, Outcome, Proposal, Refusal

__all__ = ["Happened", "PublishOutcome", "state_of"]

PublishOutcome = Published | NotPublished | Refusal | ReadFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What became of proposals, by their keys, and of grants in runs, as far as anybody knows."""

    published: Mapping[str, PublishOutcome] = field(default_factory=dict)
    seen: Mapping[Grant, PastGrant] = field(default_factory=dict)


def state_of(decision: IssueDecision, happened: Happened) -> IssueState:
    """How far the issue is."""
    match decision.issue:
        case RefusedIssue() as issue:
            stage = Stage.LEFT if issue.is_left else Stage.REFUSED
            return _refused(issue.refusal, stage)
        case EndedIssue():
            return _of_ended(decision, happened)
        case ApprovedIssue():
            (outcome,) = decision.outcomes
            return _of_approved(outcome, decision, happened)


def _refused(refusal: Refusal, stage: Stage = Stage.REFUSED) -> IssueState:
    return IssueState(stage=stage, why=refusal.reasons, hint=refusal.hints)


def _of_approved(outcome: Outcome, decision: IssueDecision, happened: Happened) -> IssueState:
    match outcome:
        case Refusal():
            return _refused(outcome)
        case AlreadySo(has_ended=True):
            return IssueState(stage=Stage.ENDED, why=outcome.summary)
        case AlreadySo() if decision.grants:
            return _of_grants(decision.grants, happened.seen)
        case AlreadySo():
            return IssueState(stage=Stage.ALREADY, why=outcome.summary)
        case Proposal():
            return _of_proposal(happened.published.get(outcome.key), Stage.PROPOSED)


def _of_grants(grants: tuple[Grant, ...], seen: Mapping[Grant, PastGrant]) -> IssueState:
    """Verified where Okta was seen to show all of it."""
    known = [seen[grant] for grant in grants if grant in seen]
    missing = sorted({each.why for each in known if not each.is_done})
    if missing:
        return IssueState(stage=Stage.BLOCKED, why=", ".join(missing))
    return IssueState(stage=Stage.VERIFIED if len(known) == len(grants) else Stage.MERGED)


def _of_proposal(published: PublishOutcome | None, opened: Stage) -> IssueState:
    match published:
        case None:
            return IssueState(stage=Stage.TO_PROPOSE)
        case Published():
            stage = {
                PublishedState.OPENED: opened,
                PublishedState.ALREADY: opened,
                PublishedState.DECLINED: Stage.DECLINED,
                PublishedState.MERGED: Stage.MERGED,
            }[published.state]
            return IssueState(stage=stage, pull_request=published.url)
        case Refusal():
            return _refused(published)
        case NotPublished():
            return IssueState(stage=Stage.UNPUBLISHED, why=published.summary, hint=published.hint)
        case ReadFailure():
            return IssueState(
                stage=Stage.UNPUBLISHED,
                why=f"{published.detail} ({published.code})",
                hint=published.hint,
            )


def _of_ended(decision: IssueDecision, happened: Happened) -> IssueState:
    """The most urgent of its revocations speaks for all."""
    states = [_of_revocation(outcome, happened) for outcome in decision.outcomes]
    order = list(Stage)
    return min(states, key=lambda s: order.index(s.stage), default=IssueState(stage=Stage.ENDED))


def _of_revocation(outcome: Outcome, happened: Happened) -> IssueState:
    match outcome:
        case Refusal():
            return _refused(outcome)
        case AlreadySo():
            return IssueState(stage=Stage.ENDED, why=outcome.summary)
        case Proposal():
            return _of_proposal(happened.published.get(outcome.key), Stage.END_PROPOSED)
