"""What an apply is about to do, and what happened to each line of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from reconciler.model.directory import Org
from reconciler.model.ids import ConnectorId, OktaGroupId, RunId
from reconciler.model.plan import (
    AccountChange,
    Blocked,
    BlockedAccount,
    Change,
    GuardVerdict,
    PersonRef,
    Plan,
    PlanWarning,
)

__all__ = [
    "UNKNOWN",
    "AccountResult",
    "AccountWrite",
    "ApplyResult",
    "LeftAccount",
    "LeftLine",
    "LineResult",
    "Outcome",
    "Prepared",
    "Write",
    "WriteAnswer",
]

UNKNOWN = "unknown"
"""What records say in place of an outcome, of a write that was broken off."""


class Outcome(Enum):
    """How a line ended. `VERIFIED` is only said after Okta was read again."""

    VERIFIED = "verified"
    ACCEPTED = "accepted, not yet visible"
    ALREADY = "already so"
    REFUSED = "refused"
    FAILED = "failed"
    HELD = "held"
    NOT_RUN = "not run"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do for this line: what Okta does not show is not done."""
        return self in {Outcome.VERIFIED, Outcome.ALREADY}

    @property
    def is_made(self) -> bool:
        """Whether Okta took it, seen or not."""
        return self.is_done or self is Outcome.ACCEPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One line of a run as it is sent to Okta. `number` is its place in the run, from 1."""

    number: int
    change: Change
    group: OktaGroupId | None
    """The id that is written to; None for the creation of a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteAnswer:
    """Okta's answer to a write it accepted. `id` is the new group's, for a creation."""

    request_id: str
    id: OktaGroupId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineResult:
    """One line and how it ended. `detail` explains every outcome that is not `verified`."""

    change: Change
    outcome: Outcome
    detail: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountWrite:
    """One account line of a run as it is sent to Okta. `number` is its place among them, from 1."""

    number: int
    change: AccountChange


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountResult:
    """One account line and how it ended. `status` is the one Okta showed afterwards, if any."""

    change: AccountChange
    outcome: Outcome
    detail: str = ""
    request_id: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAccount:
    """An account line that the run does not take up, and why.

    `people` are those besides the line's own of whom `why` speaks.
    """

    change: AccountChange
    why: str
    people: tuple[PersonRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftLine:
    """A line that the run does not take up, and why: reviewed, new since then, or waiting.

    `people` are those besides the line's own of whom `why` speaks.
    """

    change: Change
    why: str
    people: tuple[PersonRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What an apply would do now."""

    plan: Plan
    """The newest plan: what is blocked, held and warned of."""
    reviewed_digest: str
    changes: tuple[Change, ...]
    left: tuple[LeftLine, ...] = ()
    waiting: tuple[LeftLine, ...] = ()
    """Lines of a scheduled run that wait, for a reviewed plan or the next run, and why."""
    accounts: tuple[AccountChange, ...] = ()
    left_accounts: tuple[LeftAccount, ...] = ()
    waiting_accounts: tuple[LeftAccount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyResult:
    """A whole apply. `left` are lines of the reviewed plan that no longer hold."""

    run: RunId
    connector: ConnectorId
    org: Org
    sandbox: bool
    plan_digest: str
    started_at: datetime
    ended_at: datetime
    lines: tuple[LineResult, ...] = ()
    left: tuple[LeftLine, ...] = ()
    accounts: tuple[AccountResult, ...] = ()
    left_accounts: tuple[LeftAccount, ...] = ()
    blocked_accounts: tuple[BlockedAccount, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    guards: tuple[GuardVerdict, ...] = ()
    interrupted: bool = False
    stopped_by: str = ""
    """Why the run ended before its last line, empty when it did not."""
    warnings: tuple[PlanWarning, ...] = ()
    """What earlier runs left open and this one found open still."""
