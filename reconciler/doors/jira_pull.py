"""A pull: approved issues become proposals, ended ones revocations, and each issue is told so.

Nothing is remembered anywhere: a proposal's key is made of the issue and the instant of its
approval, and what an issue was told is kept at the issue. So a run that was killed is finished by
the next, and two at once make nothing twice. Issues that could not all be read decide nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from reconciler.doors.publish import Base, Forge, publish
from reconciler.doors.working_tree import Judged, ProposalJudge
from reconciler.identity.catalog_index import index_catalog
from reconciler.jira.writer import IssueReport
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.approvals.issue import Issue
from reconciler.model.approvals.issue_state import IssueState, PulledIssue, Stage, WriteBack
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.directory import ReadFailure
from reconciler.model.evidence import PastGrant
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.planning.approvals.jira import IssueApproval, IssueProblem, judge_issue
from reconciler.proposals.issue_states import Happened, PublishOutcome, state_of
from reconciler.proposals.issues import (
    ApprovedIssue,
    EndedIssue,
    IssueDecision,
    JudgedIssue,
    RefusedIssue,
    decide_issue,
    narrow_to_issue,
)
from reconciler.proposals.nouns import Proposal, Refusal

__all__ = [
    "IssueSource",
    "IssueTeller",
    "JudgingForge",
    "ProposalForge",
    "PullPorts",
    "PullQuestion",
    "pull",
]

_STATUS = "status"
_NOBODY = "jira:unknown"
"""What Jira itself calls an account that is gone."""
_LEFT = frozenset({IssueProblem.LEFT_APPROVED, IssueProblem.NOT_APPROVED})


class IssueSource(Protocol):
    """Reads issues, whole or not at all."""

    async def fetch_approved_and_ended(self) -> tuple[Issue, ...] | ReadFailure:
        """Every issue that is approved or ended now."""

    async def fetch_issues(self, keys: Iterable[str]) -> Mapping[str, Issue] | ReadFailure:
        """Those of these keys that are there."""


class ProposalForge(Protocol):
    """Where proposals go."""

    async def publish(self, proposal: Proposal) -> PublishOutcome | None:
        """What became of it; None where it was only looked at."""


class IssueTeller(Protocol):
    """Writes to issues."""

    async def tell(self, issue_id: str, report: IssueReport) -> bool | ReadFailure:
        """Leaves the report at the issue; False where it is there."""

    async def finish(self, issue_id: str) -> bool | ReadFailure:
        """Gives the issue the door's transition; False where it is not offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullPorts:
    """Whom a pull speaks to. `teller` is None where no account may write, or nothing is sent."""

    issues: IssueSource
    forge: ProposalForge
    teller: IssueTeller | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullQuestion:
    """What a pull is about; `paths` are the catalog's files, `seen` what runs say of its grants."""

    door: JiraDoor
    catalog: Catalog
    paths: frozenset[str]
    now: datetime
    seen: Mapping[Grant, PastGrant] = field(default_factory=dict)


async def pull(question: PullQuestion, ports: PullPorts) -> tuple[PulledIssue, ...] | ReadFailure:
    """Every issue with what became of it, or why none was looked at."""
    issues = await _fetch(question, ports.issues)
    if isinstance(issues, ReadFailure):
        return issues
    decisions = list(_decide(question, issues))
    published = await _publish(decisions, ports.forge)
    happened = Happened(published=published, seen=question.seen)
    pulled = []
    for issue, decision in zip(issues, decisions, strict=True):
        state = state_of(decision, happened)
        if _is_worth_telling(state, issue):
            pulled.append(await _tell(_describe(decision, state), issue, question.door, ports))
    return tuple(pulled)


async def _fetch(question: PullQuestion, source: IssueSource) -> tuple[Issue, ...] | ReadFailure:
    """The issues that are approved or ended, and those that are not but that a grant names."""
    found = await source.fetch_approved_and_ended()
    if isinstance(found, ReadFailure):
        return found
    known = {issue.key for issue in found}
    named = {key for key in _named_keys(question) if key not in known}
    if not named:
        return found
    others = await source.fetch_issues(sorted(named))
    if isinstance(others, ReadFailure):
        return others
    ids = {issue.id for issue in found}
    added = {issue.id: issue for issue in others.values() if issue.id not in ids}
    return (*found, *(added[name] for name in sorted(added, key=int)))


def _named_keys(question: PullQuestion) -> Iterator[str]:
    """The issues in which the approvals of grants are read that have not ended."""
    for grant in question.catalog.grants:
        approval = grant.approval
        is_read = isinstance(approval, ApprovalAtSource) and approval.by is ApprovalSource.JIRA
        if is_read and not grant.has_ended(question.now):
            yield approval.ticket


def _decide(question: PullQuestion, issues: Iterable[Issue]) -> Iterator[IssueDecision]:
    """No two proposals of a run bring the same new file."""
    paths, index = set(question.paths), index_catalog(question.catalog)
    for issue in issues:
        judged = _judge(issue, question.door, question.now)
        part = narrow_to_issue(index, judged)
        decision = decide_issue(judged, question.door, part, paths, question.now)
        yield decision
        paths |= {path for each in _proposals(decision) for path, _ in each.new_files}


def _proposals(decision: IssueDecision) -> list[Proposal]:
    return [outcome for outcome in decision.outcomes if isinstance(outcome, Proposal)]


