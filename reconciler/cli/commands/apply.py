"""`reconciler apply`: carries out a plan that was reviewed, and nothing else."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from reconciler.catalog.git.repository import Repository
from reconciler.catalog.load import Loaded
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, Settings, example, settings
from reconciler.cli.secrets.credentials import is_ci
from reconciler.cli.secrets.evidence_key import build_evidence_signer
from reconciler.cli.secrets.source import find_work_tree
from reconciler.cli.session.apply import (
    Ask,
    apply_prepared,
    count_lines,
    judge_exit_code,
    prepare_with,
)
from reconciler.cli.session.approvals import approvals_of
from reconciler.cli.session.catalog import connector_needed, valid_catalog
from reconciler.cli.session.connection import Connection, connectors
from reconciler.cli.session.deadline import interruptible
from reconciler.cli.session.evidence import EvidenceTarget, read_claims, record_evidence
from reconciler.cli.session.plan import count_groups, plan_inputs
from reconciler.cli.session.session import Session, open_session
from reconciler.cli.terminal.screen import Screen
from reconciler.connector_checks.oauth_scopes import Purpose
from reconciler.evidence.encoding import Opening
from reconciler.evidence.recorder import EvidenceRecorder
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.errors import GuardRefused, ReconcilerError, UsageError
from reconciler.model.evidence import RecentWrites
from reconciler.model.outcome import ApplyResult, Prepared
from reconciler.model.plan import Action, Plan
from reconciler.planning.plan_codec import digest as digest_of
from reconciler.planning.plan_codec import file_digest, load_plan, without_secrets
from reconciler.planning.steps.assess import PlanInputs
from reconciler.planning.wording import describe, describe_account
from reconciler.render.document import count
from reconciler.render.result import result_document
from reconciler.store.atomic import read, write
from reconciler.store.journal import find_interrupted_runs
from reconciler.workflows.apply import prepare, prepare_digest, prepare_scheduled

__all__ = ["command", "require_tip"]


@click.command("apply", cls=Command, epilog=example("reconciler --sandbox apply plan.json --yes"))
@click.argument("file", required=False, type=click.Path())
@click.option(
    "--digest",
    metavar="SHA",
    help="The digest that was reviewed, in full: a plan's, or beside FILE the file's.",
)
@click.option(
    "--scheduled", is_flag=True, help="Carry out what merged files explain, with nobody watching."
)
@click.option("--yes", is_flag=True, help="Do not ask; needed where there is no terminal.")
@click.option("--no-removals", is_flag=True, help="Add and create only; removals are not run.")
@click.option("--connector", metavar="ID", help="The connector, without a FILE.")
@click.option(
    "--evidence", metavar="DIR", help="Append what happens to the connector's chain in this folder."
)
@click.option(
    "--result",
    metavar="FILE",
    help="Write the result here too; the file must be new, and is there only if this run made it.",
)
@click.option(
    "--max-minutes",
    type=click.IntRange(min=1),
    metavar="N",
    help="Begin no write, and no wait, beyond so many minutes, and wait for no answer a minute "
    "later; the next run does the rest.",
)
@click.pass_context
def command(context: click.Context, /, **typed: Any) -> int:  # noqa: ANN401 - click's options, typed by `RunOptions`
    """Carry out a reviewed plan.

    FILE was written by `plan --out`. The plan is made again: lines that still hold are carried out,
    lines that no longer do are left and named, and anything nobody reviewed refuses the run. With
    --digest alone, a plan made now must have exactly that digest.

    With --scheduled there is no plan to name: grants are added and ended ones removed; unapproved
    members go only where a binding is `unattended`; groups to create, moves and accounts wait for
    a review.
    In CI, apply runs at the tip of the default branch and nowhere else.

    With --evidence, removals of the last 24 hours count towards this run's limits.
    """
    chosen, asked = settings(context), RunOptions(**typed)
    screen = Screen(no_color=chosen.no_color)
    reviewed = _load_reviewed(asked.file, asked.digest)
    loaded = valid_catalog(chosen, screen)
    catalog, target = loaded.catalog, _target(loaded, reviewed, asked.connector)
    minutes = asked.max_minutes
    with open_session(chosen, screen, catalog, target, Purpose.APPLY, minutes) as session:
        inputs = plan_inputs(session, loaded)
        kept = _evidence_target(asked, session)
        with record_evidence(kept, _make_opening(asked, reviewed, session, inputs)) as recorder:
            require_tip(chosen, session.connection)
            if kept.folder is not None:
                inputs = replace(inputs, recent=_select_counted(asked, recorder.recent))
            question = _question(asked, reviewed, session, catalog, inputs)
            done = asyncio.run(
                _run(asked, session, question, recorder, count_groups(catalog, target))
            )
            if done is None:
                screen.talk("nothing was written")
                recorder.record_refused("declined", "no at the prompt", ExitCode.ERROR)
                return ExitCode.ERROR
            result, path = done
            path = _hand_over(path, asked.result)
            recorder.record_ended(result, judge_exit_code(result))
    screen.document(result_document(without_secrets(result, screen.clean)))
    screen.talk(f"result: {path}")
    return judge_exit_code(result)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What an apply was asked to do, refused where it makes no sense."""

    file: str | None
    digest: str | None
    scheduled: bool
    yes: bool
    no_removals: bool
    connector: str | None
    evidence: str | None
    result: str | None
    max_minutes: int | None

    def __post_init__(self) -> None:
        has_plan = self.file is not None or self.digest is not None
        if has_plan is self.scheduled:
            raise UsageError(
                "plan-needed" if not has_plan else "plan-not-wanted",
                "apply takes a reviewed plan (a FILE, or its --digest), or else --scheduled",
                "make a plan with `reconciler plan --out plan.json`",
            )
        if self.evidence == "":
            raise UsageError(
                "evidence-unnamed", "--evidence names no folder", "name one, or leave it out"
            )
        if self.result is not None and not _is_free(Path(self.result)):
            raise UsageError(
                "result-exists",
                f"--result {self.result} is there already, or its folder is not",
                "name a new file in a folder that exists",
            )
        if not self.yes and not sys.stdin.isatty():
            raise UsageError(
                "yes-needed", "there is no terminal to ask on", "say --yes to apply without asking"
            )

    @property
    def mode(self) -> str:
        """How the run was told what to do."""
        if self.scheduled:
            return "scheduled"
        return "digest" if self.file is None else "file"


