"""`reconciler renew`: asks that a person keep their access until a later day."""

from typing import Any

import click

from reconciler.cli.commands.accounts.request import require_text
from reconciler.cli.commands.asking.asked import (
    Asking,
    Sending,
    agreement_options,
    read_moment,
    sending_options,
)
from reconciler.cli.commands.asking.proposing import open_desk
from reconciler.cli.options import Command, example, settings
from reconciler.cli.terminal.screen import Screen
from reconciler.proposals.access import split_access
from reconciler.proposals.nouns import RenewalRequest
from reconciler.proposals.renewals import propose_renewal

__all__ = ["command"]


@click.command(
    "renew",
    cls=Command,
    epilog=example(
        "reconciler --sandbox renew nina.haddad@example.com chatgpt-enterprise --until 2027-12-31 "
        "--ticket AI-1502 --by nina.haddad@example.com --approved-by mira.lindqvist@example.com"
    ),
)
@click.argument("person")
@click.argument("access", metavar="TOOL[/ENTITLEMENT]")
@click.option("--until", required=True, metavar="END", help="The new last day, or an instant.")
@click.option("--purpose", metavar="TEXT", help="What it is needed for now.  [default: as before]")
@agreement_options
@sending_options
@click.pass_context
def command(
    context: click.Context,
    /,
    person: str,
    access: str,
    *,
    until: str,
    purpose: str | None,
    **typed: Any,  # noqa: ANN401 - click's options, typed by `Asking` and `Sending`
) -> int:
    """Ask that a person keep access until a later day, as one change to review.

    The grant of theirs that ends last is given the later end and an approval of its own. One that
    has ended stays as the record, and a new one follows it. Without --ticket the review at GitHub
    says who agreed, where doors/github.yaml is.

    Writes the files here, for you to commit; with --pull-request the change becomes a pull request.
    Asks no org.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    asking, sending = Asking.read(chosen, typed), Sending.read(chosen, typed)
    end = read_moment("until", until)
    desk = open_desk(chosen, screen, sending)
    tool, entitlement = split_access(access)
    request = RenewalRequest(
        tool=tool,
        entitlement=entitlement,
        subject=person,
        expires=end,
        approval=asking.find_approval(desk.catalog, access, desk.now),
        purpose=None if purpose is None else require_text("purpose", purpose),
        requested_by=asking.by,
    )
    return desk.finish(propose_renewal(request, desk.catalog, desk.paths, desk.now))
