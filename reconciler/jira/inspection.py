"""Looks at what a door names in Jira: the site, the account, the project, statuses and fields."""

import re
from collections.abc import Awaitable, Mapping
from typing import TypeVar

import msgspec

from reconciler.jira import wire
from reconciler.jira.client import Call, JiraClient, JiraError, Routes
from reconciler.jira.site import TENANT
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.approvals.issue import JiraType
from reconciler.model.directory import ReadFailure

__all__ = ["INSPECTING", "JiraInspector"]

_ASKED = (
    "BROWSE_PROJECTS",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "EDIT_ISSUES",
    "TRANSITION_ISSUES",
)
"""Permissions that matter here (Jira: permissions, built-in)."""
_REST = "/rest/api/3"

INSPECTING: Routes = (
    TENANT,
    ("GET", re.compile(f"{_REST}/myself")),
    ("GET", re.compile(rf"{_REST}/project/[0-9]{{1,19}}")),
    ("GET", re.compile(rf"{_REST}/project/[0-9]{{1,19}}/statuses")),
    ("GET", re.compile(f"{_REST}/field")),
    ("GET", re.compile(f"{_REST}/mypermissions")),
)
"""What a look needs: it changes nothing."""

_Found = TypeVar("_Found")


class _Project(msgspec.Struct, gc=False):
    key: str
    name: str


class _Named(msgspec.Struct, gc=False):
    id: str
    name: str


class _Type(msgspec.Struct, gc=False):
    id: str
    name: str
    statuses: list[_Named]


class _Permission(msgspec.Struct, rename="camel", gc=False):
    have_permission: bool


class _Permissions(msgspec.Struct, gc=False):
    permissions: dict[str, _Permission]


class JiraInspector:
    """Looks by one account; each answer is data or `ReadFailure`.

    The client is one for `INSPECTING`.
    """

    def __init__(self, client: JiraClient, door: JiraDoor) -> None:
        self._client = client
        self._project = f"{_REST}/project/{door.project}"
        self._project_id = door.project
        self._has_own_address = door.api == "gateway"

    async def fetch_cloud_id(self) -> str | ReadFailure:
        """Which Jira the site is; empty where the address says it already."""
        if self._has_own_address:
            return ""
        call = Call(method="GET", path="/_edge/tenant_info", is_signed=False)
        found = await _attempt(self._client.ask(call, wire.Tenant))
        return found if isinstance(found, ReadFailure) else found.cloud_id

    async def fetch_account(self) -> str | ReadFailure:
        """The id of the account."""
        found = await self._read(f"{_REST}/myself", wire.Account)
        return found if isinstance(found, ReadFailure) else found.account_id

    async def fetch_project(self) -> str | ReadFailure:
        """The project's key and name."""
        found = await self._read(self._project, _Project)
        return found if isinstance(found, ReadFailure) else f"{found.key}: {found.name}"

    async def fetch_types(self) -> Mapping[str, JiraType] | ReadFailure:
        """The project's types of issues, by id."""
        found = await self._read(f"{self._project}/statuses", list[_Type])
        if isinstance(found, ReadFailure):
            return found
        return {
            each.id: JiraType(name=each.name, statuses={s.id: s.name for s in each.statuses})
            for each in found
        }

    async def fetch_fields(self) -> Mapping[str, str] | ReadFailure:
        """The names of all fields, by id."""
        found = await self._read(f"{_REST}/field", list[_Named])
        return found if isinstance(found, ReadFailure) else {each.id: each.name for each in found}

    async def fetch_permissions(self) -> frozenset[str] | ReadFailure:
        """What the account may do in the project, of what matters here."""
        query = {"projectId": self._project_id, "permissions": ",".join(_ASKED)}
        call = Call(method="GET", path=f"{_REST}/mypermissions", query=query)
        found = await _attempt(self._client.ask(call, _Permissions))
        if isinstance(found, ReadFailure):
            return found
        return frozenset(name for name, each in found.permissions.items() if each.have_permission)

    async def _read(self, path: str, kind: type[_Found]) -> _Found | ReadFailure:
        return await _attempt(self._client.ask(Call(method="GET", path=path), kind))


async def _attempt(asked: Awaitable[_Found]) -> _Found | ReadFailure:
    try:
        return await asked
    except JiraError as error:
        return error.failure
