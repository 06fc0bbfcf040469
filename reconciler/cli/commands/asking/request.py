"""`reconciler request`: asks for access to a tool, for oneself or for another person."""

from typing import Any

import click

from reconciler.cli.commands.accounts.request import find_own_email, is_hidden, require_text
from reconciler.cli.commands.asking.asked import (
    Asking,
    Sending,
    agreement_options,
    read_moment,
    sending_options,
)
from reconciler.cli.commands.asking.proposing import Desk, open_desk
from reconciler.cli.options import Command, Settings, example, settings
from reconciler.cli.terminal.screen import Screen
from reconciler.model.errors import UsageError
from reconciler.model.validity import Duration, DurationUnit, Moment
from reconciler.proposals.access import find_subject, split_access
from reconciler.proposals.days import today
from reconciler.proposals.grants import propose_grant
from reconciler.proposals.nouns import GrantRequest, Refusal

__all__ = ["command"]

_MOST_DAYS = 36_500


@click.command(
    "request",
    cls=Command,
    epilog=example(
        "reconciler --sandbox request cursor --for zoe.marchetti@example.com "
        "--purpose 'Prototypes for the new intake form' --ticket AI-1501 "
        "--by kenji.sato@example.com --approved-by mira.lindqvist@example.com"
    ),
)
@click.argument("access", metavar="TOOL[/ENTITLEMENT]")
@click.option(
    "--for", "subject", metavar="PERSON", help="Who is to have it.  [default: git's user.email]"
)
@click.option("--purpose", required=True, metavar="TEXT", help="What it is needed for.")
@click.option(
    "--until",
    metavar="END",
    help="The last day, or an instant.  [default: as long as the tool allows]",
)
@click.option("--for-days", metavar="N", help="Until so many days after it begins, instead.")
@click.option(
    "--starts", metavar="START", help="The first day, or an instant.  [default: when it is merged]"
)
@agreement_options
@sending_options
@click.pass_context
def command(
    context: click.Context,
    /,
    access: str,
    *,
    subject: str | None,
    purpose: str,
    **typed: Any,  # noqa: ANN401 - click's options, typed by `Asking`, `Sending` and `_read_end`
) -> int:
    """Ask for access to a tool, as one change to review.

    TOOL is its id or its name; the entitlement may be left out where there is one. PERSON is a
    login, or an account elsewhere that identities/ maps (slack:U07QK3Z9M1D).

    Writes a grant here, for you to commit, unless the person has the access already. With
    --pull-request nothing here is touched: the change becomes a pull request. Who will be asked to
    approve is shown first. Without --ticket the review at GitHub says who agreed, where
    doors/github.yaml is. Asks no org.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    asking, sending = Asking.read(chosen, typed), Sending.read(chosen, typed)
    desk = open_desk(chosen, screen, sending)
    starts = None if typed["starts"] is None else read_moment("starts", typed["starts"])
    tool, entitlement = split_access(access)
    request = GrantRequest(
        tool=tool,
        entitlement=entitlement,
        subject=_find_own_name(chosen, desk) if subject is None else require_text("for", subject),
        purpose=purpose,
        approval=asking.find_approval(desk.catalog, access, desk.now),
        starts=starts,
        expires=_read_end(typed["until"], typed["for_days"], starts or Moment(today(desk.now))),
        requested_by=asking.by,
    )
    return desk.finish(propose_grant(request, desk.catalog, desk.paths, desk.now))


def _find_own_name(chosen: Settings, desk: Desk) -> str:
    """Who works here, by the address that git has; `UsageError` where that may be no login."""
    email = find_own_email(chosen.catalog)
    if not email or is_hidden(email) or isinstance(find_subject(desk.catalog, email), Refusal):
        raise UsageError(
            "for-needed",
            f"git's user.email here, {email!r}, is no login"
            if email
            else "git knows no user.email here, so who it is for is not known",
            "say --for PERSON",
        )
    return email


def _read_end(until: str | None, days: str | None, begins: Moment) -> Moment | None:
    """The end, as either option says it."""
    if until is not None and days is not None:
        raise UsageError("option-invalid", "--until and --for-days both say the end", "keep one")
    if until is not None:
        return read_moment("until", until)
    if days is None:
        return None
    number = int(days) if days.isascii() and days.isdigit() and len(days) <= len("36500") else 0
    if not 1 <= number <= _MOST_DAYS:
        raise UsageError(
            "option-invalid", f"--for-days {days!r} is no number of days", "give 1 to 36500"
        )
    return Duration(number, DurationUnit.DAYS).last_end(begins)
