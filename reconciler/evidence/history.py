"""Past runs as their evidence tells them, and what of it counts towards this run's limits."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from reconciler.evidence.line_format import Record, RunFile
from reconciler.evidence.records import (
    AccountAnswered,
    AccountBegun,
    AccountEnded,
    AccountEntry,
    ChangeEntry,
    LineEnded,
    RunEnded,
    RunPrepared,
    RunStarted,
    WriteAnswered,
    WriteBegun,
)
from reconciler.model.evidence import (
    RECENT,
    ConnectorHealth,
    PastAccount,
    PastLine,
    PastRun,
    RecentWrites,
    UnconfirmedLine,
)
from reconciler.model.ids import ConnectorId, Membership, OktaGroupId, OktaUserId
from reconciler.model.outcome import UNKNOWN, Outcome
from reconciler.model.plan import Action, MemberClass

__all__ = ["judge_health", "past_runs", "recent_writes", "unconfirmed_lines"]

_MADE = {Outcome.VERIFIED.value, Outcome.ACCEPTED.value, UNKNOWN}
_DONE = {Outcome.VERIFIED.value, Outcome.ALREADY.value}
_TRIED = {Outcome.VERIFIED.value, Outcome.ACCEPTED.value, Outcome.ALREADY.value}


def past_runs(files: Iterable[RunFile]) -> tuple[PastRun, ...]:
    """The runs of a chain without faults, oldest first."""
    runs = [_past_run(file, file.start) for file in files if file.start]
    return tuple(sorted(runs, key=lambda run: (run.started_at, run.run)))


def recent_writes(runs: Iterable[PastRun], now: datetime) -> RecentWrites:
    """What was changed within a day before `now`; a write in doubt counts as one."""
    ended: set[Membership] = set()
    others: set[Membership] = set()
    first: dict[Membership, str] = {}
    past = tuple(runs)
    lines = [line for run in past for line in run.lines if line.at > now - RECENT]
    for line in sorted(lines, key=lambda line: line.at):
        place = line.membership
        if place is None or not _was_made(line):
            continue
        first.setdefault(place, line.action)
        if line.action == Action.REMOVE.value:
            (ended if line.member_class == MemberClass.ENDED.value else others).add(place)
    return RecentWrites(
        ended=frozenset(ended),
        others=frozenset(others),
        added=frozenset(p for p, action in first.items() if action == Action.ADD.value),
        unconfirmed=unconfirmed_lines(past, now),
        given=_given_memberships(past),
    )


def _given_memberships(past: Iterable[PastRun]) -> frozenset[Membership]:
    """Memberships whose last change that Okta was seen to have made is an addition by a grant."""
    last: dict[Membership, bool] = {}
    lines = (line for run in past for line in run.lines)
    for line in sorted(lines, key=lambda line: line.at):
        if line.membership is not None and line.outcome in _DONE:
            last[line.membership] = line.action == Action.ADD.value
    return frozenset(place for place, is_given in last.items() if is_given)


def unconfirmed_lines(runs: Sequence[PastRun], now: datetime) -> tuple[UnconfirmedLine, ...]:
    """Writes of the day, or of the last run, that Okta accepted and was not yet seen to have made.

    The last that was tried with a membership decides.
    """
    last: dict[Membership, UnconfirmedLine | None] = {}
    newest = _find_last(runs)
    for run in runs:
        for line in run.lines:
            place = line.membership
            if place is None or line.outcome not in _TRIED:
                continue
            is_open = line.outcome == Outcome.ACCEPTED.value
            is_late = line.at > now - RECENT or run is newest
            last[place] = _unconfirmed_line(run, line, place) if is_open and is_late else None
    return tuple(one for one in last.values() if one is not None)


def _unconfirmed_line(run: PastRun, line: PastLine, place: Membership) -> UnconfirmedLine:
    return UnconfirmedLine(
        run=run.run,
        at=line.at,
        action=line.action,
        group=place.group_id,
        group_name=line.group_name,
        person=place.user_id,
        login=line.login,
    )


def _was_made(line: PastLine) -> bool:
    is_lost = line.outcome == Outcome.FAILED.value and not line.was_answered
    return line.outcome in _MADE or is_lost


def _past_run(file: RunFile, head: RunStarted) -> PastRun:
    entries = [record.entry for record in file.records]
    prepared = next((n for n in entries if isinstance(n, RunPrepared)), None)
    last = file.records[-1]
    end = last.entry if isinstance(last.entry, RunEnded) else None
    lines = _lines(file.records)
    is_complete = end is not None and end.is_complete
    return PastRun(
        run=file.run,
        connector=ConnectorId(head.connector),
        sandbox=head.sandbox,
        mode=head.mode,
        started_at=file.records[0].at,
        ended_at=last.at if end else None,
        exit_code=end.exit_code if end else None,
        is_complete=is_complete,
        refusal=f"{end.refusal.code}: {end.refusal.message}" if end and end.refusal else "",
        lines=lines,
        accounts=_accounts(file.records),
        held=_guards_that_held(prepared),
        blocked=len((*prepared.blocked, *prepared.blocked_accounts)) if prepared else 0,
        settled=_settled_in(prepared, lines) if is_complete else frozenset(),
    )


def _settled_in(
    prepared: RunPrepared | None, lines: Iterable[PastLine]
) -> frozenset[tuple[str, str]]:
    if prepared is None or prepared.open_groups is None:
        return frozenset()
    unfinished = {line.group for line in lines if line.outcome not in _DONE}
    unfinished.update(OktaGroupId(each) for each in prepared.open_groups)
    return frozenset(
        (name, summary.group.id)
        for summary in prepared.groups
        if summary.members is not None
        and summary.group.id is not None
        and summary.group.id not in unfinished
        for name in summary.bindings
    )


def _guards_that_held(prepared: RunPrepared | None) -> tuple[str, ...]:
    verdicts = prepared.guards if prepared else ()
    return tuple(f"{v.guard}: {v.figures}" for v in verdicts if not v.acknowledged_by)


def _lines(records: Iterable[Record]) -> tuple[PastLine, ...]:
    """Each line as the last of its records tells it, at the moment of the first."""
    found: dict[int, PastLine] = {}
    for record in records:
        match record.entry:
            case WriteBegun() as entry:
                found[entry.line] = _line(entry.change, UNKNOWN, "", record.at)
            case WriteAnswered() as entry if entry.line in found:
                answered = bool(entry.request_id)
                found[entry.line] = replace(
                    found[entry.line], outcome=entry.outcome, was_answered=answered
                )
            case LineEnded() as entry:
                at = found[entry.line].at if entry.line in found else record.at
                found[entry.line] = _line(entry.change, entry.outcome, entry.request_id, at)
            case _:
                pass
    return tuple(found.values())


def _line(change: ChangeEntry, outcome: str, request: str, at: datetime) -> PastLine:
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


def _accounts(records: Iterable[Record]) -> tuple[PastAccount, ...]:
    """As `_lines`, of accounts."""
    found: dict[int, PastAccount] = {}
    for record in records:
        match record.entry:
            case AccountBegun() as entry:
                found[entry.line] = _account(entry.change, UNKNOWN, record.at)
            case AccountAnswered() as entry if entry.line in found:
                found[entry.line] = replace(found[entry.line], outcome=entry.outcome)
            case AccountEnded() as entry:
                at = found[entry.line].at if entry.line in found else record.at
                found[entry.line] = _account(entry.change, entry.outcome, at)
            case _:
                pass
    return tuple(found.values())


def _account(change: AccountEntry, outcome: str, at: datetime) -> PastAccount:
    person = change.person
    return PastAccount(
        action=change.action,
        person=OktaUserId(person.id) if person.id else None,
        login=person.login,
        outcome=outcome,
        at=at,
    )


_GOOD = frozenset({0, 4})
"""Exit codes of a run that did all it could: done, or some lines are blocked or failed."""


def judge_health(
    connector: ConnectorId,
    runs: Sequence[PastRun],
    now: datetime,
    *,
    sandbox: bool,
    max_age: timedelta | None,
) -> ConnectorHealth:
    """When the connector last ran well, and what came after; `runs` are oldest first.

    A run dated later than `now` by more than `max_age` proves a wrong clock, not a fresh run. One
    on call proves nothing: a schedule may be silent while somebody's account is unlocked each day.
    """
    good = [place for place, run in enumerate(runs) if _is_good(run) and run.is_whole]
    last_good = runs[good[-1]] if good else None
    age = now - last_good.started_at if last_good else None
    later = runs[good[-1] + 1 :] if good else runs
    return ConnectorHealth(
        connector=connector,
        sandbox=sandbox,
        last=_find_last(runs),
        last_good=last_good,
        since=tuple(run for run in later if run.is_whole or not _is_good(run)),
        age=age,
        is_current=age is not None and (max_age is None or abs(age) <= max_age),
    )


def _find_last(runs: Sequence[PastRun]) -> PastRun | None:
    return next((run for run in reversed(runs) if run.is_whole), None)


def _is_good(run: PastRun) -> bool:
    return run.is_complete and run.exit_code in _GOOD