async def _run(
    asked: RunOptions, session: Session, question: Ask, recorder: EvidenceRecorder, groups: int
) -> tuple[ApplyResult, Path] | None:
    """What was done, and the file that says so; None where the answer at the terminal was no."""
    prepared = await prepare_with(session, question, groups)
    recorder.record_prepared(prepared)
    _announce(prepared, session)
    _say_uncounted(asked, prepared, session.screen)
    _require_something(asked, prepared, session.connection)
    if count_lines(prepared) and not asked.yes and not _ask_to_apply(prepared):
        return None
    return await apply_prepared(session, prepared, recorder, allows_removals=not asked.no_removals)


def _hand_over(path: Path, wanted: str | None) -> Path:
    """Where the run's result is found."""
    if wanted is None:
        return path
    write(Path(wanted), read(path))
    return Path(wanted)


def _is_free(path: Path) -> bool:
    """Whether a result that is there afterwards can only be this run's."""
    return path.parent.is_dir() and not path.exists() and not path.is_symlink()


def _evidence_target(asked: RunOptions, session: Session) -> EvidenceTarget:
    return EvidenceTarget(
        folder=Path(asked.evidence) if asked.evidence is not None else None,
        run=session.run,
        clock=session.clock,
        screen=session.screen,
        sign=_signer(asked, session),
    )


def _signer(asked: RunOptions, session: Session) -> Callable[[str], str] | None:
    """What signs the evidence; a rehearsal reads no secret."""
    if asked.evidence is None or session.connection.is_sandbox:
        return None
    return build_evidence_signer(find_work_tree(session.settings.catalog))


def _make_opening(
    asked: RunOptions, reviewed: Plan | None, session: Session, inputs: PlanInputs
) -> Opening:
    return Opening(
        connector=session.connector.id,
        sandbox=session.connection.is_sandbox,
        mode=asked.mode,
        tool_version=inputs.tool_version,
        revision=inputs.revision,
        reviewed=reviewed,
        digest=asked.digest or "",
        allows_removals=not asked.no_removals,
        claims=read_claims(),
    )


def _load_reviewed(file: str | None, digest: str | None) -> Plan | None:
    """The plan in the file; a digest beside it is a pin: of what is done, or of the whole file."""
    if file is None:
        return None
    data = read(Path(file))
    plan = load_plan(data)
    if plan.against is not None:
        raise UsageError(
            "plan-for-review",
            f"the plan in {file} was made to judge a change that is not merged",
            "merge it, then plan again without --base",
        )
    whole = file_digest(data)
    if digest is not None and digest not in {digest_of(plan), whole}:
        raise GuardRefused(
            "digest-differs",
            f"the plan in {file} has the digest {digest_of(plan)}, and {whole} as a whole file, "
            f"not {digest}",
            "apply the file that was reviewed",
        )
    return plan


