"""The names in an object of the wrong form, read leniently: whatever has a name's form is one.

Without this, `tool: curser` would be reported only after another mistake beside it was mended.
"""

import re
from typing import Any

from reconciler.catalog.form import Item
from reconciler.catalog.kinds import Kind
from reconciler.model.ids import ConnectorId, EntitlementId, ToolId
from reconciler.policy.mention import Mention

__all__ = ["mention"]

_SLUG = re.compile(r"(?=.{1,63}\Z)[a-z0-9]+(-[a-z0-9]+)*\Z")
_PERSON = re.compile(r"[^\x00-\x20\x7f]{1,255}\Z")


def mention(kind: Kind, item: Item) -> Mention | None:
    """What the object refers to, if its kind refers to anything and it is a mapping at all."""
    data = item.data
    if kind.name not in {"grant", "binding", "acknowledgement"} or not isinstance(data, dict):
        return None
    approval = data.get("approval")
    return Mention(
        origin=item.origin,
        tool=ToolId(_text(data.get("tool"), _SLUG)),
        entitlement=EntitlementId(_text(data.get("entitlement"), _SLUG)),
        connector=ConnectorId(_text(data.get("connector"), _SLUG)),
        subject=_text(data.get("subject"), _PERSON),
        approvers=_people(approval) if kind.nested and isinstance(approval, dict) else (),
    )


def _people(approval: dict[str, Any]) -> tuple[str, ...]:
    listed = approval.get("approved_by")
    return tuple(
        _text(each, _PERSON) for each in (listed if isinstance(listed, list) else [listed])
    )


def _text(value: object, form: re.Pattern[str]) -> str:
    return value if isinstance(value, str) and form.match(value) else ""
