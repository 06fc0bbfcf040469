"""Past runs as their evidence tells them, and what of it counts towards this run's limits."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import msgspec

from reconciler.model.evidence import (
    EVIDENCE_FORMAT,
    RECENT,
    Event,
    Link,
    Membership,
    PastLine,
    PastRun,
    RecentRemovals,
)
from reconciler.model.ids import ConnectorId, OktaGroupId, OktaUserId
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Action, MemberClass
from reconciler.store.chain import Record, RunFile

__all__ = ["Started", "history", "is_readable", "recent_removals", "started"]

UNKNOWN = "unknown"
"""What a write's outcome is when the run was killed before it was recorded."""
_DONE = {outcome.value for outcome in Outcome if outcome.is_done} - {Outcome.ALREADY.value}


class Started(msgspec.Struct, gc=False):
    """A run's first line: which chain it belongs to, and whom it follows."""

    format: str
    connector: str
    sandbox: bool
    mode: str
    follows: tuple[Link, ...]


class _Group(msgspec.Struct, gc=False):
    id: str | None
    name: str


class _Person(msgspec.Struct, gc=False):
    id: str | None
    login: str


class _Change(msgspec.Struct, gc=False):
    action: str
    group: _Group
    person: _Person | None
    member_class: str | None


class _Verdict(msgspec.Struct, gc=False):
    guard: str
    figures: str
    acknowledged_by: str


class _Prepared(msgspec.Struct, gc=False):
    guards: tuple[_Verdict, ...]
    blocked: tuple[object, ...]


class _Begun(msgspec.Struct, gc=False):
    line: int
    change: _Change


class _Answered(msgspec.Struct, gc=False):
    line: int
    outcome: str
    request_id: str


class _LineEnded(msgspec.Struct, gc=False):
    line: int
    change: _Change
    outcome: str
    request_id: str


class _Refusal(msgspec.Struct, gc=False):
    code: str
    message: str


class _Ended(msgspec.Struct, gc=False):
    exit_code: int
    is_complete: bool
    refusal: _Refusal | None


_SHAPES: dict[str, type[msgspec.Struct]] = {
    Event.RUN_STARTED.value: Started,
    Event.RUN_PREPARED.value: _Prepared,
    Event.WRITE_BEGUN.value: _Begun,
    Event.WRITE_ANSWERED.value: _Answered,
    Event.LINE_ENDED.value: _LineEnded,
    Event.RUN_ENDED.value: _Ended,
}


def is_readable(record: Record) -> bool:
    """Whether the line says what its event promises; unknown events are a later version's."""
    try:
        told = _told(record)
    except msgspec.ValidationError:
        return False
    return not isinstance(told, Started) or told.format == EVIDENCE_FORMAT


def started(file: RunFile) -> Started | None:
    """The run's first line, when it is there and readable."""
    first = file.records[0] if file.records else None
    if first is None or first.event != Event.RUN_STARTED.value or not is_readable(first):
        return None
    told = _told(first)
    return told if isinstance(told, Started) else None


def history(files: Iterable[RunFile]) -> tuple[PastRun, ...]:
    """The runs of a chain without faults, oldest first."""
    runs = [_run(file) for file in files if file.records]
    return tuple(sorted(runs, key=lambda run: (run.started_at, run.run)))


def recent_removals(runs: Iterable[PastRun], now: datetime) -> RecentRemovals:
    """Memberships taken away within a day before `now`; a write in doubt counts as one."""
    ended: set[Membership] = set()
    others: set[Membership] = set()
    for run in runs:
        for line in run.lines:
            is_recent = line.at > now - RECENT
            if not (is_recent and _was_removed(line)) or line.group is None or line.person is None:
                continue
            found = ended if line.member_class == MemberClass.ENDED.value else others
            found.add((line.group, line.person))
    return RecentRemovals(ended=frozenset(ended), others=frozenset(others))


def _was_removed(line: PastLine) -> bool:
    is_doubtful = line.outcome == UNKNOWN or (
        line.outcome == Outcome.FAILED.value and not line.was_answered
    )
    return line.action == Action.REMOVE.value and (line.outcome in _DONE or is_doubtful)


def _told(record: Record) -> object:
    shape = _SHAPES.get(record.event)
    return msgspec.convert(record.fields, shape) if shape else None


def _run(file: RunFile) -> PastRun:
    first = file.records[0]
    told = [(record, _told(record)) for record in file.records]
    head = msgspec.convert(first.fields, Started)
    prepared = next((n for _, n in told if isinstance(n, _Prepared)), None)
    end = next(((record, n) for record, n in told if isinstance(n, _Ended)), None)
    refusal = end[1].refusal if end else None
    return PastRun(
        run=file.run,
        connector=ConnectorId(head.connector),
        sandbox=head.sandbox,
        mode=head.mode,
        started_at=first.at,
        ended_at=end[0].at if end else None,
        exit_code=end[1].exit_code if end else None,
        is_complete=end is not None and end[1].is_complete,
        refusal=f"{refusal.code}: {refusal.message}" if refusal else "",
        lines=_lines(told),
        held=_held(prepared),
        blocked=len(prepared.blocked) if prepared else 0,
    )


def _held(prepared: _Prepared | None) -> tuple[str, ...]:
    verdicts = prepared.guards if prepared else ()
    return tuple(f"{v.guard}: {v.figures}" for v in verdicts if not v.acknowledged_by)


def _lines(told: Iterable[tuple[Record, object]]) -> tuple[PastLine, ...]:
    """Each line as the last of its records tells it, at the moment of the first."""
    found: dict[int, PastLine] = {}
    for record, entry in told:
        match entry:
            case _Begun():
                found[entry.line] = _line(entry.change, UNKNOWN, "", record.at)
            case _Answered() if entry.line in found:
                answered = bool(entry.request_id)
                found[entry.line] = replace(
                    found[entry.line], outcome=entry.outcome, was_answered=answered
                )
            case _LineEnded():
                at = found[entry.line].at if entry.line in found else record.at
                found[entry.line] = _line(entry.change, entry.outcome, entry.request_id, at)
            case _:
                pass
    return tuple(found.values())


def _line(change: _Change, outcome: str, request: str, at: datetime) -> PastLine:
    person = change.person
    return PastLine(
        action=change.action,
        group=OktaGroupId(change.group.id) if change.group.id else None,
        group_name=change.group.name,
        person=OktaUserId(person.id) if person and person.id else None,
        login=person.login if person else "",
        member_class=change.member_class or "",
        outcome=outcome,
        at=at,
        was_answered=bool(request),
    )