def _target(loaded: Loaded, reviewed: Plan | None, connector: str | None) -> Connector:
    if reviewed is not None and connector not in {None, reviewed.connector}:
        raise UsageError(
            "connector-differs", f"the plan is for {reviewed.connector}, not {connector}"
        )
    wanted = connectors(loaded.catalog, reviewed.connector if reviewed else connector)
    if len(wanted) != 1:
        raise connector_needed("an apply is of one connector", loaded.catalog, len(wanted))
    return wanted[0]


def _question(
    asked: RunOptions,
    reviewed: Plan | None,
    session: Session,
    catalog: Catalog,
    inputs: PlanInputs,
) -> Ask:
    """How what would be done is found out, by what the run was told to do."""
    approvals, connector = approvals_of(session.settings, catalog), session.connector.id
    if reviewed is not None:
        return lambda reader: prepare(reviewed, catalog, reader, inputs, approvals)
    if asked.scheduled:
        return lambda reader: prepare_scheduled(catalog, connector, reader, inputs, approvals)
    ask = partial(prepare_digest, asked.digest or "", catalog, connector)
    return lambda reader: ask(reader, inputs, approvals)


def _announce(prepared: Prepared, session: Session) -> None:
    chosen, screen = session.settings, session.screen
    for run in find_interrupted_runs(chosen.run_folder / "journal"):
        screen.talk(
            f"run {run.run} was cut short ({run.intents} writes begun, {run.outcomes} recorded); "
            "Okta was read again, and this run carries on from what it shows"
        )
    _announce_accounts(prepared, screen)
    for change in prepared.changes:
        held = f"  (held by {', '.join(change.held_by)})" if change.held_by else ""
        screen.talk(f"  {describe(change)}{held}")
    for line in prepared.left:
        screen.talk(f"  left: {describe(line.change)}: {line.why}")
    for line in prepared.waiting:
        screen.talk(f"  waits: {describe(line.change)} ({line.why})")


def _announce_accounts(prepared: Prepared, screen: Screen) -> None:
    for line in prepared.accounts:
        final = ", which cannot be undone" if line.consequences.is_final else ""
        held = f"  (held by {', '.join(line.held_by)})" if line.held_by else ""
        screen.talk(f"  {describe_account(line)}{final}{held}")
    for each in prepared.left_accounts:
        screen.talk(f"  left: {describe_account(each.change)}: {each.why}")
    for each in prepared.waiting_accounts:
        screen.talk(f"  waits: {describe_account(each.change)} ({each.why})")


def _select_counted(asked: RunOptions, recent: RecentWrites) -> RecentWrites:
    """What of the evidence counts: a reviewed plan was made without it, so it removes no more."""
    return recent if asked.scheduled else replace(recent, given=frozenset())


def _say_uncounted(asked: RunOptions, prepared: Prepared, screen: Screen) -> None:
    removes = any(c.action is Action.REMOVE and not c.held_by for c in prepared.changes)
    if asked.evidence is None and removes and not asked.no_removals:
        screen.talk(
            "without --evidence what earlier runs changed does not count towards the guards"
        )


def _require_something(asked: RunOptions, prepared: Prepared, connection: Connection) -> None:
    """In CI a reviewed plan of which nothing is left is no success: nobody would look again."""
    if count_lines(prepared) or asked.scheduled or connection.is_sandbox or not is_ci():
        return
    raise ReconcilerError(
        "nothing-applied",
        "no line of the reviewed plan is left to carry out: 0 of 0 applied",
        "look at a new plan; what merged files explain is applied with --scheduled",
    )


def _ask_to_apply(prepared: Prepared) -> bool:
    held = [*(c.held_by for c in prepared.accounts), *(c.held_by for c in prepared.changes)]
    ready = sum(1 for guards in held if not guards)
    where = f"{prepared.plan.connector} ({prepared.plan.org.domain})"
    with interruptible():
        return click.confirm(f"Apply {count(ready, 'change')} to {where}?", err=True)


def require_tip(settings: Settings, connection: Connection) -> None:
    """Raises `GuardRefused` when CI would apply anything but the newest merged files.

    Where git cannot tell, that is the error, and its cause is named. A person's own
    machine and a sandbox may apply what they like.
    """
    if not is_ci() or connection.is_sandbox:
        return
    repository = Repository.around(settings.catalog)
    sha = repository.commit("HEAD")
    if repository.is_dirty():
        raise GuardRefused(
            "tree-dirty",
            "the catalog has changes that are not committed",
            "apply a clean checkout of the default branch",
        )
    branch, newest = repository.fetch_tip()
    if sha != newest:
        raise GuardRefused(
            "commit-not-tip",
            f"this is {sha[:12]}, and {branch} is at {newest[:12]}",
            "run at the newest commit of the default branch: start a new run, not an old one again",
        )
