"""What execution needs of the outside world."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from reconciler.model.ids import OktaGroupId, OktaUserId

__all__ = ["DirectoryWriter", "Recorder", "Written"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Okta's answer to a write it accepted. `id` is the new group's, for a creation."""

    request_id: str
    id: OktaGroupId | None = None


class DirectoryWriter(Protocol):
    """The complete list of mutations this product can make.

    Each raises `ConnectorError` with `status` and `request_id` when Okta refuses. Adding a member
    who is there and removing one who is not are accepted. An answer that was lost is asked again
    for both; a creation is never sent twice.
    """

    async def add_member(self, group: OktaGroupId, user: OktaUserId) -> Written:
        """The user is a member of the group."""
        ...

    async def remove_member(self, group: OktaGroupId, user: OktaUserId) -> Written:
        """The user is no member of the group."""
        ...

    async def create_group(self, name: str, description: str) -> Written:
        """A new group has the name; from now on its members may be written too."""
        ...


class Recorder(Protocol):
    """An append-only record. When `record` returns, the entry survives a power cut."""

    def record(self, event: str, fields: Mapping[str, object]) -> None:
        """One entry is on disk."""
        ...
