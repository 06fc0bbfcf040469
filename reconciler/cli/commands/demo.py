"""`reconciler demo`: the whole loop on a fictional company, in a temporary folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from reconciler.catalog.packaged import packaged_catalog
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.main import cli
from reconciler.cli.options import Command, example
from reconciler.model.errors import ReconcilerError

__all__ = ["command"]

INTRUDER = ("AI Clearance - ChatGPT Enterprise - Users", "yuki.tanaka@example.com")

STEPS: tuple[tuple[str, tuple[str, ...], ExitCode], ...] = (
    (
        "The catalog is a folder of YAML files. First, is it valid? This asks no org.",
        ("validate",),
        ExitCode.OK,
    ),
    (
        "What would change in Okta, and why? The embedded org answers instead of Okta.",
        ("--sandbox", "plan", "--out", "plan.json"),
        ExitCode.OK,
    ),
    (
        "The plan was reviewed; carry out exactly that. Exit code 4: some lines need a person.",
        ("--sandbox", "apply", "plan.json", "--yes"),
        ExitCode.PARTIAL,
    ),
    (
        "Is anything left to do? Only what was blocked; exit code 4 again, not 10.",
        ("--sandbox", "plan", "--detailed-exitcode"),
        ExitCode.PARTIAL,
    ),
    (
        "Now an admin adds a person in the admin console.",
        ("sandbox", "member", "add", *INTRUDER),
        ExitCode.OK,
    ),
    (
        "No grant explains that: the next plan shows them as unapproved.",
        ("--sandbox", "plan"),
        ExitCode.OK,
    ),
)


@click.command("demo", cls=Command, epilog=example("reconciler demo"))
def command() -> int:
    """Show the whole loop on the sandbox.

    Validates, plans and applies, then shows what a member added in the admin console looks like.

    Works in a temporary folder, needs no Okta and no secret, and leaves nothing behind.
    """
    with _temporary_company():
        for number, (saying, arguments, expected) in enumerate(STEPS, start=1):
            click.secho(f"\n{number}. {saying}", bold=True)
            click.secho(f"$ reconciler {' '.join(map(_quote, arguments))}\n", fg="cyan")
            code = cli.main(list(arguments), prog_name="reconciler", standalone_mode=False)
            if code != expected:
                raise ReconcilerError(
                    "demo-unexpected", f"that step ended with {code}, not {int(expected)}"
                )
    click.secho("\nThat is the loop.", bold=True)
    click.echo(
        "Your own catalog: write connectors/, tools/, bindings/ and grants/ like catalog/ in the "
        "repository,\nand rehearse with `reconciler --sandbox plan`."
    )
    return ExitCode.OK


@contextmanager
def _temporary_company() -> Iterator[None]:
    """Inside, the working folder holds a copy of the packaged catalog and nothing else."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="reconciler-demo-") as folder:
        shutil.copytree(packaged_catalog(), Path(folder) / "catalog")
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def _quote(argument: str) -> str:
    return f'"{argument}"' if " " in argument else argument
