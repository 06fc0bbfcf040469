"""`reconciler drift`: where git and Okta differ, for a schedule that keeps one issue about it."""

import asyncio
import json

import click

from reconciler.cli.commands.show import PrintOptions, print_document, print_options
from reconciler.cli.exit_codes import ExitCode, combine_exit_codes
from reconciler.cli.options import Command, example, settings
from reconciler.cli.session.catalog import (
    connector_missing,
    connector_needed,
    describe_disabled,
    valid_catalog,
)
from reconciler.cli.session.connection import connectors
from reconciler.cli.session.plan import make_plan
from reconciler.cli.session.session import open_session
from reconciler.cli.terminal.screen import Screen
from reconciler.model.plan import Plan
from reconciler.planning.drift import find_drift
from reconciler.planning.plan_codec import clean_strings, without_secrets
from reconciler.render.drift import drift_content, drift_document
from reconciler.render.pseudonyms import Redaction, redact

__all__ = ["command"]


@click.command(
    "drift", cls=Command, epilog=example("reconciler --sandbox drift --connector okta-prod")
)
@click.option("--connector", metavar="ID", help="Only this connector.")
@print_options
@click.pass_context
def command(context: click.Context, /, connector: str | None, **printing: str) -> int:
    """Show where git and Okta differ.

    Approved but missing, present but unapproved, present after the end, and blocked grants.
    Changes nothing. Exits 0 when there is no drift, 10 when there is, and 4 when there is none in
    what could be compared and a group could not be; with no connector to ask it is an error.
    Markdown begins with a hidden marker that stays the same per connector.
    """
    chosen, how = settings(context), PrintOptions(**printing)
    screen = Screen(no_color=chosen.no_color)
    loaded = valid_catalog(chosen, screen)
    wanted = connectors(loaded.catalog, connector)
    for sentence in describe_disabled(loaded.catalog, connector):
        screen.talk(sentence)
    if not wanted:
        raise connector_missing("nothing was compared", loaded.catalog)
    if len(wanted) != 1 and how.form != "text":
        raise connector_needed("one report is of one connector", loaded.catalog, len(wanted))

    async def compare_each() -> list[ExitCode]:
        codes = []
        for one in wanted:
            with open_session(chosen, screen, loaded.catalog, one) as session:
                plan = await make_plan(session, loaded)
            _show(plan, how, screen)
            codes.append(_code(plan))
        return codes

    return combine_exit_codes(asyncio.run(compare_each()))


def _show(plan: Plan, how: PrintOptions, screen: Screen) -> None:
    if how.form == "json":
        content = clean_strings(drift_content(plan), screen.clean)
        screen.data(json.dumps(content, indent=1) + "\n")
        return
    safe = without_secrets(plan, screen.clean)
    prepared = drift_document(redact(safe, Redaction(how.redact)))
    print_document(prepared, f"drift:{plan.connector}", how, screen)


def _code(plan: Plan) -> ExitCode:
    found = find_drift(plan)
    if found.has_drift:
        return ExitCode.CHANGES
    return ExitCode.OK if found.is_clean else ExitCode.PARTIAL
