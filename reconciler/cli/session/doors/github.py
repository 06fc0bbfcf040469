"""Where proposals are opened: the repository that `doors/github.yaml` names, with its credential.

The API address comes from the environment, never from the catalog.
"""

import os

from reconciler.cli.clock import wall_clock
from reconciler.cli.options import Settings
from reconciler.cli.secrets.doors import AppKey, read_github_credential
from reconciler.cli.secrets.output_filter import register_secret
from reconciler.cli.secrets.source import find_work_tree
from reconciler.cli.session.route import read_route
from reconciler.github.credentials import AppCredentials, Credentials, TokenCredentials
from reconciler.github.transport import PUBLIC_API, address_problem
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.doors import GitHubDoor
from reconciler.model.catalog import Catalog
from reconciler.model.errors import ConnectorError, GuardRefused, UsageError

__all__ = ["open_writer"]

_TOKENS = ("RECONCILER_GITHUB_TOKEN", "GITHUB_TOKEN")


def open_writer(settings: Settings, catalog: Catalog) -> GitHubWriter:
    """What writes at GitHub, to be closed after use.

    Without a credential in the door's file it is the environment's token. Raises `UsageError`,
    `GuardRefused` or `ConnectorError` where nothing may be sent.
    """
    door = catalog.doors.github
    if door is None:
        raise UsageError(
            "github-not-configured",
            "the catalog does not say in which repository of GitHub proposals are opened",
            "have doors/github.yaml with the repository, as owner/name, on the default branch",
        )
    _require_here(door)
    address = os.environ.get("GITHUB_API_URL", "") or PUBLIC_API
    problem = address_problem(address)
    if problem:
        raise UsageError("github-address", problem, "set GITHUB_API_URL to https://HOST/PATH")
    repository = find_work_tree(settings.catalog)
    return GitHubWriter(
        address.rstrip("/"),
        _read_credentials(settings, door),
        door.repository,
        route=read_route(repository),
    )


def _require_here(door: GitHubDoor) -> None:
    """A job writes to its own repository, whatever a file says."""
    here = os.environ.get("GITHUB_REPOSITORY", "")
    if here and here.lower() != door.repository.lower():
        raise GuardRefused(
            "github-elsewhere",
            f"doors/github.yaml names the repository {door.repository}, and this is {here}",
            "correct doors/github.yaml",
        )


def _read_credentials(settings: Settings, door: GitHubDoor) -> Credentials:
    found = read_github_credential(door, find_work_tree(settings.catalog))
    if isinstance(found, AppKey):
        return AppCredentials(found.app, found.installation, found.private_key, wall_clock)
    if found is not None:
        return TokenCredentials(found.token)
    token = next((text for name in _TOKENS if (text := os.environ.get(name, "").strip())), "")
    if not token:
        raise ConnectorError(
            "github-token-missing",
            f"nothing signs in to GitHub: {' and '.join(_TOKENS)} are not set",
            f"set {_TOKENS[0]}, or name an App or a token in doors/github.yaml",
        )
    return TokenCredentials(register_secret(token))
