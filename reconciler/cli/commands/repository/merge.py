"""`reconciler merge`: a proposal whose approvals are verified, merged by the workflow itself."""

import asyncio
from pathlib import Path

import click

from reconciler.catalog.digest import catalog_digest
from reconciler.catalog.git.repository import Repository
from reconciler.cli.clock import wall_clock
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, Settings, example, settings
from reconciler.cli.session.change import Sides, read_sides
from reconciler.cli.session.doors.github import open_writer
from reconciler.cli.terminal.screen import Screen
from reconciler.github.merging import merge, read_pull
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import NotMerged, ProposalPull
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError, ReconcilerError, UsageError
from reconciler.model.plan import Plan
from reconciler.model.settings import Merging
from reconciler.planning.plan_codec import load_plan
from reconciler.planning.refs import grant_hash
from reconciler.proposals.merging import (
    MergedFile,
    MergeQuestion,
    MergeRefusal,
    PlannedBase,
    find_merge_refusals,
)
from reconciler.store.atomic import read

__all__ = ["command"]


@click.command(
    "merge",
    cls=Command,
    epilog=example("reconciler merge plan.json --pull-request 7 --head HEAD"),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="PLAN...")
@click.option(
    "--pull-request",
    "number",
    type=click.IntRange(min=1),
    required=True,
    metavar="N",
    help="The proposal at GitHub.",
)
@click.option(
    "--head", required=True, metavar="SHA", help="The commit that was planned; no other is merged."
)
@click.pass_context
def command(context: click.Context, /, files: tuple[str, ...], number: int, head: str) -> int:
    """Merge a proposal that needs nobody's review.

    Only where the base's settings say `proposals: {merge: when-verified}`; otherwise people merge,
    and nothing is done. It takes the plan of every connector. A proposal is merged when all that it
    does is to add grants whose approval a source bears out, none of which is held or blocked; else
    each reason is told, and the exit code is 4.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    plans = tuple(load_plan(read(Path(file))) for file in files)
    sides = read_sides(chosen, _base_of(plans), head, screen)
    if not sides.is_sound:
        return ExitCode.PARTIAL
    if sides.base.catalog.settings.proposals.merge is not Merging.WHEN_VERIFIED:
        screen.talk("nothing is merged: the settings leave it to people")
        return ExitCode.OK

    async def judge_and_merge() -> ExitCode:
        async with open_writer(chosen, sides.base.catalog) as writer:
            pull = await read_pull(writer, number)
            if isinstance(pull, ReadFailure):
                raise _to_error(pull)
            if pull.is_merged:
                screen.talk(f"pull request {number} is merged already")
                return ExitCode.OK
            refusals = _judge(chosen, sides, plans, pull, screen)
            for refusal in refusals:
                screen.talk(f"not merged ({refusal.code}): {refusal.summary}")
            return ExitCode.PARTIAL if refusals else await _merge(writer, pull, screen)

    return asyncio.run(judge_and_merge())


def _base_of(plans: tuple[Plan, ...]) -> str:
    """The base that the first was compared with; that it is that of all is judged with the rest."""
    against = plans[0].against
    if against is None:
        raise UsageError(
            "plan-uncompared",
            "the plan was not compared with a base",
            "make it with `reconciler plan --base REF --head REF`",
        )
    return against.commit


def _judge(
    chosen: Settings, planned: Sides, plans: tuple[Plan, ...], pull: ProposalPull, screen: Screen
) -> tuple[MergeRefusal, ...]:
    """All that speaks against it; proposals that were planned at once go one after the other."""
    try:
        now = read_sides(chosen, pull.base_sha, planned.head_commit, screen)
        if now.is_sound:
            return find_merge_refusals(_ask(chosen, planned, now), plans, pull)
    except ReconcilerError as error:
        return (MergeRefusal(code=error.code, summary=error.message),)
    return (MergeRefusal(code="base-changed", summary="the default branch has errors by now"),)


def _ask(chosen: Settings, planned: Sides, now: Sides) -> MergeQuestion:
    repository = Repository.around(chosen.catalog)
    prefix, commit = repository.prefix, now.base.commit
    return MergeQuestion(
        planned=PlannedBase(
            catalog=planned.base.catalog,
            commit=planned.base.commit,
            digest=planned.base.digest,
            head_digest=catalog_digest(planned.head.catalog),
        ),
        base=now.base.catalog,
        base_commit=commit,
        is_grown=repository.contains(commit, planned.base.commit),
        head=now.head.catalog,
        head_commit=now.head_commit,
        files=tuple(
            MergedFile(path=each.path, was=each.was, mode=each.mode)
            for each in repository.list_changes(commit, now.tree)
        ),
        grants="grants/" if prefix == "." else f"{prefix}/grants/",
        hash_of=grant_hash,
        now=wall_clock(),
    )


async def _merge(writer: GitHubWriter, pull: ProposalPull, screen: Screen) -> ExitCode:
    # GitHub pins the head, and nothing else of what was judged.
    again = await read_pull(writer, pull.number)
    if isinstance(again, ReadFailure):
        raise _to_error(again)
    if again != pull:
        screen.talk("not merged (moved): it or its base changed while it was judged")
        return ExitCode.PARTIAL
    done = await merge(writer, pull.number, pull.head_sha)
    if isinstance(done, ReadFailure):
        raise _to_error(done)
    if isinstance(done, NotMerged):
        screen.talk(f"not merged (not-mergeable): {done.summary}")
        return ExitCode.PARTIAL
    screen.talk(f"merged pull request {pull.number}: {done.sha}")
    return ExitCode.OK


def _to_error(failure: ReadFailure) -> ConnectorError:
    return ConnectorError(
        "github-failed", failure.detail, "run it again; nothing is merged but this very head"
    )
