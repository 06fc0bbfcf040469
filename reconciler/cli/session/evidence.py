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
from reconciler.evidence.folder import Appender, read_chain
from reconciler.evidence.history import recent_writes
from reconciler.evidence.recorder import EvidenceRecorder, Opening
from reconciler.evidence.verification import is_signed, require_whole, verify
from reconciler.model.catalog import Route
from reconciler.model.errors import ReconcilerError, StoreError
from reconciler.model.evidence import Event
from reconciler.model.ids import RunId

__all__ = ["Recording", "claims", "recording"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Which run, and where its evidence goes; nowhere when no folder is given."""

    folder: Path | None
    run: RunId
    clock: Callable[[], datetime]
    screen: Screen
    sign: Callable[[str], str] | None = None
    """Signs each line, where the operator named a key."""


@contextmanager
def recording(kept: Recording, opening: Opening) -> Iterator[EvidenceRecorder]:
    """A witness whose run has begun; whatever ends the run, its end is kept.

    Raises `StoreError` before anything is asked of the org when the chain is broken or cannot be
    written: the evidence was asked for.
    """
    if kept.folder is None:
        yield EvidenceRecorder(run=kept.run, append=_keep_nothing, clock=kept.clock)
        return
    appender, recorder = _begun(kept, kept.folder, opening)
    try:
        yield recorder
    except BaseException as error:
        if not recorder.has_ended:
            _close(recorder, error, kept.screen)
        raise
    finally:
        kept.screen.talk(f"evidence: {appender.path}")
        kept.screen.talk(f"head: {appender.head}")


def _begun(kept: Recording, folder: Path, opening: Opening) -> tuple[Appender, EvidenceRecorder]:
    chain = read_chain(folder, opening.connector, sandbox=opening.sandbox)
    # Who signs vouches for all that lies behind: not for what took the place of signed lines.
    must_be_signed = kept.sign is not None and is_signed(chain)
    verified = verify(chain, _by_anybody if must_be_signed else None)
    if kept.sign is not None and chain.files and not must_be_signed:
        kept.screen.talk(
            f"evidence: nobody signed what lies in {folder} so far; from now on the signatures "
            "vouch for it as it is: compare its head with one that was kept elsewhere"
        )
    runs = require_whole(verified, folder)
    last = {file.path for file in chain.files if file.end in verified.heads}
    for fault in verified.faults:
        if fault.is_error or fault.file in last:
            kept.screen.talk(f"evidence: {fault.code} {fault.place}: {fault.summary}")
    appender = Appender(
        folder=folder,
        chain=chain,
        run=kept.run,
        follows=verified.heads,
        clock=kept.clock,
        clean=kept.screen.clean,
        sign=kept.sign,
    )
    appender.begin(opening.plain())
    recorder = EvidenceRecorder(
        run=kept.run,
        append=appender.append,
        clock=kept.clock,
        recent=recent_writes(runs, kept.clock()),
    )
    return appender, recorder


def _by_anybody(_found: str, _signature: str) -> bool:
    """By whom a line is signed is looked at by those who have the public keys."""
    return True


def _close(recorder: EvidenceRecorder, error: BaseException, screen: Screen) -> None:
    """The end is kept if it can be; what went wrong is told either way."""
    try:
        match error:
            case ReconcilerError():
                recorder.refused(error.code, error.message, error.exit_code)
            case click.Abort() | KeyboardInterrupt():
                recorder.refused("interrupted", "somebody ended the run", ExitCode.INTERRUPTED)
            case _:
                recorder.refused("unexpected", type(error).__name__, ExitCode.ERROR)
    except StoreError as lost:
        screen.talk(f"the end of the run is not in its evidence: {lost.message}")


def _keep_nothing(_event: Event, _fields: Mapping[str, object]) -> None:
    """No evidence is asked for."""


_NAMES = (
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


def claims() -> dict[str, str]:
    """Each variable that is set, cut to a bearable length; a proxy without user and password."""
    found = {name: os.environ[name][:_LONGEST] for name in _NAMES if os.environ.get(name)}
    proxy = Route(proxy=os.environ.get(PROXY, "").strip()).proxy_name
    return {**found, PROXY: proxy[:_LONGEST]} if proxy else found
