"""What execution needs of the outside world."""

from collections.abc import Mapping
from typing import Protocol

from reconciler.model.directory import DirectoryUser, ReadFailure
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.model.outcome import Written

__all__ = ["DirectoryWriter", "MemberReader", "Recorder"]


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


class MemberReader(Protocol):
    """Reads a group again after it was written."""

    async def fetch_members(self, group: OktaGroupId) -> tuple[DirectoryUser, ...] | ReadFailure:
        """Every member of the group, or why they could not all be read."""
        ...


class Recorder(Protocol):
    """An append-only record. When `record` returns, the entry survives a power cut."""

    def record(self, event: str, fields: Mapping[str, object]) -> None:
        """One entry is on disk."""
        ...
