"""Opens a run's evidence before the org is asked, and closes it however the run ends."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.session.route import PROXY
from reconciler.cli.terminal.screen import Screen
from reconciler.evidence.appender import Appender
from reconciler.evidence.encoding import Opening
from reconciler.evidence.folder import read_chain
from reconciler.evidence.history import recent_writes
from reconciler.evidence.recorder import EvidenceRecorder
from reconciler.evidence.records import Event
from reconciler.evidence.verification import (
    Verified,
    is_signed,
    require_whole,
    verify_before_joining,
)
from reconciler.model.catalog import Route
from reconciler.model.errors import ReconcilerError, StoreError
from reconciler.model.ids import RunId

__all__ = ["EvidenceTarget", "read_claims", "record_evidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTarget:
    """Which run, and where its evidence goes; nowhere when no folder is given."""

    folder: Path | None
    run: RunId
    clock: Callable[[], datetime]
    screen: Screen
    sign: Callable[[str], str] | None = None
    """Signs each line, where the operator named a key."""


@contextmanager
def record_evidence(target: EvidenceTarget, opening: Opening) -> Iterator[EvidenceRecorder]:
    """A recorder whose run has begun; whatever ends the run, its end is kept.

    Raises `StoreError` before anything is asked of the org when the chain is broken or cannot be
    written: the evidence was asked for.
    """
    if target.folder is None:
        yield EvidenceRecorder(run=target.run, append=_discard, clock=target.clock)
        return
    appender, recorder = _begin(target, target.folder, opening)
    try:
        yield recorder
    except BaseException as error:
        if not recorder.has_ended:
            _close(recorder, error, target.screen)
        raise
    finally:
        target.screen.talk(f"evidence: {appender.path}")
        target.screen.talk(f"head: {appender.head}")


def _begin(
    target: EvidenceTarget, folder: Path, opening: Opening
) -> tuple[Appender, EvidenceRecorder]:
    chain = read_chain(folder, opening.connector, sandbox=opening.sandbox)
    verified = verify_before_joining(chain, is_signing=target.sign is not None)
    if target.sign is not None and chain.files and not is_signed(chain):
        target.screen.talk(
            f"evidence: what is in {folder} so far is unsigned; from now on the signatures vouch "
            "for it as it is: compare its head with one that was kept elsewhere"
        )
    runs = require_whole(verified, folder)
    _say_faults(target.screen, verified)
    appender = Appender(
        folder=folder,
        chain=chain,
        run=target.run,
        follows=verified.heads,
        clock=target.clock,
        clean=target.screen.clean,
        sign=target.sign,
    )
    recorder = EvidenceRecorder(
        run=target.run,
        append=appender.append,
        clock=target.clock,
        recent=recent_writes(runs, target.clock()),
    )
    recorder.record_started(opening)
    return appender, recorder


def _say_faults(screen: Screen, verified: Verified) -> None:
    """Errors that refuse no run; remarks only on the runs that this one follows."""
    last = {file.path for file in verified.chain.files if file.end in verified.heads}
    for fault in verified.faults:
        if fault.is_error or fault.file in last:
            screen.talk(f"evidence: {fault.code} {fault.place}: {fault.summary}")


def _close(recorder: EvidenceRecorder, error: BaseException, screen: Screen) -> None:
    """The end is kept if it can be; what went wrong is told either way."""
    try:
        match error:
            case ReconcilerError():
                recorder.record_refused(error.code, error.message, error.exit_code)
            case click.Abort() | KeyboardInterrupt():
                recorder.record_refused(
                    "interrupted", "the run was interrupted", ExitCode.INTERRUPTED
                )
            case _:
                recorder.record_refused("unexpected", type(error).__name__, ExitCode.ERROR)
    except StoreError as lost:
        screen.talk(f"the end of the run is not in its evidence: {lost.message}")


def _discard(_event: Event, _fields: Mapping[str, object]) -> None:
    """No evidence is asked for."""


_CLAIM_VARIABLES = (
    "GITHUB_ACTOR",
    "GITHUB_TRIGGERING_ACTOR",
    "GITHUB_REPOSITORY",
    "GITHUB_WORKFLOW_REF",
    "GITHUB_EVENT_NAME",
    "GITHUB_REF",
    "GITHUB_SHA",
    "GITHUB_RUN_ID",
    "GITHUB_RUN_ATTEMPT",
    "GITLAB_USER_LOGIN",
    "CI_PROJECT_PATH",
    "CI_PIPELINE_ID",
    "CI_JOB_ID",
    "CI_COMMIT_SHA",
    "USER",
)
_LONGEST = 300


def read_claims() -> dict[str, str]:
    """Each variable that is set, cut to a bearable length; a proxy without user and password."""
    found = {name: os.environ[name][:_LONGEST] for name in _CLAIM_VARIABLES if os.environ.get(name)}
    proxy = Route(proxy=os.environ.get(PROXY, "").strip()).proxy_name
    return {**found, PROXY: proxy[:_LONGEST]} if proxy else found
