"""What each kind of line in evidence says, as far as anything here reads it again.

A line says more than this, for people: unread fields are skipped, and cost no memory. The names are
those of `schemas/evidence.schema.json`.
"""

from enum import Enum

import msgspec

from reconciler.model.evidence import Link

__all__ = [
    "EVIDENCE_FORMAT",
    "AccountAnswered",
    "AccountBegun",
    "AccountEnded",
    "AccountEntry",
    "ChangeEntry",
    "Entry",
    "Event",
    "LineEnded",
    "RunEnded",
    "RunPrepared",
    "RunStarted",
    "WriteAnswered",
    "WriteBegun",
    "decode",
]


EVIDENCE_FORMAT = "reconciler.evidence/1"


class Event(Enum):
    """What a line of evidence tells. The value is what files say."""

    RUN_STARTED = "run-started"
    RUN_PREPARED = "run-prepared"
    WRITE_BEGUN = "write-begun"
    WRITE_ANSWERED = "write-answered"
    LINE_ENDED = "line-ended"
    ACCOUNT_BEGUN = "account-begun"
    ACCOUNT_ANSWERED = "account-answered"
    ACCOUNT_ENDED = "account-ended"
    RUN_ENDED = "run-ended"


class _Revision(msgspec.Struct, gc=False):
    digest: str = ""


class RunStarted(msgspec.Struct, gc=False):
    """A run's first line: which chain it belongs to, whom it follows, and by which files."""

    format: str
    connector: str
    sandbox: bool
    mode: str
    follows: tuple[Link, ...]
    catalog: _Revision = msgspec.field(default_factory=_Revision)


class _Verdict(msgspec.Struct, gc=False):
    guard: str
    figures: str
    acknowledged_by: str


class _Grant(msgspec.Struct, gc=False):
    hash: str


class _Blocked(msgspec.Struct, gc=False):
    code: str
    grants: tuple[_Grant, ...] = ()


class _Group(msgspec.Struct, gc=False):
    id: str | None
    name: str


class _Summary(msgspec.Struct, gc=False):
    group: _Group
    bindings: tuple[str, ...]
    members: int | None


class RunPrepared(msgspec.Struct, gc=False):
    """What a run was about to do.

    Older runs did not say which groups they would leave open, and knew no accounts.
    """

    guards: tuple[_Verdict, ...]
    blocked: tuple[_Blocked, ...]
    groups: tuple[_Summary, ...] = ()
    open_groups: tuple[str, ...] | None = None
    blocked_accounts: tuple[_Blocked, ...] = ()


class _Person(msgspec.Struct, gc=False):
    id: str | None
    login: str


class ChangeEntry(msgspec.Struct, gc=False):
    """A line of the plan."""

    action: str
    group: _Group
    person: _Person | None
    member_class: str | None
    grants: tuple[_Grant, ...] = ()


class WriteBegun(msgspec.Struct, gc=False):
    """A write that is about to be made."""

    line: int
    change: ChangeEntry


class WriteAnswered(msgspec.Struct, gc=False):
    """How a write came out; `outcome` is `unknown` when it was broken off."""

    line: int
    outcome: str
    request_id: str


class LineEnded(msgspec.Struct, gc=False):
    """How a line ended, after Okta was read again."""

    line: int
    change: ChangeEntry
    outcome: str
    request_id: str


class AccountEntry(msgspec.Struct, gc=False):
    """A line of the plan about an account."""

    action: str
    person: _Person


class AccountBegun(msgspec.Struct, gc=False):
    """A change of an account that is about to be made."""

    line: int
    change: AccountEntry


class AccountAnswered(msgspec.Struct, gc=False):
    """How it came out; `outcome` is `unknown` when it was broken off."""

    line: int
    outcome: str


class AccountEnded(msgspec.Struct, gc=False):
    """How an account line ended, after Okta was read again."""

    line: int
    change: AccountEntry
    outcome: str


class _Refusal(msgspec.Struct, gc=False):
    code: str
    message: str


class RunEnded(msgspec.Struct, gc=False):
    """A run's last line."""

    exit_code: int
    is_complete: bool
    refusal: _Refusal | None


Entry = (
    RunStarted
    | RunPrepared
    | WriteBegun
    | WriteAnswered
    | LineEnded
    | AccountBegun
    | AccountAnswered
    | AccountEnded
    | RunEnded
)

_SHAPES: dict[str, type[Entry]] = {
    Event.RUN_STARTED.value: RunStarted,
    Event.RUN_PREPARED.value: RunPrepared,
    Event.WRITE_BEGUN.value: WriteBegun,
    Event.WRITE_ANSWERED.value: WriteAnswered,
    Event.LINE_ENDED.value: LineEnded,
    Event.ACCOUNT_BEGUN.value: AccountBegun,
    Event.ACCOUNT_ANSWERED.value: AccountAnswered,
    Event.ACCOUNT_ENDED.value: AccountEnded,
    Event.RUN_ENDED.value: RunEnded,
}


def decode(event: str, text: bytes) -> Entry | None:
    """What the line says; None for an event of a later version.

    Raises `msgspec.ValidationError` when it does not say what its event promises.
    """
    shape = _SHAPES.get(event)
    if shape is None:
        return None
    entry = msgspec.json.decode(text, type=shape)
    if isinstance(entry, RunStarted) and entry.format != EVIDENCE_FORMAT:
        raise msgspec.ValidationError(entry.format)
    return entry
