"""`reconciler form`: what was asked for with the form at GitHub becomes pull requests."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from reconciler.catalog.load import load_and_judge_from
from reconciler.cli.clock import wall_clock
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, CommandGroup, Settings, example, settings
from reconciler.cli.session.catalog import is_rehearsal, require_valid
from reconciler.cli.session.doors.github import open_writer
from reconciler.cli.session.doors.seen_grants import read_seen_grants
from reconciler.cli.terminal.screen import Screen
from reconciler.doors.github_form import (
    FormPorts,
    FormQuestion,
    FormResult,
    FormState,
    ReviewedForge,
    propose_issue,
)
from reconciler.doors.publish import Base, fetch_base
from reconciler.doors.working_tree import list_paths
from reconciler.github.issues import close_issue, comment_once, read_issue
from reconciler.github.proposals import Publisher
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import GitHubIssue
from reconciler.model.catalog import Catalog
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError, UsageError

__all__ = ["command"]

_MARKER = "form"
_NEEDY = frozenset({FormState.WAITING, FormState.BLOCKED, FormState.DECLINED, FormState.REFUSED})


@click.group("form", cls=CommandGroup, epilog=example("reconciler form propose --issue 7"))
def command() -> None:
    """Turn an issue of the form at GitHub into a pull request."""


@command.command("propose", cls=Command, epilog=example("reconciler form propose --issue 7"))
@click.option(
    "--issue",
    "number",
    type=click.IntRange(min=1),
    required=True,
    metavar="N",
    help="The issue that was opened with the form.",
)
@click.option(
    "--evidence",
    metavar="DIR",
    help="The folder that `apply --evidence` was given: the issue is told what Okta showed.",
)
@click.option(
    "--key",
    "keys",
    metavar="FILE",
    multiple=True,
    help="An ssh public key; the evidence must be signed by one of those given, to its end.",
)
@click.pass_context
def propose(
    context: click.Context, /, number: int, *, evidence: str | None, keys: tuple[str, ...]
) -> int:
    """Propose what an issue asks for, and tell it so.

    The issue is read at GitHub. Its author has to be mapped in identities/, and is the requester;
    its text is data. However often this runs, there is one pull request, and one comment that is
    kept current. With --evidence the issue stays open until Okta was seen to show the access;
    without it, until the change is merged. Asks no org.

    Exits 4 where nothing was proposed or given, and the comment says why.
    """
    chosen = settings(context)
    if is_rehearsal(chosen):
        raise UsageError(
            "form-in-rehearsal", "a rehearsal asks no GitHub", "leave out --sandbox and --endpoint"
        )
    screen = Screen(no_color=chosen.no_color)
    past = None if evidence is None else _Past(Path(evidence), keys)
    found = asyncio.run(_propose(chosen, number, past, screen))
    if isinstance(found, ReadFailure):
        raise ConnectorError(
            "github-failed",
            found.detail,
            "once that is settled, run it again: what was done is found, and not repeated",
        )
    if found is None:
        screen.data(f"issue {number} is closed, or was not opened with the form: left alone\n")
        return ExitCode.OK
    at = f" as pull request {found.pull_request}" if found.pull_request else ""
    screen.data(f"issue {number}: {found.state.value}{at}\n")
    for text in found.sentences:
        screen.talk(text)
    return ExitCode.PARTIAL if found.state in _NEEDY else ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Past:
    """Where runs are kept, and the files of the keys by which they are signed."""

    folder: Path
    keys: tuple[str, ...]


async def _propose(
    chosen: Settings, number: int, past: _Past | None, screen: Screen
) -> FormResult | ReadFailure | None:
    base, now = fetch_base(chosen.catalog), wall_clock()
    loaded = load_and_judge_from(base.folder, now)
    require_valid(loaded, screen, where=base.where)
    seen = None if past is None else read_seen_grants(loaded.catalog, now, past.folder, past.keys)
    async with open_writer(chosen, loaded.catalog) as writer:
        question = FormQuestion(
            number=number,
            repository=writer.repository,
            catalog=loaded.catalog,
            paths=list_paths(base.folder),
            now=now,
            seen=seen,
        )
        return await propose_issue(question, _ports(writer, base, loaded.catalog, now))


def _ports(writer: GitHubWriter, base: Base, catalog: Catalog, now: datetime) -> FormPorts:
    publisher = Publisher(writer, catalog.settings.proposals.most_open)
    return FormPorts(
        issues=_Issues(writer), forge=ReviewedForge(base=base, publisher=publisher, now=now)
    )


@dataclass(frozen=True, slots=True)
class _Issues:
    """The issues of the repository that the writer writes in."""

    writer: GitHubWriter

    async def read(self, number: int) -> GitHubIssue | ReadFailure:
        return await read_issue(self.writer, number)

    async def tell(self, number: int, text: str) -> ReadFailure | None:
        told = await comment_once(self.writer, number, _MARKER, text)
        return told if isinstance(told, ReadFailure) else None

    async def close(self, number: int, *, is_done: bool) -> ReadFailure | None:
        return await close_issue(self.writer, number, is_done=is_done)
