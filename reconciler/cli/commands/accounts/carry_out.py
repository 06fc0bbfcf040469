"""Carries out at once what was asked for about one person: shown, agreed to, recorded, read back.

The same journal, evidence and result as an apply of a reviewed plan.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from reconciler.catalog.load import Loaded
from reconciler.cli.commands.apply import require_tip
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.secrets.evidence_key import build_evidence_signer
from reconciler.cli.secrets.source import find_work_tree
from reconciler.cli.session.apply import apply_prepared, judge_exit_code
from reconciler.cli.session.deadline import interruptible
from reconciler.cli.session.evidence import EvidenceTarget, read_claims, record_evidence
from reconciler.cli.session.plan import plan_inputs
from reconciler.cli.session.session import Session
from reconciler.evidence.encoding import Opening
from reconciler.evidence.recorder import EvidenceRecorder
from reconciler.model.errors import UsageError
from reconciler.model.evidence import ON_CALL
from reconciler.model.outcome import ApplyResult, Prepared
from reconciler.okta.api.reader import OktaReader
from reconciler.planning.plan_codec import without_secrets
from reconciler.planning.steps.assess import PlanInputs
from reconciler.render.document import Document
from reconciler.render.result import result_document

__all__ = ["Consent", "Ready", "carry_out_at_once"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """How the run is agreed to, and where its evidence goes."""

    yes: bool
    evidence: Path | None

    def __post_init__(self) -> None:
        if not self.yes and not sys.stdin.isatty():
            raise UsageError(
                "yes-needed", "there is no terminal to ask on", "say --yes to do it without asking"
            )

    @classmethod
    def read(cls, typed: Mapping[str, Any]) -> "Consent":
        """As it was typed."""
        evidence = typed["evidence"]
        if evidence == "":
            raise UsageError(
                "evidence-unnamed", "--evidence names no folder", "name one, or leave it out"
            )
        return cls(yes=typed["yes"], evidence=Path(evidence) if evidence else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What would be done, as it is shown before the question."""

    prepared: Prepared
    shown: Document
    question: str

    @property
    def has_lines(self) -> bool:
        """Whether anything is to be done that no guard holds."""
        held = [line.held_by for line in self.prepared.accounts]
        held += [line.held_by for line in self.prepared.changes]
        return not all(held)


Ask = Callable[[OktaReader, PlanInputs], Awaitable[Ready]]


def carry_out_at_once(
    session: Session, loaded: Loaded, consent: Consent, ask: Ask
) -> ApplyResult | None:
    """What `ask` made ready is done and told; None where the answer at the terminal was no."""
    screen = session.screen
    inputs = plan_inputs(session, loaded)
    target = EvidenceTarget(
        folder=consent.evidence,
        run=session.run,
        clock=session.clock,
        screen=screen,
        sign=_signer(session, consent),
    )
    with record_evidence(target, _open(session, inputs)) as recorder:
        require_tip(session.settings, session.connection)
        done = asyncio.run(_run(session, lambda reader: ask(reader, inputs), consent, recorder))
        if done is None:
            screen.talk("nothing was changed")
            recorder.record_refused("declined", "no at the prompt", ExitCode.ERROR)
            return None
        result, path = done
        recorder.record_ended(result, judge_exit_code(result))
    screen.document(result_document(without_secrets(result, screen.clean)))
    screen.talk(f"result: {path}")
    return result


def _signer(session: Session, consent: Consent) -> Callable[[str], str] | None:
    """What signs the evidence; a rehearsal reads no secret."""
    if consent.evidence is None or session.connection.is_sandbox:
        return None
    return build_evidence_signer(find_work_tree(session.settings.catalog))


def _open(session: Session, inputs: PlanInputs) -> Opening:
    return Opening(
        connector=session.connector.id,
        sandbox=session.connection.is_sandbox,
        mode=ON_CALL,
        tool_version=inputs.tool_version,
        revision=inputs.revision,
        claims=read_claims(),
    )


async def _run(
    session: Session,
    ask: Callable[[OktaReader], Awaitable[Ready]],
    consent: Consent,
    recorder: EvidenceRecorder,
) -> tuple[ApplyResult, Path] | None:
    """What was done, and the file that says so; None where the answer was no."""
    async with session.reading() as reader:
        ready = await ask(reader)
    recorder.record_prepared(ready.prepared)
    session.screen.talk_document(ready.shown)
    session.screen.talk("")
    if ready.has_lines and not consent.yes and not _confirm(ready.question):
        return None
    return await apply_prepared(session, ready.prepared, recorder, allows_removals=True)


def _confirm(question: str) -> bool:
    with interruptible():
        return click.confirm(question, err=True)
