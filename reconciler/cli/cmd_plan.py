"""`reconciler plan`: what would change in Okta, and why."""

from pathlib import Path

import click

from reconciler.cli.clock import parse_instant
from reconciler.cli.exit_codes import ExitCode, worst
from reconciler.cli.files import valid_catalog
from reconciler.cli.options import Command, example, settings
from reconciler.cli.planning import make_plan
from reconciler.cli.screen import Screen
from reconciler.cli.wiring import connectors
from reconciler.model.errors import UsageError
from reconciler.model.plan import Plan
from reconciler.planning.canonical import dump_plan
from reconciler.render.plan_document import plan_document
from reconciler.store.atomic import write

__all__ = ["command"]


@click.command("plan", cls=Command, epilog=example("reconciler --sandbox plan --out plan.json"))
@click.option("--out", metavar="FILE", help="Write the plan to FILE, for review and apply.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print it; json prints the bytes of the plan file.",
)
@click.option("--connector", metavar="ID", help="Only this connector.")
@click.option("--as-of", metavar="T", help="Plan for this instant instead of now.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 for changes, 4 for blocked lines.")
@click.pass_context
def command(
    context: click.Context,
    out: str | None,
    form: str,
    connector: str | None,
    as_of: str | None,
    detailed_exitcode: bool,
) -> int:
    """Show what would change in Okta, and why.

    Reads Okta completely, compares it with the catalog, and changes nothing. Guards that would hold
    lines are shown with the file that would let them pass.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    instant = parse_instant(as_of) if as_of else None
    loaded = valid_catalog(chosen, screen)
    wanted = connectors(loaded.catalog, connector)
    if len(wanted) != 1 and (out or form == "json"):
        raise UsageError(
            "connector-needed",
            f"one plan file is for one connector, and there are {len(wanted)}",
            "name one with --connector",
        )
    codes = []
    for one in wanted:
        plan = make_plan(chosen, loaded, one, instant)
        _show(plan, form, screen)
        if out:
            write(Path(out), dump_plan(plan, screen.clean))
            screen.talk(f"wrote {out}; once it is reviewed: reconciler apply {out}")
        codes.append(_code(plan) if detailed_exitcode else ExitCode.OK)
    return worst(codes)


def _show(plan: Plan, form: str, screen: Screen) -> None:
    if form == "json":
        screen.data(dump_plan(plan, screen.clean).decode())
    else:
        screen.document(plan_document(plan))


def _code(plan: Plan) -> ExitCode:
    """Held changes count as changes; drift that is only reported and manual lines do not."""
    if plan.changes:
        return ExitCode.CHANGES
    return ExitCode.PARTIAL if plan.blocked else ExitCode.OK
