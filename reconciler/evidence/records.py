"""What each kind of line in evidence says, as far as anything here reads it again.

A line says more than this, for people: unread fields are skipped, and cost no memory.
"""

import msgspec

from reconciler.model.evidence import EVIDENCE_FORMAT, Event, Link

__all__ = [
    "Answered",
    "Begun",
    "ChangeEntry",
    "Ended",
    "Entry",
    "LineEnded",
    "Prepared",
    "Started",
    "decode",
]


class Started(msgspec.Struct, gc=False):
    """A run's first line: which chain it belongs to, and whom it follows."""

    format: str
    connector: str
    sandbox: bool
    mode: str
    follows: tuple[Link, ...]


class _Verdict(msgspec.Struct, gc=False):
    guard: str
    figures: str
    acknowledged_by: str


class _Blocked(msgspec.Struct, gc=False):
    code: str


class _Group(msgspec.Struct, gc=False):
    id: str | None
    name: str


class _Summary(msgspec.Struct, gc=False):
    group: _Group
    bindings: tuple[str, ...]
    members: int | None


class Prepared(msgspec.Struct, gc=False):
    """What a run was about to do; older runs did not say which groups they would leave open."""

    guards: tuple[_Verdict, ...]
    blocked: tuple[_Blocked, ...]
    groups: tuple[_Summary, ...] = ()
    open_groups: tuple[str, ...] | None = None


class _Person(msgspec.Struct, gc=False):
    id: str | None
    login: str


class ChangeEntry(msgspec.Struct, gc=False):
    """A line of the plan."""

    action: str
    group: _Group
    person: _Person | None
    member_class: str | None


class Begun(msgspec.Struct, gc=False):
    """A write that is about to be made."""

    line: int
    change: ChangeEntry


class Answered(msgspec.Struct, gc=False):
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


class _Refusal(msgspec.Struct, gc=False):
    code: str
    message: str


class Ended(msgspec.Struct, gc=False):
    """A run's last line."""

    exit_code: int
    is_complete: bool
    refusal: _Refusal | None


Entry = Started | Prepared | Begun | Answered | LineEnded | Ended

_SHAPES: dict[str, type[Entry]] = {
    Event.RUN_STARTED.value: Started,
    Event.RUN_PREPARED.value: Prepared,
    Event.WRITE_BEGUN.value: Begun,
    Event.WRITE_ANSWERED.value: Answered,
    Event.LINE_ENDED.value: LineEnded,
    Event.RUN_ENDED.value: Ended,
}


def decode(event: str, text: bytes) -> Entry | None:
    """What the line says; None for an event of a later version.

    Raises `msgspec.ValidationError` when it does not say what its event promises.
    """
    shape = _SHAPES.get(event)
    if shape is None:
        return None
    entry = msgspec.json.decode(text, type=shape)
    if isinstance(entry, Started) and entry.format != EVIDENCE_FORMAT:
        raise msgspec.ValidationError(entry.format)
    return entry
