"""What can still be read of an object whose form is wrong: only what it refers to, by name."""

from dataclasses import dataclass

from reconciler.model.diagnostics import Span
from reconciler.model.ids import ConnectorId, EntitlementId, ToolId

__all__ = ["Mention"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """The names in such an object; empty where there is none that has a name's form."""

    origin: Span
    tool: ToolId
    entitlement: EntitlementId
    connector: ConnectorId
    subject: str
    approvers: tuple[str, ...]
