"""Carries out a prepared apply for a command: journal, writes, result file."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.session.deadline import GRACE_S, stop_when_asked
from reconciler.cli.session.session import Session
from reconciler.cli.terminal.progress import Watcher, show_progress
from reconciler.cli.terminal.screen import Screen
from reconciler.evidence.recorder import EvidenceRecorder
from reconciler.execution.executor import Orders
from reconciler.execution.ports import Recorder
from reconciler.model.errors import EndingError, ReconcilerError
from reconciler.model.ids import OktaGroupId
from reconciler.model.outcome import (
    AccountResult,
    AccountWrite,
    ApplyResult,
    LineResult,
    Outcome,
    Prepared,
    Write,
)
from reconciler.model.plan import Action, Change, Plan
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.planning.plan_codec import dump_result
from reconciler.planning.wording import describe, describe_account
from reconciler.store.atomic import write
from reconciler.store.journal import Journal
from reconciler.store.run_folder import make_run_folder
from reconciler.workflows.carry_out import Run, carry_out

__all__ = [
    "Ask",
    "UnansweredWrites",
    "apply_prepared",
    "count_lines",
    "judge_exit_code",
    "prepare_with",
]


@dataclass(slots=True)
class UnansweredWrites:
    """A run's last recorder: what those before it did not keep as answered is unknown."""

    _begun: list[Write | AccountWrite] = field(default_factory=list)

    def record_begun(self, write: Write) -> None:
        """The records have it, so it is sent."""
        self._begun.append(write)

    def record_answered(self, write: Write, result: LineResult | None) -> None:
        """The records have its answer, unless it was broken off."""
        if result is not None:
            self._begun.remove(write)

    def record_account_begun(self, write: AccountWrite) -> None:
        """The records have it, so it is sent."""
        self._begun.append(write)

    def record_account_answered(self, write: AccountWrite, result: AccountResult | None) -> None:
        """The records have its answer, unless it was broken off."""
        if result is not None:
            self._begun.remove(write)

    def describe(self) -> Iterator[str]:
        """Each such write in words, in the order in which they were begun."""
        for begun in self._begun:
            if isinstance(begun, AccountWrite):
                yield describe_account(begun.change)
            else:
                yield describe(begun.change)


Ask = Callable[[OktaReader], Awaitable[Prepared]]


async def prepare_with(session: Session, ask: Ask, groups: int) -> Prepared:
    """What would be done now, read through a sender that cannot write."""
    try:
        async with session.reading(groups=groups) as reader:
            return await ask(reader)
    except ReconcilerError as error:
        why = session.deadline.why_end()
        if not why:
            raise
        # What could not be read for want of time must not be told as missing.
        raise EndingError(
            "run-ending",
            f"{why} before Okta was read: {error.message}",
            "give the run more minutes, or run again; nothing was written",
        ) from error


async def apply_prepared(
    session: Session, prepared: Prepared, recorder: EvidenceRecorder, *, allows_removals: bool
) -> tuple[ApplyResult, Path]:
    """Every line was tried, recorded and read back; the result is in the returned file."""
    screen, unanswered = session.screen, UnansweredWrites()
    # Made before anything is written to Okta.
    path = make_run_folder(session.settings.run_folder, "results") / f"{session.run}.json"
    try:
        result = await _carry_out(
            session, prepared, (recorder, unanswered), allows_removals=allows_removals
        )
    except BaseException:
        _say_unknown(screen, unanswered)
        raise
    write(path, dump_result(result, screen.clean))
    return result, path


def judge_exit_code(result: ApplyResult) -> ExitCode:
    """What the process says of the run. One beats three, three beats four."""
    outcomes = {line.outcome for line in result.lines} | {n.outcome for n in result.accounts}
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.stopped_by:
        return ExitCode.ERROR
    if Outcome.HELD in outcomes:
        return ExitCode.REFUSED
    is_blocked = bool(result.blocked or result.blocked_accounts)
    if is_blocked or any(not outcome.is_done for outcome in outcomes):
        return ExitCode.PARTIAL
    return ExitCode.OK


async def _carry_out(
    session: Session,
    prepared: Prepared,
    recorders: tuple[Recorder, ...],
    *,
    allows_removals: bool,
) -> ApplyResult:
    connection, deadline, screen = session.connection, session.deadline, session.screen
    name, folder = f"applying to {session.connector.id}", session.settings.run_folder
    with (
        Journal(folder / "journal", session.run, session.clock, screen.clean) as journal,
        show_progress(name, session.settings.verbose, lines=count_lines(prepared)) as progress,
        stop_when_asked(_speak_aside(screen, progress), deadline.asked) as should_stop,
    ):
        allowed, left_s = _allow_writes(prepared), partial(deadline.left_s, GRACE_S)
        async with connection.sender(
            session.run, progress, allowed, deadline.sleep, left_s
        ) as sender:
            run = Run(
                id=session.run,
                writer=connection.writer(sender),
                reader=connection.reader(sender),
                journal=journal,
                beside=recorders,
                clock=session.clock,
                sleep=asyncio.sleep,
                orders=lambda changes: Orders(
                    changes=changes,
                    allows_removals=allows_removals,
                    should_stop=should_stop,
                    on_line=progress.line_done,
                    why_end=deadline.why_end,
                ),
            )
            return await carry_out(prepared, run)


def _say_unknown(screen: Screen, unanswered: UnansweredWrites) -> None:
    """What Okta may or may not have carried out, where the run ends before it was read back."""
    unknown = list(unanswered.describe())
    for text in unknown:
        screen.talk(f"unknown: {text}")
    if unknown:
        screen.talk("Okta may have carried these out or not; the next plan shows what holds")


def _speak_aside(screen: Screen, progress: Watcher) -> Callable[[str], None]:
    """What says a sentence on a line of its own."""

    def say(text: str) -> None:
        progress.clear()
        screen.talk(text)

    return say


def _allow_writes(prepared: Prepared) -> WriteAllowlist:
    """The plan's groups, the names it creates, the accounts it changes: nothing else passes."""
    return WriteAllowlist(
        groups=_group_ids(prepared.plan),
        names=[c.group.name for c in _creations(prepared.changes)],
        accounts=[
            (line.call, line.person.id)
            for line in prepared.accounts
            if line.person.id is not None and not line.held_by
        ],
    )


def count_lines(prepared: Prepared) -> int:
    """How many lines the run takes up."""
    return len(prepared.accounts) + len(prepared.changes)


def _group_ids(plan: Plan) -> list[OktaGroupId]:
    return [summary.group.id for summary in plan.groups if summary.group.id is not None]


def _creations(changes: tuple[Change, ...]) -> list[Change]:
    return [c for c in changes if c.action is Action.CREATE_GROUP and not c.held_by]
