"""How Jira is reached: the catalog's door, the account that the operator allows, the route.

And whether that works, by reading alone.
"""

from collections.abc import Mapping
from dataclasses import replace

from reconciler.cli.options import Settings
from reconciler.cli.secrets.doors import read_jira_sign_in
from reconciler.cli.secrets.source import find_work_tree
from reconciler.cli.session.catalog import is_rehearsal
from reconciler.cli.session.route import read_route
from reconciler.connector_checks.check_result import CheckResult, failed_check
from reconciler.connector_checks.jira_door import JiraFacts, judge_jira_door
from reconciler.jira.client import JiraAccess, JiraClient, Routes
from reconciler.jira.inspection import INSPECTING, JiraInspector
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.catalog import Catalog
from reconciler.model.errors import ReconcilerError, UsageError

__all__ = [
    "READING",
    "WRITING",
    "check_accounts",
    "check_jira_door",
    "open_jira",
    "require_jira_door",
]

READING, WRITING = "reading", "writing"
"""The accounts, as the door's file calls them."""


def require_jira_door(settings: Settings, catalog: Catalog, where: str = "") -> JiraDoor:
    """The door; raises `UsageError` where there is none, and in a rehearsal, which asks nobody.

    `where` says whose catalog it is, where it is not the one here.
    """
    if is_rehearsal(settings):
        raise UsageError(
            "jira-in-rehearsal", "a rehearsal asks no Jira", "leave out --sandbox and --endpoint"
        )
    if catalog.doors.jira is None:
        raise UsageError(
            "jira-not-configured",
            f"{where or 'the catalog'} has no doors/jira.yaml, which says which Jira is asked",
            "commit it and push it: what is not on that branch is not read"
            if where
            else "add it; `reconciler init --jira` writes an example into doors/README.md",
        )
    return catalog.doors.jira


def open_jira(
    settings: Settings, door: JiraDoor, routes: Routes, *, writes: bool = False
) -> JiraClient | None:
    """A client for the account that reads, or the one that writes; None where none may write.

    Raises `GuardRefused` or `ConnectorError` where nothing may be sent.
    """
    repository = find_work_tree(settings.catalog)
    found = read_jira_sign_in(door, repository, writes=writes)
    if found is None:
        return None
    access = JiraAccess(
        base_url=found.address,
        email=found.email,
        token=found.token,
        route=read_route(repository),
    )
    return JiraClient(access, routes)


async def check_accounts(
    settings: Settings, door: JiraDoor
) -> Mapping[str, tuple[CheckResult, ...]]:
    """The checks of each account, by what it is for."""
    uses = (READING,) if door.writing is None else (READING, WRITING)
    return {use: await _check_account(settings, door, use) for use in uses}


async def _check_account(settings: Settings, door: JiraDoor, use: str) -> tuple[CheckResult, ...]:
    """What fails before the first request is a failed check too."""
    try:
        opened = open_jira(settings, door, INSPECTING, writes=use == WRITING)
    except ReconcilerError as error:
        hint = error.hint or "see which secrets and pins the operator has set for jira"
        return (failed_check("sign-in", error.code, error.message, hint),)
    if opened is None:
        return ()
    async with opened as client:
        return await check_jira_door(door, JiraInspector(client, door), use)


async def check_jira_door(door: JiraDoor, look: JiraInspector, use: str) -> tuple[CheckResult, ...]:
    """Every check of one account; a site that is another Jira is not signed in to."""
    writes = use == WRITING
    facts = JiraFacts(cloud_id=await look.fetch_cloud_id())
    if isinstance(facts.cloud_id, str) and facts.cloud_id.lower() in {"", door.cloud_id.lower()}:
        facts = replace(facts, account=await look.fetch_account())
    if isinstance(facts.account, str):
        facts = replace(facts, permissions=await look.fetch_permissions())
    if isinstance(facts.account, str) and not writes:
        facts = replace(
            facts,
            project=await look.fetch_project(),
            types=await look.fetch_types(),
            fields=await look.fetch_fields(),
        )
    return judge_jira_door(door, facts, writes=writes)
