"""Where approvals are looked into: the repository around the catalog, and the sources of its doors.

GitHub's token and address come from the environment, never from the catalog; Jira's are pinned
there. A source that cannot be asked leaves the other.
"""

import os
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.cli.options import Settings
from reconciler.cli.secrets.doors import JiraSignIn, read_jira_sign_in
from reconciler.cli.secrets.source import find_work_tree
from reconciler.cli.session.grant_past import open_history
from reconciler.cli.session.route import read_route
from reconciler.github.client import PUBLIC_API, GitHubClient, address_problem
from reconciler.github.reader import GitHubReader
from reconciler.jira.client import JiraAccess, JiraClient
from reconciler.jira.reader import READING, JiraReader
from reconciler.live.approvals import ApprovalEdges, fetch_approvals
from reconciler.live.ports import ApprovalQuestion, IssueReader, ReviewReader
from reconciler.model.approvals.doors import Doors
from reconciler.model.approvals.review import Approvals
from reconciler.model.catalog import DIRECT, Catalog, Route
from reconciler.model.errors import ReconcilerError

__all__ = ["SourceReader", "approvals_before_merge", "approvals_of"]

_TOKENS = ("RECONCILER_GITHUB_TOKEN", "GITHUB_TOKEN")
_LOCAL_JIRA = "RECONCILER_JIRA_ENDPOINT"


def approvals_of(settings: Settings, catalog: Catalog) -> "SourceReader | None":
    """Who is asked about approvals; None where the catalog has no source of them."""
    if not catalog.doors.sources:
        return None
    token = next((found for name in _TOKENS if (found := os.environ.get(name, ""))), "")
    return SourceReader(
        folder=settings.catalog,
        doors=catalog.doors,
        address=os.environ.get("GITHUB_API_URL", "") or PUBLIC_API,
        token=token,
        route=read_route(find_work_tree(settings.catalog)),
        is_rehearsal=settings.sandbox,
    )


def approvals_before_merge(settings: Settings, base: Catalog, commit: str) -> "SourceReader | None":
    """Who is asked about approvals in a plan for review: issues alone, by the base's doors.

    No review is read, for nothing is merged yet.
    """
    if base.doors.jira is None:
        return None
    return SourceReader(
        folder=settings.catalog,
        doors=Doors(jira=base.doors.jira),
        commit=commit,
        route=read_route(find_work_tree(settings.catalog)),
        is_rehearsal=settings.sandbox,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReader:
    """Looks into the approvals that a plan's additions rest on. Nothing is raised.

    `commit` is the one whose past is looked into. A rehearsal leaves the real Jira alone.
    """

    folder: Path
    doors: Doors
    address: str = PUBLIC_API
    token: str = field(default="", repr=False)
    commit: str = "HEAD"
    route: Route = DIRECT
    is_rehearsal: bool = False

    async def fetch_approvals(self, asked: ApprovalQuestion) -> Approvals:
        """A verdict for each of the grants; a failure is told in it."""
        try:
            history = open_history(self.folder, asked.catalog, self.commit)
        except ReconcilerError as error:
            return Approvals(problem=self._github_problem() or f"{error.message}; {error.hint}")
        async with AsyncExitStack() as stack:
            edges = ApprovalEdges(
                history=history,
                reviews=await self._open_reviews(stack, history.repository.prefix),
                issues=await self._open_issues(stack),
                door=self.doors.jira,
            )
            return await fetch_approvals(edges, asked)

    async def _open_reviews(self, stack: AsyncExitStack, folder: str) -> ReviewReader | str:
        """GitHub, or why it is not even asked."""
        if self.doors.github is None:
            return ""
        if problem := self._github_problem():
            return problem
        client = GitHubClient(self.address.rstrip("/"), self.token, route=self.route)
        opened = await stack.enter_async_context(client)
        return GitHubReader(opened, self.doors.github.repository, folder)

    def _github_problem(self) -> str:
        """Why GitHub is not even asked; empty where it can be."""
        if self.doors.github is None:
            return ""
        if not self.token:
            return f"there is no token: set {_TOKENS[0]}"
        here, named = os.environ.get("GITHUB_REPOSITORY", ""), self.doors.github.repository
        if here and here.lower() != named.lower():
            return f"doors/github.yaml names the repository {named}, and this is {here}"
        return address_problem(self.address)

    async def _open_issues(self, stack: AsyncExitStack) -> IssueReader | str:
        """Jira, or why it is not even asked."""
        if (door := self.doors.jira) is None:
            return ""
        if self.is_rehearsal and not os.environ.get(_LOCAL_JIRA):
            return f"the sandbox asks no Jira but one on this machine, by {_LOCAL_JIRA}"
        try:
            account = read_jira_sign_in(door, find_work_tree(self.folder))
        except ReconcilerError as error:
            return f"{error.message}; {error.hint}" if error.hint else error.message
        if account is None:
            return "no account is there to read it"
        opened = await stack.enter_async_context(JiraClient(self._access(account), READING))
        return JiraReader(opened, door)

    def _access(self, account: JiraSignIn) -> JiraAccess:
        return JiraAccess(
            base_url=account.address, email=account.email, token=account.token, route=self.route
        )
