"""Past runs as their records tell them, and a connector's runs as one chain with its faults."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.model.ids import ConnectorId, Membership, OktaGroupId, OktaUserId, RunId
from reconciler.model.outcome import Outcome

__all__ = [
    "ON_CALL",
    "RECENT",
    "ChainReport",
    "ConnectorHealth",
    "Fault",
    "Link",
    "PastAccount",
    "PastGrant",
    "PastLine",
    "PastRun",
    "RecentWrites",
    "Torn",
    "UnconfirmedLine",
]

ON_CALL = "on-call"
"""The mode of a run that is about one person alone."""
RECENT = timedelta(hours=24)
"""How long a write counts towards the limits of later runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """Bytes after a file's last whole line: a run was killed while it wrote them."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The last whole line of a run that another run follows."""

    run: RunId
    seq: int
    hash: str
    torn: Torn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with evidence, and where. `line` is 1-based; None speaks of the whole file.

    `code` is kebab-case and never changes its meaning. A fault that is no error is reported and
    changes no exit code: a killed run is legitimate.
    """

    code: str
    file: str
    summary: str
    line: int | None = None
    is_error: bool = True

    @property
    def place(self) -> str:
        """`okta-prod/2026-11/….jsonl:3`."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """One chain, checked. `heads` are the lines that no run follows; a sound chain has one."""

    name: str
    connector: ConnectorId
    sandbox: bool
    runs: int
    lines: int
    heads: tuple[Link, ...]
    faults: tuple[Fault, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it is what was written."""
        return not any(fault.is_error for fault in self.faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLine:
    """One line of a past run. `outcome` is `unknown` when the run was killed during the write."""

    action: str
    group: OktaGroupId | None
    group_name: str
    person: OktaUserId | None
    login: str
    member_class: str
    outcome: str
    at: datetime
    was_answered: bool = False
    """Whether Okta answered: a write without an answer may have happened."""

    @property
    def membership(self) -> Membership | None:
        """Which membership it is about; None for a group that was to be made."""
        return Membership(self.group, self.person) if self.group and self.person else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAccount:
    """One account line of a past run. `outcome` as of a `PastLine`."""

    action: str
    person: OktaUserId | None
    login: str
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastGrant:
    """What the newest run that speaks of a grant says of it.

    `is_done`: Okta was seen to show the membership. Else `why` is how its line ended, or the code
    of what blocks it.
    """

    at: datetime
    is_done: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One run as its evidence tells it. `ended_at` and `exit_code` are None for a killed run."""

    run: RunId
    connector: ConnectorId
    sandbox: bool
    mode: str
    started_at: datetime
    ended_at: datetime | None = None
    exit_code: int | None = None
    is_complete: bool = False
    refusal: str = ""
    """Why the run ended before or during its writes, as `code: message`."""
    lines: tuple[PastLine, ...] = ()
    accounts: tuple[PastAccount, ...] = ()
    held: tuple[str, ...] = ()
    """The guards that held lines, each with its figures."""
    blocked: int = 0
    settled: frozenset[tuple[str, str]] = frozenset()
    """Bindings, each with a group of theirs (its id) that was read and left no line or question."""

    @property
    def is_whole(self) -> bool:
        """Whether it was about all of the connector, and so says how that fares."""
        return self.mode != ON_CALL


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedLine:
    """A write that Okta accepted in an earlier run and did not show when it was read back."""

    run: RunId
    at: datetime
    action: str
    group: OktaGroupId
    group_name: str
    person: OktaUserId
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentWrites:
    """What runs before this one changed lately; removals of ended grants stand apart.

    `added` are the memberships whose first change of the day was an addition: without it their
    group would have been smaller. `unconfirmed` are the writes that are still to be looked for.
    `given` are the memberships that any run gave and none took back, however long ago.
    """

    ended: frozenset[Membership] = frozenset()
    others: frozenset[Membership] = frozenset()
    added: frozenset[Membership] = frozenset()
    unconfirmed: tuple[UnconfirmedLine, ...] = ()
    given: frozenset[Membership] = frozenset()


_DONE = {outcome.value for outcome in Outcome if outcome.is_done}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorHealth:
    """One connector at an instant. `since` are the runs after the last good one, oldest first.

    A run on call is none of these, unless it was no good one.
    """

    connector: ConnectorId
    sandbox: bool
    last: PastRun | None
    last_good: PastRun | None
    since: tuple[PastRun, ...]
    age: timedelta | None
    """Since the last good run began; None when there is none."""
    is_current: bool
    """Whether there is a good run, young enough."""

    @property
    def waiting(self) -> tuple[PastLine | PastAccount, ...]:
        """The lines of the last run that were held, failed or not run; accounts come first."""
        if self.last is None:
            return ()
        accounts = (line for line in self.last.accounts if line.outcome not in _DONE)
        return (*accounts, *(line for line in self.last.lines if line.outcome not in _DONE))
