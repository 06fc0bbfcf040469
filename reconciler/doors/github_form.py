"""The form at GitHub: an issue that was opened with it becomes one pull request, and is told so.

It stays open until Okta was seen to show what it asks for. Nothing is remembered anywhere: the key
is the issue's own, and what it was told is a comment that is kept current. So a run that was killed
is finished by the next, and two at once propose nothing twice. What the issue says is text, and
asks for nothing but a proposal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Protocol

from reconciler.doors.publish import Base, publish
from reconciler.doors.publish import Forge as PullRequests
from reconciler.doors.seen_grants import bindings_in_use
from reconciler.doors.working_tree import judge_proposal
from reconciler.model.approvals.proposal import (
    GitHubIssue,
    NotPublished,
    Published,
    PublishedState,
    PublishProblem,
)
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.directory import ReadFailure
from reconciler.model.evidence import PastGrant
from reconciler.proposals.form_requests import is_of_form, read_request
from reconciler.proposals.grants import propose_grant
from reconciler.proposals.nouns import AlreadySo, Outcome, Proposal, Refusal
from reconciler.render.formats.markdown import prose

__all__ = [
    "FormPorts",
    "FormQuestion",
    "FormResult",
    "FormState",
    "ReviewedForge",
    "form_reply",
    "propose_issue",
]


class FormState(Enum):
    """What became of an issue. All but the first four close it."""

    PROPOSED = "proposed"
    WAITING = "waiting"
    """It could not be proposed yet."""
    GRANTED = "granted"
    """The files give it, and no run has said that Okta shows it."""
    BLOCKED = "blocked"
    """The files give it, and the newest run did not."""
    VERIFIED = "verified"
    ALREADY = "already"
    """The files give it, and no run says more of it."""
    MERGED = "merged"
    """It was proposed and merged, and the files do not give it now."""
    DECLINED = "declined"
    REFUSED = "refused"


_IS_OPEN = frozenset({FormState.PROPOSED, FormState.WAITING, FormState.GRANTED, FormState.BLOCKED})
_IS_DONE = frozenset({FormState.VERIFIED, FormState.ALREADY, FormState.MERGED})

_HEADS = MappingProxyType(
    {
        FormState.PROPOSED: "This is proposed, and decided there by the approvers. What is changed "
        "here from now on changes nothing there.",
        FormState.WAITING: "This could not be proposed yet. It is tried again every hour.",
        FormState.GRANTED: "The files give this access. The next run carries it out.",
        FormState.BLOCKED: "The files give this access, and Okta does not show it yet.",
        FormState.VERIFIED: "Done: Okta was seen to show this access.",
        FormState.ALREADY: "Nothing has to change.",
        FormState.MERGED: "The proposal was merged. A new issue asks again.",
        FormState.DECLINED: "The proposal was closed without being merged. A new issue asks again.",
        FormState.REFUSED: "This is not proposed. Correct this issue and reopen it, or open a new "
        "one.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormResult:
    """What became of an issue, and why; `pull_request` is 0 where there is none."""

    state: FormState
    summary: str = ""
    hint: str = ""
    pull_request: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is said of it, in plain text that others wrote parts of."""
        hint = f"What helps: {self.hint}" if self.hint else ""
        return tuple(text for text in (_HEADS[self.state], self.summary, hint) if text)


class Issues(Protocol):
    """The issues of the repository."""

    async def read(self, number: int) -> GitHubIssue | ReadFailure:
        """The issue as it stands."""

    async def tell(self, number: int, text: str) -> ReadFailure | None:
        """The one comment of ours says this from now on."""

    async def close(self, number: int, *, is_done: bool) -> ReadFailure | None:
        """The issue is closed afterwards."""


