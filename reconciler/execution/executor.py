"""Carries out the lines of a plan: creations, then additions, then removals.

Failures are isolated: a refused line is recorded and the others go on. A 403 stops that group's
removals; a 401, or a 403 from a second group, stops everything. Whatever was not tried is recorded
as not run. Where Okta's limit stays used up by others, the rest is left to another run.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.execution.ports import DirectoryWriter, Recorder
from reconciler.model.errors import ConnectorError, EndingError, IncompleteReadError
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.model.outcome import AccountResult, LineResult, Outcome, Write, WriteAnswer
from reconciler.model.plan import AccountChange, Action, Change

__all__ = [
    "ASKED_TO_END",
    "CREDENTIAL_REFUSED",
    "HTTP_FORBIDDEN",
    "HTTP_NOT_FOUND",
    "HTTP_UNAUTHORIZED",
    "PERMISSION_CODES",
    "RATE_LIMITED",
    "Confirm",
    "Executed",
    "Orders",
    "execute",
]

PERMISSION_CODES = frozenset({"", "E0000005", "E0000006"})
"""403s that speak of our rights rather than of this one person (Okta: error codes)."""
HTTP_UNAUTHORIZED, HTTP_FORBIDDEN, HTTP_NOT_FOUND = 401, 403, 404
RATE_LIMITED = "rate-limited"
REMOVALS_OFF = "removals are switched off (--no-removals)"
ASKED_TO_END = "the run was asked to end"
CREDENTIAL_REFUSED = "Okta refused the credential (401)"
WAVES = (Action.CREATE_GROUP, Action.ADD, Action.REMOVE)
Confirm = Callable[
    [Sequence[LineResult], Mapping[str, OktaGroupId]], Awaitable[tuple[LineResult, ...]]
]
"""Reads the groups of these lines again, and says what became of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What to carry out, and within what bounds."""

    changes: tuple[Change, ...]
    accounts: tuple[AccountChange, ...] = ()
    """Carried out by `accounts.carry_out_accounts`, before the changes."""
    not_active: frozenset[OktaUserId] = frozenset()
    """Whom this run was to make active, and who is not seen to be: nobody adds them."""
    stopped_by: str = ""
    """Why the account lines ended the whole run, where they did."""
    allows_removals: bool = True
    concurrency: int = 4
    should_stop: Callable[[], bool] = field(default=lambda: False)
    """Asked before each write: whether the run was asked to end."""
    why_end: Callable[[], str] = field(default=lambda: "")
    """Asked before each write: why no further one is begun, empty while they may be."""
    on_line: Callable[[LineResult | AccountResult], None] = field(default=lambda _: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """Every line with its outcome, in the order given, and where each group is."""

    lines: tuple[LineResult, ...]
    group_ids: dict[str, OktaGroupId]
    """The Okta id of every group that was written to, by its key in the plan."""
    stopped_by: str = ""


@dataclass(slots=True)
class _Run:
    """What the run has learnt so far; the only mutable state here."""

    orders: Orders
    writer: DirectoryWriter
    recorders: Sequence[Recorder]
    results: dict[Change, LineResult] = field(default_factory=dict)
    group_ids: dict[str, OktaGroupId] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    stranded: set[tuple[str, str]] = field(default_factory=set)
    """Grant and person of every addition that did not come about, or is not seen."""
    stopped_by: str = ""
    ended_by: str = ""
    """Why the rest is left to another run, which is no error of this one."""
    limited: int = 0
    """Lines in a row that Okta's limit had no room for."""

    def record_begun(self, write: Write) -> None:
        """Every record has the write, in their order, before it is sent."""
        for recorder in self.recorders:
            recorder.record_begun(write)

    def record_answered(self, write: Write, result: LineResult | None) -> None:
        """Every record has how the write ended, in their order."""
        for recorder in self.recorders:
            recorder.record_answered(write, result)


async def execute(
    orders: Orders,
    writer: DirectoryWriter,
    recorders: Sequence[Recorder],
    confirm: Confirm | None = None,
) -> Executed:
    """Every line has been tried, held or recorded as not run.

    `confirm` looks at additions again before a person leaves the group that they take the place of:
    a person whom Okta does not show in the new group stays in the old one.
    """
    run = _Run(orders, writer, recorders, stopped_by=orders.stopped_by)
    for action in WAVES:
        if action is Action.REMOVE and confirm is not None:
            await _settle_moves(run, confirm)
        numbered = enumerate(orders.changes, start=1)
        lines = iter([(number, c) for number, c in numbered if c.action is action])
        workers = 1 if action is Action.CREATE_GROUP else orders.concurrency
        async with asyncio.TaskGroup() as tasks:
            for _ in range(workers):
                tasks.create_task(_carry_out_lines(lines, run))
    return Executed(
        lines=tuple(_place(run.results[c], run.group_ids) for c in orders.changes),
        group_ids=run.group_ids,
        stopped_by=run.stopped_by,
    )


async def _carry_out_lines(lines: Iterator[tuple[int, Change]], run: _Run) -> None:
    for number, change in lines:
        result = _skip_line(change, run) or await _carry_out(number, change, run)
        run.results[change] = result
        if change.action is Action.ADD and not result.outcome.is_made:
            run.stranded.update(_access_of(change))
        run.orders.on_line(result)


