"""`reconciler init`: a new catalog repository, with the workflows that keep it applied."""

import json
import re
import shlex
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from reconciler.catalog.load import load_and_judge
from reconciler.catalog.packaged import packaged_scaffold
from reconciler.cli.options import Command, example, settings
from reconciler.cli.session.catalog import require_valid
from reconciler.cli.terminal.screen import Screen
from reconciler.model.catalog import DOMAIN, HANDLE, PERSON
from reconciler.model.errors import UsageError
from reconciler.policy.okta_domain import domain_problem
from reconciler.policy.tool_pin import DISTRIBUTION, PIN_FILE, UNKNOWN, is_wheel_name, requirement
from reconciler.render.codeowners import codeowners
from reconciler.render.init_files import Answers, fill_templates
from reconciler.render.issue_form import FORM_PATH, issue_form
from reconciler.store.atomic import write_new

__all__ = ["command", "find_installation", "parse_install_record"]

_README = "catalog/README.md"
"""Where our README goes in a repository that has one; the catalog leaves it alone."""

_FORMS = {
    "connector_id": (re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"), "okta-prod"),
    "branch": (re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}"), "main"),
    "admin": (re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"), "mira@acme.com"),
    "admin_handle": (re.compile(r"@[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9._-]+)?"), "@acme/it"),
    "github_host": (re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+"), "github.acme.com"),
    "repository": (re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+)?"), "acme/access"),
}
"""What each answer may look like: no more than stands safely in YAML, in a shell, in CODEOWNERS.

And an example of it.
"""


_NOT_REHEARSED = (
    *("connector_id", "domain", "admin", "admin_handle", "repository", "install_from", "jira"),
)
"""Answers that no file of a rehearsal has in it."""


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
    help="Its name at GitHub: people then ask with a form there, and reviews verify approvals.",
)
@click.option(
    "--jira",
    is_flag=True,
    help="Also write the workflow that takes approved issues of Jira; it needs --repository.",
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
@click.option(
    "--rehearsal",
    is_flag=True,
    help="Write only workflows that plan and apply with the embedded org, for a repository that "
    "holds this tool beside a catalog: they install its checkout and need no secret.",
)
@click.pass_context
def command(
    context: click.Context,
    /,
    folder: str,
    install_from: str | None,
    rehearsal: bool,
    jira: bool,
    **answers: str,
) -> None:
    """Start a repository: a catalog, and the workflows around it.

    Writes a small catalog, CODEOWNERS, and GitHub workflows that check and plan a pull request,
    apply what is merged, and watch for drift and silence. What only you know stands there as
    REPLACE, which is an error until you replace it. Overwrites nothing: a README and a .gitignore
    stay as they are, and where any other of its files is already there, none is written.
    """
    screen = Screen(no_color=settings(context).no_color)
    if rehearsal:
        _require_no_org(context)
        answered = replace(_check_answers("", **answers), is_rehearsal=True)
        _write(folder, fill_templates(packaged_scaffold(), answered), screen)
        screen.data(_list_next(_rehearsal_steps(Path(folder))))
        return
    if jira and not answers["repository"]:
        raise UsageError(
            "jira-needs-repository",
            "what is approved in Jira becomes pull requests, and --repository does not say where",
            "name the repository at GitHub as well",
        )
    source = find_installation(install_from)
    answered = replace(_check_answers(source.line, **answers), has_jira=jira)
    files = fill_templates(packaged_scaffold(), answered)
    files |= _render_from_catalog(files, screen, has_form=bool(answered.repository))
    _write(folder, _fit_beside_existing(Path(folder), {**files, **source.files}, screen), screen)
    screen.talk(
        f"the workflows install {source.line}"
        if source.is_known
        else f"the workflows install nothing yet: say in {folder}/{PIN_FILE} where from"
    )
    screen.data(_list_next(_steps(Path(folder), answers["branch"])))


def _require_no_org(context: click.Context) -> None:
    """Raises `UsageError` for an answer that a rehearsal has no use for, rather than lose it."""
    for name in _NOT_REHEARSED:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise UsageError(
                "rehearsal-asks-no-org",
                f"--rehearsal writes no file that --{name.replace('_', '-')} would stand in",
                "leave one of the two out",
            )


def _write(folder: str, files: Mapping[str, str | bytes], screen: Screen) -> None:
    """The files are in the folder, and their names on the screen."""
    write_new(Path(folder), files)
    for name in sorted(files):
        screen.talk(f"wrote {folder}/{name}")


def _fit_beside_existing(
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


def _list_next(lines: Iterable[str]) -> str:
    """What to do from here, as it is printed."""
    return "next:\n" + "".join(f"  {line}\n" for line in lines)


def _rehearsal_steps(folder: Path) -> Iterator[str]:
    """What to do with a rehearsal's workflows."""
    yield f"reconciler --catalog {shlex.quote(str(folder / 'catalog'))} --sandbox plan"
    yield "commit the workflows: the summary of a pull request's run shows what it would change"


def _steps(folder: Path, branch: str) -> Iterator[str]:
    """What to type in a new repository."""
    above = next((p for p in (folder, *folder.absolute().parents) if _is_there(p / ".git")), None)
    place = shlex.quote(str(folder))
    if above is None:
        yield f"git init -b {branch} {place}"
    elif above != folder and above != folder.absolute():
        yield f"move it to the top of the repository {above}: GitHub reads workflows there alone"
    yield f"reconciler --catalog {shlex.quote(str(folder / 'catalog'))} validate"
    yield "replace what that names; the README that was written has the rest"


def _check_answers(tool: str, /, **answers: str) -> Answers:
    """The answers, fit to stand in YAML, in a shell and in CODEOWNERS; else `UsageError`."""
    for name, (pattern, sample) in _FORMS.items():
        if not pattern.fullmatch(answers[name]):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(
                "option-invalid",
                f"{option} cannot be {answers[name]!r}",
                f"for example {option} {sample}",
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


def _render_from_catalog(
    files: dict[str, str], screen: Screen, *, has_form: bool
) -> dict[str, str]:
    """What `codeowners` and `forms` would write; the catalog is read as any other is."""
    with tempfile.TemporaryDirectory() as scratch:
        write_new(Path(scratch), files)
        loaded = load_and_judge(Path(scratch) / "catalog")
        require_valid(loaded, screen, is_rehearsal=True)
        form = {FORM_PATH: issue_form(loaded.catalog)} if has_form else {}
        return {".github/CODEOWNERS": codeowners(loaded.catalog, "catalog"), **form}


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The line of `.github/reconciler.txt`, and the files that have to be beside it."""

    line: str
    files: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def is_known(self) -> bool:
        """Whether the line installs anything."""
        return self.line != UNKNOWN


def find_installation(given: str | None) -> Installation:
    """From `given`: a commit, a wheel's URL with its hash, or a wheel here, which is taken along.

    Without it, from where this very tool was installed; where that is not known, from nowhere.
    """
    if given is None:
        found = parse_install_record(_read_install_record())
        return Installation(line=(requirement(found) if found else None) or UNKNOWN)
    if line := requirement(given):
        return Installation(line=line)
    path = Path(given)
    if is_wheel_name(path.name) and path.is_file() and zipfile.is_zipfile(path):
        return Installation(
            line=f"./.github/{path.name}", files={f".github/{path.name}": path.read_bytes()}
        )
    raise UsageError(
        "option-invalid",
        f"--install-from cannot be {given!r}",
        "name git+https://HOST/OWNER/REPOSITORY@ and the 40 digits of a commit; the https URL of a "
        "wheel with #sha256= and its hash; or the path of a wheel of this tool",
    )


def _read_install_record() -> str:
    """What the installer wrote down about where this tool came from (PEP 610)."""
    try:
        return distribution(DISTRIBUTION).read_text("direct_url.json") or ""
    except PackageNotFoundError:
        return ""


def parse_install_record(record: str) -> str:
    """The commit or the hashed wheel that an installer's record names; empty for anything else."""
    try:
        found: Any = json.loads(record)
        url, commit = found["url"], found.get("vcs_info", {}).get("commit_id")
        digest = found.get("archive_info", {}).get("hashes", {}).get("sha256")
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""
    if commit is not None:
        return f"git+{url}@{commit}"
    return f"{url}#sha256={digest}" if digest is not None else ""
