"""`reconciler validate`: every problem of the files, in one run, offline."""

import click

from reconciler.catalog.load import load_and_judge
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, example, settings
from reconciler.cli.screen import Screen
from reconciler.model.diagnostics import Severity
from reconciler.render.diagnostics import diagnostic_lines, diagnostics_json, summary

__all__ = ["command"]


@click.command("validate", cls=Command, epilog=example("reconciler validate"))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print the problems.",
)
@click.pass_context
def command(context: click.Context, form: str) -> int:
    """Check the catalog's files, without asking Okta.

    Reads every file, and reports every problem with its place and what to do. Exits 1 when there is
    an error.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    loaded = load_and_judge(chosen.catalog)
    if form == "json":
        screen.data(diagnostics_json(loaded.diagnostics, loaded.files) + "\n")
    else:
        screen.lines(diagnostic_lines(loaded.diagnostics))
        grants = len(loaded.catalog.grants)
        screen.data(summary(loaded.diagnostics, loaded.files, grants) + "\n")
    has_errors = any(d.severity is Severity.ERROR for d in loaded.diagnostics)
    return ExitCode.ERROR if has_errors else ExitCode.OK
