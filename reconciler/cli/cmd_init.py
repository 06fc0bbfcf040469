"""`reconciler init`: a new catalog repository, with the workflows that keep it applied."""

import re
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from reconciler.catalog.content import packaged_scaffold
from reconciler.catalog.load import load_and_judge
from reconciler.cli.files import require_valid
from reconciler.cli.installation import installation
from reconciler.cli.options import Command, example, settings
from reconciler.cli.screen import Screen
from reconciler.model.errors import UsageError
from reconciler.model.placeholders import DOMAIN, HANDLE, PERSON
from reconciler.policy.domain import domain_problem
from reconciler.policy.installation import PIN_FILE
from reconciler.render.codeowners import codeowners
from reconciler.render.scaffold import Answers, filled
from reconciler.store.scaffold import write_new

__all__ = ["command"]

_README = "catalog/README.md"
"""Where our README goes in a repository that has one; the catalog lets it lie there."""

_FORMS = {
    "connector_id": re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"),
    "branch": re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}"),
    "admin": re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
    "admin_handle": re.compile(r"@[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9._-]+)?"),
    "github_host": re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+"),
    "repository": re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+)?"),
}
"""What each answer may look like: no more than stands safely in YAML, in a shell, in CODEOWNERS."""


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
@click.option(
    "--github-host",
    default="github.com",
    metavar="HOST",
    help="The host of your GitHub Enterprise Server.  [default: github.com]",
)
@click.option(
    "--install-from",
    metavar="SOURCE",
    help="Where the workflows install this tool from: git+https://HOST/OWNER/REPO@COMMIT, the URL "
    "of a wheel with #sha256=HASH, or a wheel here, which is taken along.  [default: where this "
    "one came from, if that is known]",
)
@click.pass_context
def command(
    context: click.Context, /, folder: str, install_from: str | None, **answers: str
) -> None:
    """Start a repository: a catalog, and the workflows around it.

    Writes a small catalog, CODEOWNERS, and GitHub workflows that check and plan a pull request,
    apply what is merged, and watch for drift and silence. What only you know stands there as
    REPLACE, which is an error until you replace it. Overwrites nothing: a README and a .gitignore
    stay as they are, and where any other of its files is already there, none is written.
    """
    screen = Screen(no_color=settings(context).no_color)
    source = installation(install_from)
    files = filled(packaged_scaffold(), _judged(source.line, **answers))
    files[".github/CODEOWNERS"] = _codeowners(files, screen)
    written = _beside(Path(folder), {**files, **source.files}, screen)
    write_new(Path(folder), written)
    for name in sorted(written):
        screen.talk(f"wrote {folder}/{name}")
    screen.talk(
        f"the workflows install {source.line}"
        if source.is_known
        else f"the workflows install nothing yet: say in {folder}/{PIN_FILE} where from"
    )
    screen.data(
        "next:\n" + "".join(f"  {line}\n" for line in _next(Path(folder), answers["branch"]))
    )


def _beside(
    folder: Path, files: Mapping[str, str | bytes], screen: Screen
) -> dict[str, str | bytes]:
    """The files as they fit beside a README and a .gitignore, which stay untouched."""
    found = dict(files)
    if _is_there(folder / "README.md"):
        found[_README] = found.pop("README.md")
        screen.talk(f"{folder}/README.md stays as it is: ours is {folder}/{_README}")
    if _is_there(folder / ".gitignore"):
        lines = str(found.pop(".gitignore")).splitlines()
        wanted = ", ".join(line for line in lines if line.startswith("/"))
        screen.talk(f"{folder}/.gitignore stays as it is: add {wanted}")
    return found


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _next(folder: Path, branch: str) -> Iterator[str]:
    """What to type from here."""
    above = next((p for p in (folder, *folder.absolute().parents) if _is_there(p / ".git")), None)
    place = shlex.quote(str(folder))
    if above is None:
        yield f"git init -b {branch} {place}"
    elif above != folder and above != folder.absolute():
        yield f"move it to the top of the repository {above}: GitHub reads workflows there alone"
    yield f"reconciler --catalog {shlex.quote(str(folder / 'catalog'))} validate"
    yield "replace what that names; the README that was written has the rest"


def _judged(tool: str, /, **answers: str) -> Answers:
    """The answers, fit to stand in YAML, in a shell and in CODEOWNERS; else `UsageError`."""
    for name, pattern in _FORMS.items():
        if not pattern.fullmatch(answers[name]):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(
                "option-invalid", f"{option} cannot be {answers[name]!r}", "correct it"
            )
    if problem := domain_problem(answers["domain"]):
        raise UsageError("option-invalid", f"--domain: {problem[0]}", problem[1])
    return Answers(
        tool=tool,
        connector=answers["connector_id"],
        host=answers["domain"].removeprefix("https://"),
        branch=answers["branch"],
        admin_email=answers["admin"],
        admin_handle=answers["admin_handle"],
        repository=answers["repository"],
        github=answers["github_host"],
    )


def _codeowners(files: dict[str, str], screen: Screen) -> str:
    """What `reconciler codeowners` would write; the catalog is read as any other is."""
    with tempfile.TemporaryDirectory() as scratch:
        write_new(Path(scratch), files)
        loaded = load_and_judge(Path(scratch) / "catalog")
        require_valid(loaded, screen, is_rehearsal=True)
        return codeowners(loaded.catalog, "catalog")
