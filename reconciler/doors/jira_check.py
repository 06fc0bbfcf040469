"""Whether the door to Jira works, by reading alone: what it names is there, and by which name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from reconciler.connector_checks.check_result import CheckResult
from reconciler.connector_checks.jira_door import JiraFacts, judge_jira_door
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.approvals.issue import JiraType
from reconciler.model.directory import ReadFailure

__all__ = ["JiraLook", "check_jira_door"]


class JiraLook(Protocol):
    """Looks at a Jira by one account."""

    async def fetch_cloud_id(self) -> str | ReadFailure:
        """Which Jira it is; empty where its address says so."""

    async def fetch_account(self) -> str | ReadFailure:
        """Who asks."""

    async def fetch_project(self) -> str | ReadFailure:
        """The project's key and name."""

    async def fetch_types(self) -> Mapping[str, JiraType] | ReadFailure:
        """The project's types of issues, by id."""

    async def fetch_fields(self) -> Mapping[str, str] | ReadFailure:
        """The names of fields, by id."""

    async def fetch_permissions(self) -> frozenset[str] | ReadFailure:
        """What the account may do there."""


async def check_jira_door(
    door: JiraDoor, look: JiraLook, *, writes: bool
) -> tuple[CheckResult, ...]:
    """Every check of one account; a site that is another Jira is not signed in to."""
    facts = JiraFacts(cloud_id=await look.fetch_cloud_id())
    if isinstance(facts.cloud_id, str) and facts.cloud_id.lower() in {"", door.cloud_id.lower()}:
        facts = replace(facts, account=await look.fetch_account())
    if isinstance(facts.account, str):
        facts = replace(facts, permissions=await look.fetch_permissions())
        if not writes:
            facts = replace(
                facts,
                project=await look.fetch_project(),
                types=await look.fetch_types(),
                fields=await look.fetch_fields(),
            )
    return judge_jira_door(door, facts, writes=writes)
