"""`reconciler plan`: what would change in Okta, and why."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import click

from reconciler.cli.clock import parse_instant
from reconciler.cli.commands.show import PrintOptions, print_options, show
from reconciler.cli.exit_codes import ExitCode, combine_exit_codes
from reconciler.cli.options import Command, Settings, example, settings
from reconciler.cli.session.catalog import (
    connector_needed,
    describe_disabled,
    describe_idle,
    describe_unasked,
    valid_catalog,
)
from reconciler.cli.session.change import plan_sides, read_sides
from reconciler.cli.session.connection import connectors
from reconciler.cli.session.plan import make_plan
from reconciler.cli.session.session import Session, open_session
from reconciler.cli.terminal.screen import Screen
from reconciler.model.catalog import Catalog
from reconciler.model.errors import UsageError
from reconciler.model.plan import Plan
from reconciler.planning.plan_codec import dump_plan
from reconciler.store.atomic import write

__all__ = ["command"]


@click.command("plan", cls=Command, epilog=example("reconciler --sandbox plan --out plan.json"))
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(),
    help="Write the plan to FILE, for review and apply.",
)
@print_options
@click.option(
    "--base",
    metavar="REF",
    help="Compare with this commit, and tell what the change causes from what waited before.",
)
@click.option(
    "--head", metavar="REF", help="With --base: the commit of the change.  [default: HEAD]"
)
@click.option("--connector", metavar="ID", help="Only this connector.")
@click.option("--as-of", metavar="T", help="Plan for this instant instead of now.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 for changes, 4 for blocked lines.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - click passes an argument per option
    context: click.Context,
    /,
    out: str | None,
    base: str | None,
    head: str | None,
    connector: str | None,
    as_of: str | None,
    detailed_exitcode: bool,
    **printing: str,
) -> int:
    """Show what would change in Okta, and why.

    Reads Okta completely, compares it with the catalog, and changes nothing. Guards that would hold
    lines are shown with the file that would let them pass. With --base both sides are read from
    git's objects, and whatever is not committed is no part of either.
    """
    chosen, read = settings(context), PrintOptions(**printing)
    screen = Screen(no_color=chosen.no_color)
    instant = parse_instant(as_of) if as_of else None
    catalog, make = _maker(chosen, base, head, screen)
    wanted = connectors(catalog, connector)
    if len(wanted) != 1 and (out or read.form != "text"):
        what = "one plan file or comment is for one connector"
        raise connector_needed(what, catalog, len(wanted))
    if not wanted:
        screen.talk(describe_idle(catalog))
    for sentence in describe_disabled(catalog, connector):
        screen.talk(sentence)

    async def plan_each() -> list[ExitCode]:
        codes = []
        for one in wanted:
            with open_session(chosen, screen, catalog, one) as session:
                plan = await make(session, instant)
            show(plan, read, screen)
            if out:
                write(Path(out), dump_plan(plan, screen.clean))
                screen.talk(f"wrote {out}{_next_step(plan, out, chosen)}")
            codes.append(_code(plan) if detailed_exitcode else ExitCode.OK)
        return codes

    return combine_exit_codes(asyncio.run(plan_each()))


def _next_step(plan: Plan, out: str, chosen: Settings) -> str:
    """What the file is good for: apply takes no plan of a change that is not merged."""
    if plan.against is not None:
        return ", to judge the change by; apply refuses it"
    return f"; once it is reviewed: {chosen.command(f'apply {shlex.quote(out)}')}"


_Make = Callable[[Session, datetime | None], Awaitable[Plan]]


def _maker(
    chosen: Settings, base: str | None, head: str | None, screen: Screen
) -> tuple[Catalog, _Make]:
    """Whose connectors are asked, and how a plan is made of one."""
    if base is None:
        if head is not None:
            raise UsageError("base-needed", "--head is compared with something", "add --base REF")
        loaded = valid_catalog(chosen, screen)
        return loaded.catalog, lambda session, as_of: make_plan(session, loaded, as_of)
    both = read_sides(chosen, base, head, screen)
    for sentence in describe_unasked(both.head.catalog, both.live_catalog):
        screen.talk(sentence)
    return both.live_catalog, lambda session, as_of: plan_sides(session, both, as_of)


def _code(plan: Plan) -> ExitCode:
    """Held changes count as changes; drift that is only reported and manual lines do not."""
    if plan.changes or plan.accounts:
        return ExitCode.CHANGES
    return ExitCode.PARTIAL if plan.blocked or plan.blocked_accounts else ExitCode.OK
