"""What execution needs of the outside world."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from reconciler.model.accounts import LifecycleCall
from reconciler.model.directory import AccountLog, DirectoryUser, ReadFailure
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.model.outcome import (
    AccountResult,
    AccountWrite,
    ApplyResult,
    LineResult,
    Prepared,
    Write,
    WriteAnswer,
)

__all__ = [
    "AccountReader",
    "DirectoryWriter",
    "MemberReader",
    "ReadBackReader",
    "Recorder",
    "RunJournal",
]


class DirectoryWriter(Protocol):
    """The complete list of mutations this product can make.

    Each raises `ConnectorError` with `status` and `request_id` when Okta refuses. Adding a member
    who is there and removing one who is not are accepted. An answer that was lost is asked again
    for both; a creation and a change of an account are never sent twice. Where a `ConnectorError`
    has no status, one of 500 or more, or is an `IncompleteReadError`, Okta may have done it.
    """

    async def add_member(self, group: OktaGroupId, user: OktaUserId) -> WriteAnswer:
        """The user is a member of the group."""
        ...

    async def remove_member(self, group: OktaGroupId, user: OktaUserId) -> WriteAnswer:
        """The user is no member of the group."""
        ...

    async def create_group(self, name: str, description: str) -> WriteAnswer:
        """A new group has the name; from now on its members may be written too."""
        ...

    async def change_account(self, user: OktaUserId, call: LifecycleCall) -> WriteAnswer:
        """Okta took the call; which status came of it is for a read to show."""
        ...


class MemberReader(Protocol):
    """Reads a group again after it was written."""

    async def fetch_members(self, group: OktaGroupId) -> tuple[DirectoryUser, ...] | ReadFailure:
        """Every member of the group, or why they could not all be read."""
        ...


class AccountReader(Protocol):
    """Reads an account before it is changed, and again afterwards."""

    async def fetch_user(self, id_or_login: str) -> DirectoryUser | ReadFailure | None:
        """The user of just this id or login, asked for directly; None where there is none."""
        ...

    async def fetch_account_log(
        self, since: datetime, users: Sequence[OktaUserId]
    ) -> AccountLog | ReadFailure:
        """What happened to the users' accounts from `since` until now."""
        ...


class ReadBackReader(MemberReader, AccountReader, Protocol):
    """Reads again whatever a run wrote."""


class Recorder(Protocol):
    """A record of each write. What it was told survives a power cut once the call returns."""

    def record_begun(self, write: Write) -> None:
        """The write is about to be sent. Where this raises, it is not."""
        ...

    def record_answered(self, write: Write, result: LineResult | None) -> None:
        """How the write ended; None where it was broken off, so that its end is unknown."""
        ...

    def record_account_begun(self, write: AccountWrite) -> None:
        """The change of an account is about to be sent. Where this raises, it is not."""
        ...

    def record_account_answered(self, write: AccountWrite, result: AccountResult | None) -> None:
        """How it ended, as far as Okta's answer tells; None where it was broken off."""
        ...


class RunJournal(Recorder, Protocol):
    """The first record of a run: its beginning and its end besides its writes."""

    def record_started(self, prepared: Prepared) -> None:
        """The run is about to carry out its lines."""
        ...

    def record_ended(self, result: ApplyResult) -> None:
        """Every line was tried, and what was written was read back."""
        ...
