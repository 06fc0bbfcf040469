"""`reconciler revoke`: takes a tool from a person, as one change to review."""

from typing import Any

import click

from reconciler.cli.commands.accounts.request import require_own_email, require_text
from reconciler.cli.commands.asking.asked import Sending, sending_options
from reconciler.cli.commands.asking.proposing import open_desk
from reconciler.cli.options import Command, example, settings
from reconciler.cli.terminal.screen import Screen
from reconciler.proposals.access import split_access
from reconciler.proposals.days import today
from reconciler.proposals.nouns import RevocationRequest
from reconciler.proposals.revocations import propose_revocation

__all__ = ["command"]


@click.command(
    "revoke",
    cls=Command,
    epilog=example(
        "reconciler --sandbox revoke pablo.munoz@example.com chatgpt-enterprise "
        "--reason 'moved to another team' --by ingrid.solberg@example.com"
    ),
)
@click.argument("person")
@click.argument("access", metavar="TOOL[/ENTITLEMENT]")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in a few words.")
@click.option("--by", metavar="EMAIL", help="Who ends it.  [default: git's user.email]")
@sending_options
@click.pass_context
def command(
    context: click.Context,
    /,
    person: str,
    access: str,
    *,
    reason: str,
    by: str | None,
    **typed: Any,  # noqa: ANN401 - click's options, typed by `Sending`
) -> int:
    """Take a tool from a person, as one change to review.

    Every grant of theirs is revoked that has not ended, under each of their names: of the tool, or
    of one entitlement. The files stay as the record.

    Writes the files here, for you to commit; with --pull-request the change becomes a pull request.
    Asks no org. To end all that a person has, and at once: `reconciler offboard`.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    sending = Sending.read(chosen, typed)
    who = require_own_email(chosen.catalog) if by is None else require_text("by", by)
    desk = open_desk(chosen, screen, sending)
    tool, entitlement = split_access(access)
    request = RevocationRequest(
        tool=tool,
        entitlement=entitlement,
        subject=person,
        at=today(desk.now),
        by=who,
        reason=reason,
    )
    return desk.finish(propose_revocation(request, desk.catalog, desk.now))
