"""Carries out a prepared apply for a command: journal, writes, result file."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
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
from reconciler.execution.ports import Recorder
from reconciler.model.catalog import Catalog
from reconciler.model.errors import EndingError, ReconcilerError
from reconciler.model.ids import OktaGroupId, RunId
from reconciler.model.outcome import ApplyResult
from reconciler.model.plan import Action, Change, Plan
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.requests.write_allowlist import Allowed
from reconciler.planning.plan_codec import dump_result
from reconciler.planning.wording import describe
from reconciler.store.atomic import write
from reconciler.store.journal import Journal
from reconciler.store.run_folder import run_folder
from reconciler.workflows.apply import Prepared, Run, carry_out

__all__ = ["Applying", "Begun", "apply_prepared", "prepare_with"]

_Place = tuple[object, object, object]


class Begun:
    """A recorder around another one. What that one could not keep as answered stays unknown."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._changes = {_place_of(change): change for change in changes}
        self._unknown: dict[_Place, None] = {}
        self._inner: Recorder | None = None

    def around(self, inner: Recorder) -> "Begun":
        """Records there from now on."""
        self._inner = inner
        return self

    def record(self, event: str, fields: Mapping[str, object]) -> None:
        """The entry is kept; an intent that could not be kept was never carried out."""
        place = (fields.get("action"), fields.get("group_name"), fields.get("person"))
        is_known = event == "outcome" and fields.get("outcome") != "unknown"
        if self._inner is not None:
            self._inner.record(event, fields)
        if event == "intent":
            self._unknown[place] = None
        elif is_known:
            self._unknown.pop(place, None)

    def unknown(self) -> Iterator[str]:
        """Each such write in words, in the order in which they were begun."""
        for place in self._unknown:
            change = self._changes.get(place)
            yield describe(change) if change else " ".join(map(str, place))


def _place_of(change: Change) -> _Place:
    person = change.person.id if change.person else None
    return change.action.value, change.group.name, person


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
    begun = Begun(prepared.changes)

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
                        recorder=begun.around(recorder.beside(journal)),
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

    path = run_folder(folder, "results") / f"{run}.json"  # before anything is written to Okta
    try:
        result = asyncio.run(work())
    except BaseException:
        _say_unknown(screen, begun)
        raise
    write(path, dump_result(result, screen.clean))
    return result, path


def _say_unknown(screen: Screen, begun: Begun) -> None:
    """What Okta may or may not have carried out, where the run ends before it was read back."""
    unknown = list(begun.unknown())
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
