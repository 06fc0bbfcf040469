"""`reconciler init`: a new catalog repository, with the workflows that keep it applied."""

import re
import tempfile
from pathlib import Path

import click

import reconciler
from reconciler.catalog.content import packaged_scaffold
from reconciler.catalog.load import load_and_judge
from reconciler.cli.files import require_valid
from reconciler.cli.options import Command, example, settings
from reconciler.cli.screen import Screen
from reconciler.model.errors import UsageError
from reconciler.model.placeholders import DOMAIN, HANDLE, PERSON
from reconciler.policy.domain import domain_problem
from reconciler.render.codeowners import codeowners
from reconciler.render.scaffold import Answers, filled
from reconciler.store.scaffold import write_new

__all__ = ["command"]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_REPOSITORY = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+)?")
_HANDLE = re.compile(r"@[A-Za-z0-9-]+(/[A-Za-z0-9._-]+)?")


@click.command("init", cls=Command, epilog=example("reconciler init access"))
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option(
    "--connector-id",
    default="okta-prod",
    metavar="ID",
    help="What the org is called in files and workflows.  [default: okta-prod]",
)
@click.option(
    "--domain",
    default=DOMAIN,
    metavar="URL",
    help="The org's address.  [default: to be replaced]",
)
@click.option(
    "--branch", default="main", metavar="NAME", help="The default branch.  [default: main]"
)
@click.option(
    "--admin",
    default=PERSON,
    metavar="EMAIL",
    help="Who owns the rules, and is the canary until you name another.  [default: to be replaced]",
)
@click.option(
    "--admin-handle",
    default=HANDLE,
    metavar="@NAME",
    help="The same at GitHub: a person or a team.  [default: to be replaced]",
)
@click.option(
    "--repository",
    default="",
    metavar="OWNER/NAME",
    help="Where it will lie at GitHub: approvals are then verified by reviews there.",
)
@click.pass_context
def command(context: click.Context, /, folder: str, **answers: str) -> None:
    """Start a repository: a catalog, and the workflows around it.

    Writes a small catalog, CODEOWNERS, and GitHub workflows that check and plan a pull request,
    apply what is merged, and watch for drift and silence. What only you know stands there as
    REPLACE, which is an error until you replace it. Overwrites nothing: where any of its files is
    already there, none is written.
    """
    screen = Screen(no_color=settings(context).no_color)
    files = filled(packaged_scaffold(), _judged(**answers))
    files[".github/CODEOWNERS"] = _codeowners(files, screen)
    write_new(Path(folder), files)
    for name in sorted(files):
        screen.talk(f"wrote {folder}/{name}")
    screen.data(
        f"next: replace every REPLACE in {folder}/catalog; {folder}/README.md has the rest\n"
    )


def _judged(
    *, connector_id: str, domain: str, branch: str, admin: str, admin_handle: str, repository: str
) -> Answers:
    """The answers, fit to stand in YAML, in a shell and in CODEOWNERS; else `UsageError`."""
    for option, pattern, value in (
        ("--connector-id", _SLUG, connector_id),
        ("--branch", _BRANCH, branch),
        ("--admin", _EMAIL, admin),
        ("--admin-handle", _HANDLE, admin_handle),
        ("--repository", _REPOSITORY, repository),
    ):
        if not pattern.fullmatch(value):
            raise UsageError("option-invalid", f"{option} cannot be {value!r}", "correct it")
    if problem := domain_problem(domain):
        raise UsageError("option-invalid", f"--domain: {problem[0]}", problem[1])
    return Answers(
        version=reconciler.__version__,
        connector=connector_id,
        host=domain.removeprefix("https://"),
        branch=branch,
        admin_email=admin,
        admin_handle=admin_handle,
        repository=repository,
    )


def _codeowners(files: dict[str, str], screen: Screen) -> str:
    """What `reconciler codeowners` would write; the catalog is read as any other is."""
    with tempfile.TemporaryDirectory() as scratch:
        write_new(Path(scratch), files)
        loaded = load_and_judge(Path(scratch) / "catalog")
        require_valid(loaded, screen, is_rehearsal=True)
        return codeowners(loaded.catalog, "catalog")
