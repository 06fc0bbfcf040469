"""`reconciler codeowners`: who has to review what, written from the catalog."""

from pathlib import Path

import click

from reconciler.catalog.git.command import NO_REPOSITORY
from reconciler.catalog.git.repository import Repository
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, example, settings
from reconciler.cli.session.catalog import valid_catalog
from reconciler.cli.terminal.screen import Screen
from reconciler.model.catalog import Catalog
from reconciler.model.errors import ReconcilerError, StoreError
from reconciler.render.codeowners import HEADER, can_name, codeowners, explain_missing_owners
from reconciler.store.atomic import read, write

__all__ = ["command"]


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
    top, folder = _find_place(chosen.catalog)
    path, name = top / ".github" / "CODEOWNERS", ".github/CODEOWNERS"
    wanted = _render(catalog, folder)
    found = _read_text(path) if path.exists() else ""
    if found == wanted:
        screen.data(f"{name} is current\n")
        return ExitCode.OK
    if check:
        raise StoreError(
            "codeowners-stale",
            f"{name} is not what the catalog says",
            "write it again: reconciler codeowners",
        )
    if found and not found.startswith(HEADER):
        raise StoreError(
            "codeowners-foreign",
            f"{name} was not written by this command",
            "move its lines into the catalog's contacts, then delete it",
        )
    path.parent.mkdir(exist_ok=True)
    write(path, wanted.encode())
    path.chmod(0o644)
    screen.data(f"wrote {name}\n")
    return ExitCode.OK


def _read_text(path: Path) -> str:
    """The file's text with the line ends that we write: a checkout may have others."""
    return read(path).decode("utf-8", "replace").replace("\r\n", "\n")


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


def _find_place(catalog: Path) -> tuple[Path, str]:
    """The top of the repository and the catalog in it; outside a repository, the folder's parent.

    Where there is a repository and git cannot say which, it raises: the file belongs to its top.
    """
    try:
        repository = Repository.around(catalog)
    except ReconcilerError as error:
        if error.code != NO_REPOSITORY:
            raise
        return catalog.absolute().parent, catalog.name
    return repository.top, repository.prefix
