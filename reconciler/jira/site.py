"""Which address a Jira answers at, and whether it is the Jira that is meant."""

import re

from reconciler.jira import wire
from reconciler.jira.client import Call, JiraClient, JiraError
from reconciler.model.approvals.doors import JiraDoor

__all__ = ["TENANT", "api_address", "require_cloud"]

_GATEWAY = "https://api.atlassian.com/ex/jira"
_TENANT_PATH = "/_edge/tenant_info"
TENANT = ("GET", re.compile(re.escape(_TENANT_PATH)))
"""The route by which a site says which Jira it is; it is asked without an account."""


def api_address(door: JiraDoor) -> str:
    """Where requests go: to the site, or to Atlassian's gateway, whose address has the cloud id."""
    return f"{_GATEWAY}/{door.cloud_id}" if door.api == "gateway" else door.site.rstrip("/")


async def require_cloud(client: JiraClient, door: JiraDoor) -> None:
    """Nothing more is asked of a site that is another Jira. The gateway has it in the address."""
    if door.api == "gateway":
        return
    call = Call(method="GET", path=_TENANT_PATH, is_signed=False)
    found = (await client.ask(call, wire.Tenant)).cloud_id
    if found.lower() != door.cloud_id.lower():
        raise JiraError(
            "refused",
            "the site is another Jira than `cloud_id` says",
            "compare `site` and `cloud_id` in doors/jira.yaml with what the site answers at"
            f" {_TENANT_PATH}",
        )