def _judge(issue: Issue, door: JiraDoor, now: datetime) -> JudgedIssue:
    found = judge_issue(issue, door, now)
    if isinstance(found, IssueApproval):
        return ApprovedIssue(
            id=issue.id,
            key=issue.key,
            url=issue.url,
            reporter=found.reporter.subject,
            approved_at=found.at,
            values=found.values,
        )
    if found.reason is IssueProblem.ENDED:
        at, by = _find_end(issue, door)
        return EndedIssue(id=issue.id, key=issue.key, url=issue.url, ended_at=at, ended_by=by)
    refusal = Refusal(code=found.reason.value, summary=found.summary, hint=_ANEW)
    is_left = found.reason in _LEFT
    return RefusedIssue(id=issue.id, key=issue.key, url=issue.url, refusal=refusal, is_left=is_left)


_ANEW = (
    "correct the issue, then have it approved anew by an approver of the tool who neither asked "
    "for it nor wrote it nor gets it"
)


def _find_end(issue: Issue, door: JiraDoor) -> tuple[datetime, str]:
    """When it last came into a status that says its access is over, and by whom."""
    entries = [
        change
        for change in sorted(issue.changes, key=lambda c: (c.at, c.id))
        for item in change.items
        if item.field_id == _STATUS and item.after in door.ended and item.before not in door.ended
    ]
    if not entries:
        return issue.created_at, issue.creator.subject if issue.creator else _NOBODY
    author = entries[-1].author
    return entries[-1].at, author.subject if author else _NOBODY


async def _publish(
    decisions: Iterable[IssueDecision], forge: ProposalForge
) -> Mapping[str, PublishOutcome]:
    """What became of each proposal. A forge that cannot be reached is not asked for each."""
    published: dict[str, PublishOutcome] = {}
    lost: ReadFailure | None = None
    for decision in decisions:
        for proposal in _proposals(decision):
            outcome = lost or await forge.publish(proposal)
            if outcome is not None:
                published[proposal.key] = outcome
            lost = outcome if isinstance(outcome, ReadFailure) else None
    return published


def _describe(decision: IssueDecision, state: IssueState) -> PulledIssue:
    issue = decision.issue
    titles = tuple(proposal.title for proposal in _proposals(decision))
    return PulledIssue(id=issue.id, key=issue.key, url=issue.url, state=state, titles=titles)


async def _tell(pulled: PulledIssue, issue: Issue, door: JiraDoor, ports: PullPorts) -> PulledIssue:
    """The issue says how far it is; the transition comes first, since what is told is done."""
    report = _make_report(pulled.state)
    if report.digest == issue.told or _is_further(issue, pulled.state):
        return pulled
    if ports.teller is None or pulled.state.stage is Stage.TO_PROPOSE:
        return replace(pulled, written=WriteBack.WOULD_WRITE)
    if pulled.state.stage is Stage.VERIFIED and door.done_transition:
        moved = await ports.teller.finish(issue.id)
        if isinstance(moved, ReadFailure):
            return _fail(pulled, moved)
    told = await ports.teller.tell(issue.id, report)
    if isinstance(told, ReadFailure):
        return _fail(pulled, told)
    return replace(pulled, written=WriteBack.WRITTEN if told else WriteBack.UNCHANGED)


def _fail(pulled: PulledIssue, failure: ReadFailure) -> PulledIssue:
    words = (failure.detail, failure.hint)
    return replace(pulled, written=WriteBack.FAILED, problem="; ".join(filter(None, words)))


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingForge:
    """Judges against the files of `base`; without a forge it only looks."""

    base: Base
    judge: ProposalJudge
    forge: Forge | None = None

    async def publish(self, proposal: Proposal) -> PublishOutcome | None:
        """Its pull request, or why there is none; None where it was only looked at."""
        judged = self.judge.judge(proposal)
        if not judged.is_sound:
            return _refuse(judged)
        return None if self.forge is None else await publish(judged, self.base, self.forge)


def _refuse(judged: Judged) -> Refusal:
    """The first thing that is wrong with it, or what no program can edit."""
    if judged.proposed.refused:
        edit = judged.proposed.refused[0].edit
        return Refusal(
            code="edit-by-hand",
            summary=f"{edit.at} can only be edited by hand",
            hint=f"write there: {edit.stanza}",
        )
    first = judged.errors[0]
    return Refusal(
        code=first.code, summary=f"the files would have an error: {first.summary}", hint=first.hint
    )


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


def _is_further(issue: Issue, state: IssueState) -> bool:
    """Whether it was told that Okta shows it, which no evidence that is not at hand takes back."""
    verified = _make_report(IssueState(stage=Stage.VERIFIED))
    return state.stage is Stage.MERGED and issue.told == verified.digest


def _make_report(state: IssueState) -> IssueReport:
    """The state as the issue is told; what others wrote in it is text, and stays that."""
    more = (state.why, f"What helps: {state.hint}" if state.hint else "")
    paragraphs = (f"reconciler: {_HEADS[state.stage]}", *(text for text in more if text))
    return IssueReport(state=state.stage.value, paragraphs=paragraphs, link=state.pull_request)


def _is_worth_telling(state: IssueState, issue: Issue) -> bool:
    """Of an issue that ended, only where it was told something before."""
    return state.stage is not Stage.ENDED or bool(issue.told)
