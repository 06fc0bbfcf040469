"""Carries out a prepared apply, and reads it back.

1. Accounts are changed, one after another: each is read, its call is sent once, and it is read
   again. Who was to be active again and is not seen to be is added to no group.
2. Groups are created, then people are added, then removed. Each line is recorded as begun, sent
   once, and recorded as answered; what a guard holds is told and not sent. A person leaves a group
   for another only when they are seen in the other one.
3. Everything that was sent is read back, a bounded number of times; what is not visible then is
   recorded as accepted, and the next plan looks for it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from reconciler.execution.account_readback import verify_by_log
from reconciler.execution.accounts import (
    AccountsDone,
    Tools,
    carry_out_accounts,
    find_not_active,
)
from reconciler.execution.executor import Executed, Orders, execute
from reconciler.execution.ports import DirectoryWriter, ReadBackReader, Recorder, RunJournal
from reconciler.execution.readback import verify
from reconciler.model.errors import ReconcilerError
from reconciler.model.ids import OktaGroupId, RunId
from reconciler.model.outcome import (
    AccountResult,
    ApplyResult,
    LeftAccount,
    LeftLine,
    LineResult,
    Outcome,
    Prepared,
)
from reconciler.model.plan import AccountChange, Change
from reconciler.planning.selection.unconfirmed import NOT_VISIBLE

__all__ = ["Run", "carry_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What carrying out needs of the outside world."""

    id: RunId
    writer: DirectoryWriter
    reader: ReadBackReader
    journal: RunJournal
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    orders: Callable[[tuple[Change, ...]], Orders]
    beside: tuple[Recorder, ...] = ()
    """Told of each write after the journal, and before it is sent."""


async def carry_out(prepared: Prepared, run: Run) -> ApplyResult:
    """Every line was tried once, recorded, and read back."""
    started_at = run.clock()
    run.journal.record_started(prepared)
    orders = replace(run.orders(prepared.changes), accounts=prepared.accounts)
    recorders = (run.journal, *run.beside)
    tools = Tools(
        writer=run.writer,
        reader=run.reader,
        recorders=recorders,
        clock=run.clock,
        sleep=run.sleep,
    )
    try:
        accounts = await carry_out_accounts(orders, tools)
        orders = replace(
            orders,
            not_active=find_not_active(_planned_accounts(prepared), accounts.results),
            stopped_by=accounts.stopped_by,
        )
        done = await execute(orders, run.writer, recorders, partial(_read_back, run))
    except* ReconcilerError as several:
        raise several.exceptions[0] from several
    interrupted = orders.should_stop() and _has_untried(accounts, done)
    result = await _confirm(prepared, run, accounts, done, started_at)
    result = replace(result, interrupted=interrupted)
    run.journal.record_ended(result)
    return result


def _planned_accounts(prepared: Prepared) -> tuple[AccountChange, ...]:
    """Every account line of the newest plan, whatever this run does with it."""
    waiting = tuple(line.change for line in prepared.waiting_accounts)
    return (*prepared.plan.accounts, *prepared.accounts, *waiting)


async def _confirm(
    prepared: Prepared, run: Run, accounts: AccountsDone, done: Executed, started_at: datetime
) -> ApplyResult:
    lines = await _read_back(run, done.lines, done.group_ids)
    account_lines = await verify_by_log(accounts.lines, run.reader, run.sleep)
    newest = prepared.plan
    return ApplyResult(
        run=run.id,
        connector=newest.connector,
        org=newest.org,
        sandbox=newest.sandbox,
        plan_digest=prepared.reviewed_digest,
        started_at=started_at,
        ended_at=run.clock(),
        lines=(*lines, *(_postpone(line) for line in prepared.waiting)),
        left=prepared.left,
        accounts=(
            *account_lines,
            *(_postpone_account(line) for line in prepared.waiting_accounts),
        ),
        left_accounts=prepared.left_accounts,
        blocked_accounts=newest.blocked_accounts,
        blocked=newest.blocked,
        guards=newest.guards,
        stopped_by=done.stopped_by,
        warnings=tuple(w for w in newest.warnings if w.code == NOT_VISIBLE),
    )


def _has_untried(accounts: AccountsDone, done: Executed) -> bool:
    """Whether any line is left to another run."""
    outcomes = {line.outcome for line in done.lines} | {n.outcome for n in accounts.results}
    return Outcome.NOT_RUN in outcomes


async def _read_back(
    run: Run, lines: Sequence[LineResult], groups: Mapping[str, OktaGroupId]
) -> tuple[LineResult, ...]:
    return await verify(lines, groups, run.reader, run.sleep)


def _postpone(line: LeftLine) -> LineResult:
    return LineResult(change=line.change, outcome=Outcome.NOT_RUN, detail=f"waits: {line.why}")


def _postpone_account(line: LeftAccount) -> AccountResult:
    return AccountResult(change=line.change, outcome=Outcome.NOT_RUN, detail=f"waits: {line.why}")
