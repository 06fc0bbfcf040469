"""`reconciler jira`: what is approved in Jira becomes a proposal; and whether that can work."""

import asyncio
import json
from collections.abc import Coroutine, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import (
    Command,
    CommandGroup,
    example,
    form_option,
    settings,
)
from reconciler.cli.secrets.doors import is_local_jira
from reconciler.cli.session.catalog import valid_catalog
from reconciler.cli.session.doors.jira import check_accounts, require_jira_door
from reconciler.cli.session.doors.jira_pull import (
    PullRun,
    open_ports,
    start_pull,
)
from reconciler.cli.session.doors.seen_grants import read_seen_grants
from reconciler.cli.terminal.screen import Screen
from reconciler.connector_checks.check_result import CheckStatus
from reconciler.doors.jira_pull import PullQuestion, pull
from reconciler.doors.working_tree import list_paths
from reconciler.model.approvals.issue_state import PulledIssue, Stage, WriteBack
from reconciler.model.catalog import Grant
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.model.evidence import PastGrant
from reconciler.planning.plan_codec import clean_strings
from reconciler.render.connector import checks_document
from reconciler.render.people.issues import issue_rows, issues_document

__all__ = ["command"]

_Found = TypeVar("_Found")

_NEEDY = frozenset({Stage.REFUSED, Stage.UNPUBLISHED})


@click.group("jira", cls=CommandGroup, epilog=example("reconciler jira pull --dry-run"))
def command() -> None:
    """Propose what is approved in Jira, or check that the door to it works."""


@command.command("pull", cls=Command, epilog=example("reconciler jira pull --dry-run"))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and only read.")
@click.option(
    "--evidence",
    metavar="DIR",
    help="The folder that `apply --evidence` was given: issues are told what Okta showed.",
)
@click.option(
    "--key",
    "keys",
    metavar="FILE",
    multiple=True,
    help="An ssh public key; the evidence must be signed by one of those given, to its end.",
)
@form_option
@click.pass_context
def pull_command(
    context: click.Context,
    *,
    dry_run: bool,
    evidence: str | None,
    keys: tuple[str, ...],
    form: str,
) -> int:
    """Propose what is approved in Jira, and tell each issue how far it is.

    An approved issue becomes a grant, or a later end of one, to be reviewed; an issue that ended
    becomes a revocation. Each has one pull request, however often this runs. It starts from the
    newest commit of the default branch. The account in `writing` leaves one comment at each issue
    and keeps it up to date; without one, nothing is written to Jira. Asks no org.

    Exits 4 when an issue is refused or could not be proposed or told, and 1 when Jira could not be
    read to its end: then nothing is done.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    run = start_pull(chosen, screen)
    question = PullQuestion(
        door=run.door,
        catalog=run.catalog,
        paths=list_paths(run.base.folder),
        now=run.now,
        seen=_read_seen(run, evidence, keys),
    )
    pulled = _await(_pull(run, question, is_dry=dry_run))
    if form == "json":
        content = {
            "format": "reconciler.jira-pull/1",
            "dry_run": dry_run,
            "issues": issue_rows(pulled),
        }
        screen.data(json.dumps(clean_strings(content, screen.clean), indent=1) + "\n")
    else:
        screen.document(issues_document(pulled, run.door.site, is_dry_run=dry_run))
    return _judge(pulled)


def _read_seen(
    run: PullRun, evidence: str | None, keys: tuple[str, ...]
) -> Mapping[Grant, PastGrant]:
    if evidence is None:
        return {}
    return read_seen_grants(
        run.catalog, run.now, Path(evidence), keys, is_rehearsed=is_local_jira()
    )


async def _pull(run: PullRun, question: PullQuestion, *, is_dry: bool) -> tuple[PulledIssue, ...]:
    async with open_ports(run, is_dry=is_dry) as ports:
        found = await pull(question, ports)
    if isinstance(found, ReadFailure):
        raise ConnectorError(
            "jira-unreadable",
            f"{found.detail}; nothing was proposed",
            found.hint or "`reconciler jira test` says what is wrong",
        )
    return found


def _judge(pulled: Iterable[PulledIssue]) -> ExitCode:
    is_partial = any(
        each.state.stage in _NEEDY or each.written is WriteBack.FAILED for each in pulled
    )
    return ExitCode.PARTIAL if is_partial else ExitCode.OK


@command.command("test", cls=Command, epilog=example("reconciler jira test"))
@form_option
@click.pass_context
def test_command(context: click.Context, form: str) -> int:
    """Check that the door to Jira works, and say what to do if not.

    Reads only: the site and its cloud id, the accounts and what they may do, and what the project,
    its types, statuses and fields are called. Exits 1 when a check fails.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    door = require_jira_door(chosen, valid_catalog(chosen, screen, asks_okta=False).catalog)
    found = _await(check_accounts(chosen, door))
    if form == "json":
        plain = [
            {"account": use, "checks": msgspec.to_builtins(checks)} for use, checks in found.items()
        ]
        content = {"format": "reconciler.jira-probe/1", "site": door.site, "probes": plain}
        screen.data(json.dumps(clean_strings(content, screen.clean), indent=1) + "\n")
    else:
        for number, (use, checks) in enumerate(found.items()):
            screen.data("\n" if number else "")
            screen.document(checks_document(f"Test of jira, for {use}", "The door works.", checks))
    every = [check for checks in found.values() for check in checks]
    is_broken = any(check.status is CheckStatus.FAILED for check in every)
    return ExitCode.ERROR if is_broken else ExitCode.OK


def _await(work: Coroutine[Any, Any, _Found]) -> _Found:
    """The one event loop of a command."""
    return asyncio.run(work)
