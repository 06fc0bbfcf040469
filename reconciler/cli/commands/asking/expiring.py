"""`reconciler expiring`: whose access ends soon, and what to type to renew it."""

import json
import re

import click

from reconciler.cli.commands.accounts.change_files import find_now
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, example, form_option, settings
from reconciler.cli.session.catalog import valid_catalog
from reconciler.cli.terminal.screen import Screen
from reconciler.model.errors import UsageError
from reconciler.planning.plan_codec import clean_strings
from reconciler.proposals.expiring import find_ending
from reconciler.render.people.ending import ending_document, ending_plain

__all__ = ["command"]

_DAYS = re.compile(r"([0-9]{1,5})d?")


@click.command(
    "expiring", cls=Command, epilog=example("reconciler --sandbox expiring --within 90d")
)
@click.option(
    "--within", default="30d", metavar="DAYS", help="How far to look ahead.  [default: 30d]"
)
@form_option
@click.pass_context
def command(context: click.Context, /, within: str, form: str) -> int:
    """List whose access ends soon, and what renews it.

    By the files alone: what another grant of theirs prolongs is not listed, nor what is revoked.
    Asks no org.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    days = _DAYS.fullmatch(within)
    if days is None:
        raise UsageError(
            "option-invalid", f"--within {within!r} is no number of days", "write it 30d"
        )
    catalog = valid_catalog(chosen, screen, asks_okta=False).catalog
    now, number = find_now(chosen, catalog), int(days[1])
    found = find_ending(catalog, number, now)
    if form == "json":
        content = clean_strings(ending_plain(found, number, now), screen.clean)
        screen.data(json.dumps(content, indent=1) + "\n")
    else:
        screen.document(ending_document(found, number, now, chosen.command))
    return ExitCode.OK