async def _settle_moves(run: _Run, confirm: Confirm) -> None:
    leaving = {a for c in run.orders.changes if c.action is Action.REMOVE for a in _access_of(c)}
    arriving = [
        change
        for change, line in run.results.items()
        if change.action is Action.ADD
        and line.outcome is Outcome.ACCEPTED
        and not _access_of(change).isdisjoint(leaving)
    ]
    if not arriving:
        return
    lines = await confirm([run.results[change] for change in arriving], run.group_ids)
    for change, line in zip(arriving, lines, strict=True):
        run.results[change] = line
        if not line.outcome.is_done:
            run.stranded.update(_access_of(change))


def _skip_line(change: Change, run: _Run) -> LineResult | None:
    """Why the line is not tried, if it is not."""
    if change.held_by:
        return _result(change, Outcome.HELD, f"held by {', '.join(change.held_by)}")
    why = _why_not_run(change, run)
    return _result(change, Outcome.NOT_RUN, why) if why else None


def _why_not_run(change: Change, run: _Run) -> str:
    if run.stopped_by:
        return run.stopped_by
    if run.orders.should_stop():
        return ASKED_TO_END
    if run.ended_by or run.orders.why_end():
        return run.ended_by or run.orders.why_end()
    if change.action is Action.REMOVE:
        return _why_no_removal(change, run)
    return _why_no_addition(change, run) if change.action is Action.ADD else ""


def _why_no_addition(change: Change, run: _Run) -> str:
    if change.person is not None and change.person.id in run.orders.not_active:
        return "their account is not seen to be active again"
    if change.group.id is None and change.group.key not in run.group_ids:
        return "its group was not made"
    return ""


def _why_no_removal(change: Change, run: _Run) -> str:
    if not run.orders.allows_removals:
        return REMOVALS_OFF
    if change.group.key in run.forbidden:
        return "Okta refused a write to this group before"
    if not _access_of(change).isdisjoint(run.stranded):
        return "they are not seen in the group that takes this one's place"
    return ""


def _access_of(change: Change) -> frozenset[tuple[str, str]]:
    """The person, by each grant that the line rests on: a group may give several tools."""
    person = (change.person and change.person.id) or ""
    return frozenset((grant.hash, person) for grant in change.grants)


async def _carry_out(number: int, change: Change, run: _Run) -> LineResult:
    """One write, recorded before and after; an outcome is recorded whatever happens."""
    group = change.group.id or run.group_ids.get(change.group.key)
    write = Write(number=number, change=change, group=group)
    run.record_begun(write)
    try:
        written = await _write(change, run)
    except EndingError as ending:
        run.ended_by = run.ended_by or ending.message
        result = _result(change, Outcome.NOT_RUN, ending.message)
    except ConnectorError as error:
        result = _judge_failure(change, error, run)
    except BaseException:
        run.record_answered(write, None)
        raise
    else:
        run.limited = 0
        result = LineResult(change=change, outcome=Outcome.ACCEPTED, request_id=written.request_id)
    run.record_answered(write, result)
    return result


async def _write(change: Change, run: _Run) -> WriteAnswer:
    if change.action is Action.CREATE_GROUP:
        made = await run.writer.create_group(change.group.name, change.description)
        if made.id is None:
            raise ConnectorError("answer-malformed", "Okta made the group but named no id for it")
        run.group_ids[change.group.key] = made.id
        return made
    group = change.group.id or run.group_ids[change.group.key]
    run.group_ids[change.group.key] = group
    person = change.person.id if change.person else None
    if person is None:
        raise ConnectorError("person-missing", "the line names no one")
    if change.action is Action.ADD:
        return await run.writer.add_member(group, person)
    return await run.writer.remove_member(group, person)


def _judge_failure(change: Change, error: ConnectorError, run: _Run) -> LineResult:
    """The line's outcome, and what the refusal means for the lines after it."""
    outcome = Outcome.FAILED
    run.limited = run.limited + 1 if error.code == RATE_LIMITED else 0
    if run.limited >= run.orders.concurrency:
        run.ended_by = f"{run.limited} writes in a row found Okta's rate limit used up"
    if error.status == HTTP_NOT_FOUND and change.action is Action.REMOVE:
        outcome = Outcome.ALREADY
    if error.status == HTTP_UNAUTHORIZED:
        run.stopped_by = CREDENTIAL_REFUSED
    if error.status == HTTP_FORBIDDEN:
        outcome = Outcome.REFUSED
        if error.okta_code in PERMISSION_CODES:
            run.forbidden.add(change.group.key)
    if len(run.forbidden) > 1 and not run.stopped_by:
        run.stopped_by = "Okta refused writes to a second group (403)"
    return LineResult(
        change=change,
        outcome=outcome,
        detail=error.message,
        # What cannot be taken for an answer may stand for a write that was made: it is read back.
        request_id="" if isinstance(error, IncompleteReadError) else error.request_id,
    )


def _place(line: LineResult, group_ids: Mapping[str, OktaGroupId]) -> LineResult:
    """The line with the id of a group that this run made."""
    group = line.change.group
    made = group_ids.get(group.key)
    if group.id is not None or made is None:
        return line
    return replace(line, change=replace(line.change, group=replace(group, id=made, is_made=True)))


def _result(change: Change, outcome: Outcome, detail: str) -> LineResult:
    return LineResult(change=change, outcome=outcome, detail=detail)
