"""Looks into the approvals that a plan's additions rest on: git's history, then GitHub.

GitHub is asked once for each commit that brought such a grant, once for each team and account
that may matter, and no more after the first answer that shows asking on to be pointless. Grants are
asked about in the order in which they are given.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from reconciler.identity.aliases import known_names
from reconciler.identity.index import index_users
from reconciler.live.ports import MergeHistory, ReviewReader
from reconciler.model.approvals.review import Approvals, Introduction, PullRequest
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.directory import LiveState, ReadFailure
from reconciler.model.ids import ConnectorId
from reconciler.planning.approvals.aliases import Aliases, aliases
from reconciler.planning.approvals.meaning import (
    CurrentMeaning,
    Interpretation,
    explain_difference,
    interpret_catalog,
)
from reconciler.planning.approvals.roster import Roster, contacts_of, team_of
from reconciler.planning.approvals.verification import Case, select_approving_reviews, verify
from reconciler.planning.refs import grant_hash

__all__ = ["fetch_approvals"]

_T = TypeVar("_T")


async def fetch_approvals(
    history: MergeHistory,
    reviews: ReviewReader,
    catalog: Catalog,
    connector: ConnectorId,
    grants: tuple[Grant, ...],
    live: LiveState,
) -> Approvals:
    """A verdict for each of the grants; a failure leaves claims, and is told."""
    found = history.find_introductions(grants)
    if isinstance(found, ReadFailure):
        return Approvals(problem=found.detail)
    present = CurrentMeaning(
        reading=interpret_catalog(catalog, connector),
        people=index_users(live.users.values()),
        groups=live.groups,
    )
    inquiry = _Inquiry(history, reviews, catalog, connector, present)
    verdicts = {
        key: verify(grant, await inquiry.case(grant, found.get(key)))
        for grant in grants
        if (key := grant_hash(grant))
    }
    return Approvals(verdicts=verdicts, problem=inquiry.problem)


@dataclass(slots=True)
class _Inquiry:
    """What was asked so far: nothing is asked twice, nor anything after a failure."""

    history: MergeHistory
    reviews: ReviewReader
    catalog: Catalog
    connector: ConnectorId
    present: CurrentMeaning
    problem: str = ""
    _pulls: dict[str, PullRequest | ReadFailure | None] = field(default_factory=dict)
    _members: dict[tuple[str, str], bool | ReadFailure] = field(default_factory=dict)
    _aliases: dict[tuple[str | None, ...], Aliases] = field(default_factory=dict)
    _readings: dict[str | None, Interpretation | ReadFailure] = field(default_factory=dict)

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
            may_be=self._find_aliases(introduction, pull),
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
        if isinstance(content, ReadFailure) or not self.history.declares(content, wanted):
            return False
        fork = self._note_problem(await self.reviews.fetch_fork(*sides))
        return (
            not isinstance(fork, ReadFailure)
            and self.history.had_grant(fork, path, wanted) is False
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
        """Before the pull request by its own word and before the commit by git's: both count.

        A rebased pull request's commits are in a row, and the first may change the rules for the
        second; its own base may be older than an approver's leave.
        """
        rosters = []
        for commit in _commits_before(introduction, pull):
            rules = self.history.rules_at(commit) if commit else Catalog()
            if isinstance(rules, ReadFailure):
                return rules
            rosters.append(Roster(tools=rules.tools, called=known_names(rules).of))
        return tuple(rosters)

    def _find_aliases(self, introduction: Introduction, pull: PullRequest) -> Aliases:
        """Who may be who, by the files of then and of now, and by Okta."""
        before = _commits_before(introduction, pull)
        if before not in self._aliases:
            then = (self.history.rules_at(commit) for commit in before if commit)
            known = [rules for rules in then if not isinstance(rules, ReadFailure)]
            self._aliases[before] = aliases((*known, self.catalog), self.present.people)
        return self._aliases[before]

    def _explain_change(
        self, grant: Grant, introduction: Introduction, pull: PullRequest
    ) -> str | ReadFailure:
        """What the words mean otherwise than before it, when it was reviewed, or when merged."""
        counted = {r.commit for r in select_approving_reviews(pull)}
        reviewed = (e.grew_from for c, e in pull.earlier.items() if c in counted)
        commits = (*_commits_before(introduction, pull), *reviewed, introduction.commit)
        for commit in dict.fromkeys(commits):
            then = self._reading(commit)
            if isinstance(then, ReadFailure):
                return then
            if why := explain_difference(grant, then, self.present):
                return why
        return ""

    def _reading(self, commit: str | None) -> Interpretation | ReadFailure:
        if commit not in self._readings:
            words = self.history.meanings_at(commit) if commit else Catalog()
            read = (
                words
                if isinstance(words, ReadFailure)
                else interpret_catalog(words, self.connector)
            )
            self._readings[commit] = read
        return self._readings[commit]

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
