"""Looks into the approvals that a plan's additions rest on, at every source that counts.

Jira is asked once for all, and GitHub about what Jira does not bear out. A failure of one leaves
the other: what a source did not tell verifies nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.live.issues import fetch_issue_verdicts
from reconciler.live.past_files import Introductions, PastFiles
from reconciler.live.ports import ApprovalQuestion, IssueReader, MergeHistory, ReviewReader
from reconciler.live.reviews import fetch_review_verdicts
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.approvals.review import Approvals, Verdict
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.directory import ReadFailure
from reconciler.model.validity import ApprovalSource
from reconciler.planning.approvals.sources import counted_sources, join_verdicts
from reconciler.planning.refs import grant_hash

__all__ = ["ApprovalEdges", "fetch_approvals"]

_Verdicts = Mapping[str, Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalEdges:
    """What approvals are read through; in place of a reader, why there is none.

    A reader that is nothing, for no reason, is not asked.
    """

    history: MergeHistory
    reviews: ReviewReader | str
    issues: IssueReader | str
    door: JiraDoor | None = None


async def fetch_approvals(edges: ApprovalEdges, asked: ApprovalQuestion) -> Approvals:
    """A verdict for each of the grants; a failure leaves them unverified, and is told."""
    found = edges.history.find_introductions(asked.grants)
    if isinstance(found, ReadFailure):
        return Approvals(problem=found.detail)
    past = PastFiles(edges.history, asked)
    issues, issues_problem = await _read_issues(edges, past, found)
    open_ = [g for g in asked.grants if not _is_verified(g, issues)]
    reviews, problem = await _read_reviews(edges, past, found, open_)
    read = {ApprovalSource.GITHUB: reviews, ApprovalSource.JIRA: issues}
    verdicts = {grant_hash(grant): _join(grant, asked, read) for grant in asked.grants}
    return Approvals(
        verdicts={key: verdict for key, verdict in verdicts.items() if verdict is not None},
        problem=problem,
        issues_problem=issues_problem,
    )


def _is_verified(grant: Grant, verdicts: _Verdicts) -> bool:
    found = verdicts.get(grant_hash(grant))
    return found is not None and found.is_verified


def _select(grants: Iterable[Grant], source: ApprovalSource, rules: Catalog) -> tuple[Grant, ...]:
    """Those that the source may bear out, in their order."""
    return tuple(grant for grant in grants if source in counted_sources(grant, rules))


async def _read_issues(
    edges: ApprovalEdges, past: PastFiles, introductions: Introductions
) -> tuple[_Verdicts, str]:
    """What Jira tells, and why it does not."""
    grants = _select(past.asked.grants, ApprovalSource.JIRA, past.asked.rules)
    if not grants:
        return {}, ""
    if isinstance(edges.issues, str) or edges.door is None:
        return {}, str(edges.issues)
    found = await fetch_issue_verdicts(edges.issues, edges.door, past, grants, introductions)
    return ({}, found.detail) if isinstance(found, ReadFailure) else (found, "")


async def _read_reviews(
    edges: ApprovalEdges, past: PastFiles, introductions: Introductions, grants: Iterable[Grant]
) -> tuple[_Verdicts, str]:
    """What GitHub tells, and why it does not, or tells no more."""
    wanted = _select(grants, ApprovalSource.GITHUB, past.asked.rules)
    if not wanted:
        return {}, ""
    if isinstance(edges.reviews, str):
        return {}, edges.reviews
    return await fetch_review_verdicts(edges.reviews, past, wanted, introductions)


def _join(
    grant: Grant, asked: ApprovalQuestion, read: Mapping[ApprovalSource, _Verdicts]
) -> Verdict | None:
    """What the sources that count come to; None where none of them was heard."""
    key, counted = grant_hash(grant), counted_sources(grant, asked.rules)
    told = {each: found[key] for each, found in read.items() if each in counted and key in found}
    if counted and not told:
        return None
    return join_verdicts(grant, told, is_whole=told.keys() == counted)