class ProposalForge(Protocol):
    """Where proposals go."""

    async def publish(
        self, proposal: Proposal, issue: int
    ) -> Published | NotPublished | Refusal | ReadFailure:
        """Its one pull request, which names the issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedForge:
    """Sends what is a sound change of the base, and refuses what a check would refuse."""

    base: Base
    publisher: PullRequests
    now: datetime

    async def publish(
        self, proposal: Proposal, issue: int
    ) -> Published | NotPublished | Refusal | ReadFailure:
        """Its one pull request, which names the issue."""
        judged = judge_proposal(proposal, self.base.folder, self.now)
        if judged.errors:
            first = judged.errors[0]
            return Refusal(code=first.code, summary=first.summary, hint=first.hint)
        return await publish(judged, self.base, self.publisher, issue)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPorts:
    """Whom it speaks to."""

    issues: Issues
    forge: ProposalForge


@dataclass(frozen=True, slots=True, kw_only=True)
class FormQuestion:
    """Which issue of which repository, and the catalog; `paths` are those of its files.

    `seen` is what runs say of its grants; None where nothing is kept of runs.
    """

    number: int
    repository: str
    catalog: Catalog
    paths: frozenset[str]
    now: datetime
    seen: Mapping[Grant, PastGrant] | None = None


async def propose_issue(
    question: FormQuestion, ports: FormPorts
) -> FormResult | ReadFailure | None:
    """What became of the issue, which says so; None of one that is closed, or not of the form."""
    issue = await ports.issues.read(question.number)
    if isinstance(issue, ReadFailure):
        return issue
    if not issue.is_open or not is_of_form(issue):
        return None
    found = await _propose(question, issue, ports.forge)
    if isinstance(found, ReadFailure):
        return found
    told = await ports.issues.tell(issue.number, form_reply(found))
    if told is None and found.state not in _IS_OPEN:
        told = await ports.issues.close(issue.number, is_done=found.state in _IS_DONE)
    return told or found


async def _propose(
    question: FormQuestion, issue: GitHubIssue, forge: ProposalForge
) -> FormResult | ReadFailure:
    outcome = _decide(question, issue)
    if isinstance(outcome, AlreadySo):
        return _describe_standing(question, outcome)
    if isinstance(outcome, Proposal):
        published = await forge.publish(outcome, issue.number)
        if isinstance(published, ReadFailure):
            return published
        if not isinstance(published, Refusal):
            return _describe_published(published)
        outcome = published
    summary = " · ".join(each.summary for each in outcome.all)
    return FormResult(state=FormState.REFUSED, summary=summary, hint=outcome.hints)


def _decide(question: FormQuestion, issue: GitHubIssue) -> Outcome:
    request = read_request(issue, question.repository, question.catalog)
    if isinstance(request, Refusal):
        return request
    return propose_grant(request, question.catalog, question.paths, question.now)


def _describe_standing(question: FormQuestion, outcome: AlreadySo) -> FormResult:
    """How far the grant is that gives it: a merge is no access yet."""
    catalog = question.catalog
    grant = next((g for g in catalog.grants if g.origin == outcome.origin), None)
    if grant is None or question.seen is None or not bindings_in_use(catalog, grant):
        return FormResult(state=FormState.ALREADY, summary=outcome.summary)
    word = question.seen.get(grant)
    if word is None:
        return FormResult(state=FormState.GRANTED, summary=outcome.summary)
    if word.is_done:
        return FormResult(state=FormState.VERIFIED, summary=outcome.summary)
    return FormResult(
        state=FormState.BLOCKED,
        summary=f"the newest run says: {word.why}",
        hint="the newest plan says what would settle it",
    )


_STATES = MappingProxyType(
    {
        PublishedState.OPENED: FormState.PROPOSED,
        PublishedState.ALREADY: FormState.PROPOSED,
        PublishedState.MERGED: FormState.MERGED,
        PublishedState.DECLINED: FormState.DECLINED,
    }
)


def _describe_published(published: Published | NotPublished) -> FormResult:
    if isinstance(published, Published):
        return FormResult(state=_STATES[published.state], pull_request=published.number)
    is_new = published.problem is not PublishProblem.NOTHING_NEW
    return FormResult(
        state=FormState.WAITING if is_new else FormState.ALREADY,
        summary=published.summary,
        hint=published.hint,
    )


def form_reply(result: FormResult) -> str:
    """What the issue is told, in Markdown in which no word of anybody is more than a word."""
    link = (f"Pull request: #{result.pull_request}",) if result.pull_request else ()
    return "\n\n".join((*map(prose, result.sentences), *link))
