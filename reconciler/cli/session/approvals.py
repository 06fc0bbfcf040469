"""Where approvals are looked into: the repository around the catalog, and its reviews at GitHub.

The token and the API address come from the environment, never from the catalog.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.catalog.git.repository import Repository
from reconciler.catalog.grant_history import GrantHistory
from reconciler.cli.options import Settings
from reconciler.cli.secrets.source import find_work_tree
from reconciler.cli.session.route import read_route
from reconciler.github.client import PUBLIC_API, GitHubClient, address_problem
from reconciler.github.reader import GitHubReader
from reconciler.live.approvals import fetch_approvals
from reconciler.model.approvals.doors import GitHubDoor
from reconciler.model.approvals.review import Approvals
from reconciler.model.catalog import DIRECT, Catalog, Grant, Route
from reconciler.model.directory import LiveState
from reconciler.model.errors import ReconcilerError
from reconciler.model.ids import ConnectorId

__all__ = ["GitHubApprovals", "approvals_of"]

_TOKENS = ("RECONCILER_GITHUB_TOKEN", "GITHUB_TOKEN")


def approvals_of(settings: Settings, catalog: Catalog) -> "GitHubApprovals | None":
    """Who is asked about approvals; None where the catalog asks for no reviews."""
    source = catalog.doors.github
    if source is None:
        return None
    token = next((found for name in _TOKENS if (found := os.environ.get(name, ""))), "")
    address = os.environ.get("GITHUB_API_URL", "") or PUBLIC_API
    return GitHubApprovals(
        folder=settings.catalog,
        source=source,
        address=address,
        token=token,
        route=read_route(find_work_tree(settings.catalog)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubApprovals:
    """Looks into the approvals that a plan's additions rest on. Nothing is raised."""

    folder: Path
    source: GitHubDoor
    address: str
    token: str = field(repr=False)
    route: Route = DIRECT

    async def fetch_approvals(
        self,
        catalog: Catalog,
        connector: ConnectorId,
        grants: tuple[Grant, ...],
        live: LiveState,
    ) -> Approvals:
        """A verdict for each of the grants; a failure is told in it."""
        problem = self._problem()
        if problem:
            return Approvals(problem=problem)
        try:
            history = self._history(catalog)
        except ReconcilerError as error:
            return Approvals(problem=f"{error.message}; {error.hint}")
        async with GitHubClient(self.address.rstrip("/"), self.token, route=self.route) as client:
            folder = history.repository.prefix
            reader = GitHubReader(client, self.source.repository, folder)
            return await fetch_approvals(history, reader, catalog, connector, grants, live)

    def _problem(self) -> str:
        """Why GitHub is not even asked; empty where it can be."""
        if not self.token:
            return f"there is no token: set {_TOKENS[0]}"
        here = os.environ.get("GITHUB_REPOSITORY", "")
        if here and here.lower() != self.source.repository.lower():
            named = self.source.repository
            return f"doors/github.yaml names the repository {named}, and this is {here}"
        return address_problem(self.address)

    def _history(self, catalog: Catalog) -> GrantHistory:
        repository = Repository.around(self.folder)
        tools = catalog.tools.values()
        return GrantHistory(
            repository=repository,
            head=repository.commit("HEAD"),
            display=self.folder.as_posix().rstrip("/") or "/",
            only={t.id: next(iter(t.entitlements)) for t in tools if len(t.entitlements) == 1},
        )
