"""`reconciler validate`: every problem of the files, in one run, offline."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from reconciler.catalog.git.repository import Repository
from reconciler.catalog.load import Loaded, load_and_judge
from reconciler.catalog.rules import RULES
from reconciler.cli.clock import parse_instant, wall_clock
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, example, settings
from reconciler.cli.terminal.screen import Screen
from reconciler.model.diagnostics import Severity, sort_diagnostics
from reconciler.model.errors import UsageError
from reconciler.policy.tool_pin import PIN_FILE, judge_pin_file
from reconciler.render.formats.diagnostics import (
    annotations,
    diagnostic_lines,
    diagnostics_json,
    summary,
)
from reconciler.render.formats.sarif import sarif
from reconciler.store.atomic import read

__all__ = ["command"]


@click.command("validate", cls=Command, epilog=example("reconciler validate"))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="How to print the problems; github and sarif name files from the top of the repository.",
)
@click.option(
    "--base",
    metavar="REF",
    help="Judge the change from this commit too: what it may not do at once.",
)
@click.option("--head", metavar="REF", help="With --base: a commit, instead of the files here.")
@click.option("--as-of", metavar="T", help="Judge as if at this instant instead of now.")
@click.option(
    "--plan",
    "plans",
    metavar="FILE",
    multiple=True,
    help="With --base: a plan of the base, which shows retired bindings to be empty.",
)
@click.option(
    "--evidence", metavar="DIR", help="With --base: the runs' evidence, which may show the same."
)
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - click passes an argument per option
    context: click.Context,
    /,
    form: str,
    base: str | None,
    head: str | None,
    as_of: str | None,
    plans: tuple[str, ...],
    evidence: str | None,
) -> int:
    """Check the catalog's files, without asking Okta.

    Reads every file, and reports every problem with its place and what to do. With --base it also
    reports what a change may not do in one go, such as deleting a grant that has not ended, or
    naming an approver whom it adds itself. Exits 1 when there is an error.
    """
    chosen = settings(context)
    display = _path_from_top(chosen.catalog) if form in {"github", "sarif"} else None
    now = parse_instant(as_of) if as_of else wall_clock()
    if base is not None:
        shown = display or chosen.catalog.as_posix()
        # What connects to Okta comes with it, and a plain check should start fast.
        from reconciler.cli.session.change import judge_change  # noqa: PLC0415 - as said above
        from reconciler.cli.session.emptied import Proof  # noqa: PLC0415 - as said above

        proof = Proof(
            now=now,
            plans=tuple(map(Path, plans)),
            evidence=Path(evidence) if evidence is not None else None,
        )
        loaded = judge_change(chosen, base, head, shown, proof)
    elif head is not None or plans or evidence is not None:
        option = "--head" if head is not None else "--plan" if plans else "--evidence"
        raise UsageError("base-needed", f"{option} is of a comparison", "add --base REF")
    else:
        loaded = load_and_judge(chosen.catalog, display=display, now=now)
    if head is None:
        loaded = _add_tool_problems(loaded, chosen.catalog, display)
    _show(Screen(no_color=chosen.no_color), form, loaded)
    has_errors = any(d.severity is Severity.ERROR for d in loaded.diagnostics)
    return ExitCode.ERROR if has_errors else ExitCode.OK


def _add_tool_problems(loaded: Loaded, catalog: Path, display: str | None) -> Loaded:
    """With what is wrong with the tool that the workflows beside the catalog install."""
    path = catalog.absolute().parent / PIN_FILE
    if not path.is_file():
        return loaded
    beside = Path(display or catalog).parent / PIN_FILE
    found = judge_pin_file(read(path).decode("utf-8", "replace"), beside.as_posix())
    return replace(loaded, diagnostics=sort_diagnostics((*loaded.diagnostics, *found)))


def _show(screen: Screen, form: str, loaded: Loaded) -> None:
    closing = summary(loaded.diagnostics, loaded.files, len(loaded.catalog.grants)) + "\n"
    match form:
        case "json":
            screen.data(diagnostics_json(loaded.diagnostics, loaded.files) + "\n")
        case "sarif":
            screen.data(sarif(loaded.diagnostics, RULES) + "\n")
        case "github":
            screen.data("".join(f"{line}\n" for line in annotations(loaded.diagnostics)))
            screen.data(closing)
        case _:
            screen.lines(diagnostic_lines(loaded.diagnostics))
            screen.data(closing)


def _path_from_top(catalog: Path) -> str:
    """The folder as GitHub names it: from the top of its repository, wherever the command runs.

    Without git it is the workspace of the job that counts, and then the current folder.
    """
    with suppress(UsageError):
        return Repository.around(catalog).prefix
    there = catalog.absolute()
    for top in (os.environ.get("GITHUB_WORKSPACE", ""), str(Path.cwd())):
        if top and there.is_relative_to(top):
            return there.relative_to(top).as_posix()
    return catalog.as_posix()
