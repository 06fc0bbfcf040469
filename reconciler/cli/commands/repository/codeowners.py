"""`reconciler codeowners`: who has to review what, written from the catalog."""

import click

from reconciler.cli.commands.repository.written_file import WrittenFile, find_place
from reconciler.cli.options import Command, example, settings
from reconciler.cli.session.catalog import valid_catalog
from reconciler.cli.terminal.screen import Screen
from reconciler.model.catalog import Catalog
from reconciler.model.errors import ReconcilerError
from reconciler.render.codeowners import HEADER, can_name, codeowners, explain_missing_owners

__all__ = ["command"]

_FILE = WrittenFile(
    name=".github/CODEOWNERS",
    header=HEADER,
    command="codeowners",
    if_foreign="move its lines into the catalog's contacts, then delete it",
)


@click.command("codeowners", cls=Command, epilog=example("reconciler codeowners"))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the file is not current.")
@click.pass_context
def command(context: click.Context, /, check: bool) -> int:
    """Write .github/CODEOWNERS from the catalog.

    Grants go to the approvers of their tool, a tool's file to its owners, the files of users/ to
    admins and operators, and settings, connectors, bindings, identities, acknowledgements, the
    workflows and the file itself to the admins. A person without a name at GitHub is an error:
    their review could not be requested.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    catalog = valid_catalog(chosen, screen, asks_okta=False).catalog
    top, folder = find_place(chosen.catalog)
    return _FILE.keep_current(top, _render(catalog, folder), screen, check=check)


def _render(catalog: Catalog, folder: str) -> str:
    if not can_name(folder):
        raise ReconcilerError(
            "codeowners-folder",
            f"CODEOWNERS cannot name the folder {folder!r}",
            "rename it to letters, digits, blanks, and . _ -",
        )
    problems = tuple(explain_missing_owners(catalog))
    if problems:
        raise ReconcilerError(
            "forge-handle-missing",
            "; ".join(problems),
            'add `github: "@name"` to each, then run this again',
        )
    return codeowners(catalog, folder)
