"""Looks into approvals that reviews at GitHub are: git's history, then GitHub.

GitHub is asked once for each commit that brought such a grant, once for each team and account
that may matter, and no more after the first answer that shows asking on to be pointless. Grants are
asked about in the order in which they are given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from reconciler.live.past_files import Introductions, PastFiles
from reconciler.live.ports import ReviewReader
from reconciler.model.approvals.review import Introduction, PullRequest, Verdict
from reconciler.model.catalog import Grant
from reconciler.model.directory import ReadFailure
from reconciler.planning.approvals.roster import Roster, contacts_of, team_of
from reconciler.planning.approvals.verification import Case, select_approving_reviews, verify
from reconciler.planning.refs import grant_hash

__all__ = ["fetch_review_verdicts"]

_T = TypeVar("_T")


async def fetch_review_verdicts(
    reviews: ReviewReader, past: PastFiles, grants: Iterable[Grant], introductions: Introductions
) -> tuple[Mapping[str, Verdict], str]:
    """A verdict for each of the grants, by its hash, and what kept it from asking on."""
    inquiry = _Inquiry(past, reviews)
    verdicts = {
        key: verify(grant, await inquiry.case(grant, introductions.get(key)))
        for grant in grants
        if (key := grant_hash(grant))
    }
    return verdicts, inquiry.problem


@dataclass(slots=True)
class _Inquiry:
    """What was asked so far: nothing is asked twice, nor anything after a failure."""

    past: PastFiles
    reviews: ReviewReader
    problem: str = ""
    _pulls: dict[str, PullRequest | ReadFailure | None] = field(default_factory=dict)
    _members: dict[tuple[str, str], bool | ReadFailure] = field(default_factory=dict)

    async def case(self, grant: Grant, introduction: Introduction | None) -> Case:
        """All that can be known of the grant's approval."""
        if introduction is None:
            return Case(introduction=None)
        pull = await self._pull(introduction)
        if isinstance(pull, ReadFailure):
            return Case(introduction=introduction, problem=pull.detail)
        if pull is None:
            return Case(introduction=introduction)
        introduction = await self._add_reviewed_files(grant, introduction, pull)
        rosters = self._rosters(introduction, pull)
        if isinstance(rosters, ReadFailure):
            return Case(introduction=introduction, pull=pull, problem=rosters.detail)
        changed = self._explain_change(grant, introduction, pull)
        if isinstance(changed, ReadFailure):
            return Case(introduction=introduction, pull=pull, problem=changed.detail)
        pairs = _pair_teams(grant, pull, rosters)
        doubts = [why for pair in pairs if (why := await self._ask_team(*pair))]
        return Case(
            introduction=introduction,
            pull=pull,
            rosters=rosters,
            members=frozenset(pair for pair in pairs if self._members.get(pair) is True),
            may_be=self.past.find_aliases(_commits_before(introduction, pull)),
            changed=changed,
            doubt="; ".join(doubts),
        )

    async def _add_reviewed_files(
        self, grant: Grant, introduction: Introduction, pull: PullRequest
    ) -> Introduction:
        """As it came, with the reviewed file where that brought the grant in other company.

        The default branch may have changed the same list meanwhile; the merged file is a third one.
        """
        before, paths = introduction.parent, {path for path, _ in introduction.files}
        if self.problem or before is None or not pull.files.isdisjoint(introduction.files):
            return introduction
        for path, blob in sorted(pull.files):
            if path in paths and await self._brings_grant(
                grant, path, blob, (before, pull.head_sha)
            ):
                return replace(introduction, files=introduction.files | {(path, blob)})
        return introduction

    async def _brings_grant(
        self, grant: Grant, path: str, blob: str, sides: tuple[str, str]
    ) -> bool:
        """Whether the file at the head of a pull request holds the grant, and not where it began.

        `sides` are the default branch and the head.
        """
        content = self._note_problem(await self.reviews.fetch_content(blob))
        wanted = grant_hash(grant)
        if isinstance(content, ReadFailure) or not self.past.history.declares(content, wanted):
            return False
        fork = self._note_problem(await self.reviews.fetch_fork(*sides))
        return (
            not isinstance(fork, ReadFailure)
            and self.past.history.had_grant(fork, path, wanted) is False
        )

    async def _pull(self, at: Introduction) -> PullRequest | ReadFailure | None:
        if at.commit not in self._pulls:
            if self.problem:
                return ReadFailure(code="unasked", detail="its review was not looked at")
            found = await self.reviews.fetch_pull_request(at.commit, at.parent)
            self._pulls[at.commit] = self._note_problem(found)
        return self._pulls[at.commit]

    def _rosters(
        self, introduction: Introduction, pull: PullRequest
    ) -> tuple[Roster, ...] | ReadFailure:
        """Before the pull request by its own word, before the commit by git's, and now: all count.

        A rebased pull request's commits are in a row, and the first may change the rules for the
        second; its own base may be older than an approver's leave, and so may both.
        """
        rosters = []
        for commit in _commits_before(introduction, pull):
            roster = self.past.roster_at(commit)
            if isinstance(roster, ReadFailure):
                return roster
            rosters.append(roster)
        return (*rosters, self.past.roster_now)

    def _explain_change(
        self, grant: Grant, introduction: Introduction, pull: PullRequest
    ) -> str | ReadFailure:
        """What the words mean otherwise than before it, when it was reviewed, or when merged."""
        counted = {r.commit for r in select_approving_reviews(pull)}
        reviewed = (e.grew_from for c, e in pull.earlier.items() if c in counted)
        commits = (*_commits_before(introduction, pull), *reviewed, introduction.commit)
        return self.past.explain_change(grant, commits)

    async def _ask_team(self, team: str, account: str) -> str:
        """Why it is not known whether the account is in the team; empty if it is."""
        pair = (team, account)
        if pair not in self._members:
            if self.problem:
                return f"whether @{account} is in @{team} was not asked"
            self._members[pair] = self._note_problem(
                await self.reviews.fetch_is_member(team, account)
            )
        answer = self._members[pair]
        return answer.detail if isinstance(answer, ReadFailure) else ""

    def _note_problem(self, answer: _T | ReadFailure) -> _T | ReadFailure:
        if isinstance(answer, ReadFailure) and answer.code != "missing" and not self.problem:
            self.problem = answer.detail
        return answer


def _commits_before(introduction: Introduction, pull: PullRequest) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys((pull.base_sha, introduction.parent)))


def _pair_teams(
    grant: Grant, pull: PullRequest, rosters: Iterable[Roster]
) -> tuple[tuple[str, str], ...]:
    """Each team that may approve with each reviewer who may be in it."""
    tools = [tool for roster in rosters if (tool := roster.tools.get(grant.tool))]
    teams = {team for tool in tools for c in contacts_of(tool) if (team := team_of(c))}
    accounts = {review.reviewer.lower() for review in select_approving_reviews(pull)}
    return tuple(sorted((team, account) for team in teams for account in accounts))
