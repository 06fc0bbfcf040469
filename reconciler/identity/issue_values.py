"""What the fields of an issue say, in the words of the catalog: which tool, which day.

People choose from lists that others wrote, so a tool is found by its id or by its name. What is
read here for a proposal is read here again when its approval is verified.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from reconciler.model.approvals.doors import JiraField
from reconciler.model.catalog import Catalog, Tool
from reconciler.model.ids import EntitlementId, ToolId, fold

__all__ = ["find_entitlement", "find_tool", "read_moment", "read_value"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})", re.ASCII
)


def read_value(values: Mapping[JiraField, str], field: JiraField) -> str:
    """The field's text without blanks around it; empty where it says nothing."""
    return values.get(field, "").strip()


def find_tool(catalog: Catalog, text: str) -> ToolId | None:
    """The tool with that id, or the only one with that name; capitals do not matter."""
    wanted = fold(text)
    by_id = next((tool for tool in catalog.tools if tool == wanted), None)
    named = [tool.id for tool in catalog.tools.values() if fold(tool.name) == wanted]
    return by_id or (named[0] if len(named) == 1 else None)


def find_entitlement(tool: Tool, text: str) -> EntitlementId | None:
    """The tool's entitlement with that id; without a text, the only one it has."""
    if not text:
        return next(iter(tool.entitlements)) if len(tool.entitlements) == 1 else None
    return next((each for each in tool.entitlements if each == fold(text)), None)


def read_moment(text: str) -> date | datetime | None:
    """The day, or the instant in UTC, as fields of Jira hold it; None where it is neither."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None
