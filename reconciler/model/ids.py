"""One type per identifier, so that a user id and a group id cannot be swapped."""

from typing import NewType

OktaUserId = NewType("OktaUserId", str)
OktaGroupId = NewType("OktaGroupId", str)
OktaOrgId = NewType("OktaOrgId", str)
ConnectorId = NewType("ConnectorId", str)
ToolId = NewType("ToolId", str)
EntitlementId = NewType("EntitlementId", str)
RunId = NewType("RunId", str)

__all__ = [
    "ConnectorId",
    "EntitlementId",
    "OktaGroupId",
    "OktaOrgId",
    "OktaUserId",
    "RunId",
    "ToolId",
]
