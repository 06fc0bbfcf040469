"""What Okta's log tells of accounts, and how far: known, not asked, or not read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.identity.own_actors import OwnActors
from reconciler.model.accounts import AccountAction, LifecycleCall
from reconciler.model.directory import AccountEvent, AccountEventKind, AccountLog, ReadFailure
from reconciler.model.ids import OktaUserId
from reconciler.model.plan import BlockReason, PersonRef
from reconciler.model.validity import Approval

__all__ = [
    "AccountPast",
    "Decision",
    "NeedsLog",
    "Planned",
    "block_early_approval",
    "block_short_log",
    "block_unread_log",
    "format_minute",
    "name_actor",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is to be done with an account, by which request, and why."""

    action: AccountAction
    call: LifecycleCall
    expects: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsLog:
    """What happened to the account since then has to be asked before anything is decided."""

    since: datetime


Decision = Planned | BlockReason | NeedsLog | None
"""To do, to be asked about, undecided, or nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPast:
    """The log's answer and who we are in it; `log` is None where it was not asked."""

    log: AccountLog | ReadFailure | None = None
    own: OwnActors = field(default_factory=OwnActors)

    def events(
        self, user: OktaUserId, since: datetime, kinds: Iterable[AccountEventKind]
    ) -> tuple[AccountEvent, ...]:
        """Those events of the person from then on, oldest first."""
        if not isinstance(self.log, AccountLog):
            return ()
        wanted = frozenset(kinds)
        found = (
            e for e in self.log.events if e.user == user and e.at >= since and e.kind in wanted
        )
        return tuple(sorted(found, key=lambda e: (e.at, e.kind.value)))

    def is_ours(self, event: AccountEvent) -> bool:
        """Whether this tool did it."""
        return self.own.is_ours(event.actor)

    def check_reach(self, since: datetime) -> BlockReason | NeedsLog | None:
        """Why it does not tell what happened since then; None where it does."""
        if self.log is None:
            return NeedsLog(since=since)
        if isinstance(self.log, ReadFailure):
            return block_unread_log(self.log)
        if self.log.since > since + timedelta(seconds=1):
            return block_short_log(self.log.since)
        return None


def block_early_approval(approval: Approval) -> BlockReason:
    """An approval of a day to come: whatever is decided until then would count as older."""
    return BlockReason(
        code="account-approval-early",
        summary=f"the approval of {approval.written} is yet to come",
        hint="correct `approved_at`",
    )


def block_unread_log(failure: ReadFailure) -> BlockReason:
    """The log could not be read: what happened since is not known, and nothing is guessed."""
    return BlockReason(
        code="account-log-unread",
        summary=f"what happened to the account since could not be read: {failure.detail}",
        hint="let the credential read the System Log (scope okta.logs.read), then plan again",
    )


def block_short_log(since: datetime) -> BlockReason:
    """The log does not go back far enough."""
    return BlockReason(
        code="account-log-short",
        summary=f"the System Log was read back to {format_minute(since)}, and what happened to the "
        "account before is not known",
        hint="approve anew: Okta keeps 90 days",
    )


def format_minute(at: datetime) -> str:
    """The instant as messages write it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def name_actor(event: AccountEvent) -> tuple[PersonRef, ...]:
    """Each name of whoever did it, as words may write it."""
    actor = event.actor
    names = sorted({name for name in (actor.name, actor.login, actor.id) if name})
    return tuple(PersonRef(id=None, login=name) for name in names)
