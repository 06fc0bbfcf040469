"""`reconciler forms`: the form with which people ask for access at GitHub."""

import click

from reconciler.cli.commands.repository.written_file import WrittenFile, find_place
from reconciler.cli.options import Command, example, settings
from reconciler.cli.session.catalog import valid_catalog
from reconciler.cli.terminal.screen import Screen
from reconciler.model.errors import ReconcilerError
from reconciler.render.issue_form import FORM_HEADER, FORM_PATH, issue_form

__all__ = ["command"]

_FILE = WrittenFile(
    name=FORM_PATH,
    header=FORM_HEADER,
    command="forms",
    if_foreign="give it another name, then run this again",
)


@click.command("forms", cls=Command, epilog=example("reconciler forms"))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the file is not current.")
@click.pass_context
def command(context: click.Context, /, check: bool) -> int:
    """Write the form with which people ask for access at GitHub.

    Its choices are the tools of the catalog: each entitlement that a group in Okta gives, or that a
    person hands out, where a review at GitHub may approve it. The workflow `request` turns an issue
    that was opened with it into a pull request.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    catalog = valid_catalog(chosen, screen, asks_okta=False).catalog
    wanted = issue_form(catalog)
    if not wanted:
        raise ReconcilerError(
            "forms-empty",
            "nothing can be asked for: no entitlement has a group, and no tool is handed out",
            "bind an entitlement of a tool, then run this again",
        )
    top, _ = find_place(chosen.catalog)
    return _FILE.keep_current(top, wanted, screen, check=check)
