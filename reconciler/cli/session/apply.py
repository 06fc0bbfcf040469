"""Carries out a prepared apply for a command: journal, writes, result file."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from reconciler.cli.options import Settings
from reconciler.cli.session.connection import Connection
from reconciler.cli.session.deadline import GRACE_S, Deadline, politely
from reconciler.cli.session.plan import groups_of
from reconciler.cli.terminal.progress import Watcher, watch
from reconciler.cli.terminal.screen import Screen
from reconciler.evidence.recorder import EvidenceRecorder
from reconciler.execution.executor import Orders
from reconciler.model.catalog import Catalog
from reconciler.model.errors import EndingError, ReconcilerError
from reconciler.model.ids import OktaGroupId, RunId
from reconciler.model.outcome import ApplyResult, LineResult, Prepared, Write
from reconciler.model.plan import Action, Change, Plan
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.requests.write_allowlist import Allowed
from reconciler.planning.plan_codec import dump_result
from reconciler.planning.wording import describe
from reconciler.store.atomic import write
from reconciler.store.journal import Journal
from reconciler.store.run_folder import make_run_folder
from reconciler.workflows.apply import Run, carry_out

__all__ = ["Applying", "UnansweredWrites", "apply_prepared", "prepare_with"]


@dataclass(slots=True)
class UnansweredWrites:
    """A run's last recorder: what those before it did not keep as answered is unknown."""

    _begun: list[Write] = field(default_factory=list)

    def record_begun(self, write: Write) -> None:
        """The records have it, so it is sent."""
        self._begun.append(write)

    def record_answered(self, write: Write, result: LineResult | None) -> None:
        """The records have its answer, unless it was broken off."""
        if result is not None:
            self._begun.remove(write)

    def describe(self) -> Iterator[str]:
        """Each such write in words, in the order in which they were begun."""
        return (describe(write.change) for write in self._begun)


Ask = Callable[[OktaReader], Awaitable[Prepared]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """What an apply works with from its first read to its last line."""

    connection: Connection
    catalog: Catalog
    chosen: Settings
    screen: Screen
    deadline: Deadline


def prepare_with(applying: Applying, ask: Ask, run: RunId) -> Prepared:
    """What would be done now, read through a sender that cannot write."""
    connection, deadline = applying.connection, applying.deadline

    async def read() -> Prepared:
        groups = groups_of(applying.catalog, connection.connector)
        name = f"reading {connection.connector.id}"
        with watch(name, applying.chosen.verbose, groups=groups) as progress:
            async with connection.sender(
                run, progress, sleep=deadline.sleep, left_s=deadline.left_s
            ) as sender:
                return await ask(connection.reader(sender))

    try:
        return asyncio.run(read())
    except ReconcilerError as error:
        why = deadline.why_end()
        if not why:
            raise
        # What could not be read for want of time must not be told as missing.
        raise EndingError(
            "run-ending",
            f"{why} before Okta was read: {error.message}",
            "give the run more minutes, or run again; nothing was written",
        ) from error


def apply_prepared(
    applying: Applying, prepared: Prepared, recorder: EvidenceRecorder, *, allows_removals: bool
) -> tuple[ApplyResult, Path]:
    """Every line was tried, recorded and read back; the result is in the returned file."""
    connection, chosen, screen = applying.connection, applying.chosen, applying.screen
    # Events belong to the loop that awaited them, and reading had one of its own.
    deadline, run, folder = applying.deadline.anew(), recorder.run, chosen.run_folder
    name = f"applying to {connection.connector.id}"
    unanswered = UnansweredWrites()

    async def work() -> ApplyResult:
        with (
            Journal(folder / "journal", run, connection.clock, screen.clean) as journal,
            watch(name, chosen.verbose, lines=len(prepared.changes)) as progress,
            politely(_aside(screen, progress), deadline.asked) as should_stop,
        ):
            allowed = _allowed(prepared)
            left_s = partial(deadline.left_s, GRACE_S)
            async with connection.sender(run, progress, allowed, deadline.sleep, left_s) as sender:
                return await carry_out(
                    prepared,
                    Run(
                        id=run,
                        writer=connection.writer(sender),
                        reader=connection.reader(sender),
                        journal=journal,
                        beside=(recorder, unanswered),
                        clock=connection.clock,
                        sleep=asyncio.sleep,
                        orders=lambda changes: Orders(
                            changes=changes,
                            allows_removals=allows_removals,
                            should_stop=should_stop,
                            on_line=progress.line_done,
                            why_end=deadline.why_end,
                        ),
                    ),
                )

    path = make_run_folder(folder, "results") / f"{run}.json"  # before anything is written to Okta
    try:
        result = asyncio.run(work())
    except BaseException:
        _say_unknown(screen, unanswered)
        raise
    write(path, dump_result(result, screen.clean))
    return result, path


def _say_unknown(screen: Screen, unanswered: UnansweredWrites) -> None:
    """What Okta may or may not have carried out, where the run ends before it was read back."""
    unknown = list(unanswered.describe())
    for text in unknown:
        screen.talk(f"unknown: {text}")
    if unknown:
        screen.talk("Okta may have carried these out or not; the next plan shows what holds")


def _aside(screen: Screen, progress: Watcher) -> Callable[[str], None]:
    """What says a sentence on a line of its own."""

    def say(text: str) -> None:
        progress.clear()
        screen.talk(text)

    return say


def _allowed(prepared: Prepared) -> Allowed:
    """The groups the plan manages, and the names it creates: what the transport lets through."""
    return Allowed(
        groups=_group_ids(prepared.plan),
        names=[c.group.name for c in _creations(prepared.changes)],
    )


def _group_ids(plan: Plan) -> list[OktaGroupId]:
    return [summary.group.id for summary in plan.groups if summary.group.id is not None]


def _creations(changes: tuple[Change, ...]) -> list[Change]:
    return [c for c in changes if c.action is Action.CREATE_GROUP and not c.held_by]
