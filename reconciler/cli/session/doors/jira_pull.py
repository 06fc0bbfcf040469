"""What a pull from Jira starts from and speaks to: the newest files, two accounts, the forge."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.catalog.load import load_and_judge_from
from reconciler.cli.clock import wall_clock
from reconciler.cli.options import Settings
from reconciler.cli.session.catalog import require_valid
from reconciler.cli.session.doors.github import open_writer
from reconciler.cli.session.doors.jira import open_jira, require_jira_door
from reconciler.cli.terminal.screen import Screen
from reconciler.doors.jira_pull import JudgingForge, PullPorts
from reconciler.doors.publish import Base, fetch_base
from reconciler.doors.working_tree import ProposalJudge
from reconciler.github.proposals import Publisher
from reconciler.jira.reader import READING, JiraReader
from reconciler.jira.writer import WRITING, JiraWriter
from reconciler.model.approvals.doors import JiraDoor
from reconciler.model.catalog import Catalog

__all__ = ["PullRun", "open_ports", "start_pull"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRun:
    """One run of a pull, and the newest files of the default branch, which it starts from."""

    settings: Settings
    door: JiraDoor
    base: Base
    catalog: Catalog
    now: datetime


def start_pull(settings: Settings, screen: Screen) -> PullRun:
    """What lies in the working tree is no part of it.

    Raises `ReconcilerError` where there are no such files, where they have errors, and where they
    name no Jira.
    """
    base, now = fetch_base(settings.catalog), wall_clock()
    loaded = load_and_judge_from(base.folder, now)
    require_valid(loaded, screen, where=base.where)
    return PullRun(
        settings=settings,
        door=require_jira_door(settings, loaded.catalog, base.where),
        base=base,
        catalog=loaded.catalog,
        now=now,
    )


@asynccontextmanager
async def open_ports(run: PullRun, *, is_dry: bool) -> AsyncIterator[PullPorts]:
    """Whom the run speaks to; a dry one to Jira's reading account alone.

    Raises `ReconcilerError` where something may not be sent, before anything is.
    """
    judge = ProposalJudge(run.base.folder, run.now)
    forge, teller = JudgingForge(base=run.base, judge=judge), None
    async with AsyncExitStack() as stack:
        reading = open_jira(run.settings, run.door, READING)
        writing = None if is_dry else open_jira(run.settings, run.door, WRITING, writes=True)
        assert reading is not None  # noqa: S101 - a door always has an account that reads
        reader = JiraReader(await stack.enter_async_context(reading), run.door)
        if not is_dry:
            writer = await stack.enter_async_context(open_writer(run.settings, run.catalog))
            most = run.catalog.settings.proposals.most_open
            forge = replace(forge, forge=Publisher(writer, most))
        if writing is not None:
            client = await stack.enter_async_context(writing)
            teller = JiraWriter(client, run.door, run.now)
        yield PullPorts(issues=reader, forge=forge, teller=teller)
