"""`reconciler merge`: a proposal whose approvals are verified, merged by the workflow itself."""

import asyncio
from pathlib import Path

import click

from reconciler.catalog.git.repository import Repository
from reconciler.cli.clock import wall_clock
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, Settings, example, settings
from reconciler.cli.session.change import Sides, read_sides
from reconciler.cli.session.doors.github import open_writer
from reconciler.cli.terminal.screen import Screen
from reconciler.github.merging import merge, read_pull
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import NotMerged
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError, UsageError
from reconciler.model.plan import Plan
from reconciler.model.settings import Merging
from reconciler.planning.plan_codec import load_plan
from reconciler.planning.refs import grant_hash
from reconciler.proposals.merging import MergeQuestion, find_merge_refusals
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
    question = _ask(chosen, sides)

    async def judge_and_merge() -> ExitCode:
        async with open_writer(chosen, sides.base.catalog) as writer:
            return await _merge(writer, number, question, plans, screen)

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


def _ask(chosen: Settings, sides: Sides) -> MergeQuestion:
    prefix = Repository.around(chosen.catalog).prefix
    return MergeQuestion(
        base=sides.base.catalog,
        base_commit=sides.base.commit,
        base_digest=sides.base.digest,
        head=sides.head.catalog,
        head_commit=sides.head_commit,
        grants="grants/" if prefix == "." else f"{prefix}/grants/",
        hash_of=grant_hash,
        now=wall_clock(),
    )


async def _merge(
    writer: GitHubWriter,
    number: int,
    question: MergeQuestion,
    plans: tuple[Plan, ...],
    screen: Screen,
) -> ExitCode:
    pull = await read_pull(writer, number)
    if isinstance(pull, ReadFailure):
        raise _to_error(pull)
    if pull.is_merged:
        screen.talk(f"pull request {number} is merged already")
        return ExitCode.OK
    refusals = find_merge_refusals(question, plans, pull)
    for refusal in refusals:
        screen.talk(f"not merged ({refusal.code}): {refusal.summary}")
    if refusals:
        return ExitCode.PARTIAL
    done = await merge(writer, number, question.head_commit)
    if isinstance(done, ReadFailure):
        raise _to_error(done)
    if isinstance(done, NotMerged):
        screen.talk(f"not merged (not-mergeable): {done.summary}")
        return ExitCode.PARTIAL
    screen.talk(f"merged pull request {number}: {done.sha}")
    return ExitCode.OK


def _to_error(failure: ReadFailure) -> ConnectorError:
    return ConnectorError(
        "github-failed", failure.detail, "run it again; nothing is merged but this very head"
    )
