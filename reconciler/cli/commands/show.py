"""`reconciler show`: a saved plan or result, as text, as data or as Markdown."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, example, settings
from reconciler.cli.secrets import output_filter
from reconciler.cli.terminal.screen import Screen
from reconciler.model.errors import UsageError
from reconciler.model.outcome import ApplyResult
from reconciler.model.plan import Plan
from reconciler.planning.plan_codec import (
    dump_plan,
    dump_result,
    file_digest,
    is_result,
    load_plan,
    load_result,
    without_secrets,
)
from reconciler.planning.selection.deviations import find_deviations
from reconciler.render.document import Document
from reconciler.render.formats.markdown import Budget, render
from reconciler.render.pseudonyms import Redaction, document, redact
from reconciler.render.result import departure_document
from reconciler.store.atomic import read

__all__ = ["PrintOptions", "command", "print_document", "print_options", "show"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOptions:
    """How something is printed."""

    form: str
    budget: str
    redact: str

    def __post_init__(self) -> None:
        if self.form == "json" and self.redact != "full":
            raise UsageError(
                "redact-not-json",
                "a redacted plan is for reading, and json is the plan itself",
                "redact text or markdown",
            )


def print_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with the options of a `PrintOptions`."""
    for option in (
        click.option(
            "--redact",
            type=click.Choice([level.value for level in Redaction]),
            default="full",
            help="Name people as they are, by Okta id alone, or by a short hash; "
            "files that are written stay full.",
        ),
        click.option(
            "--budget",
            type=click.Choice([budget.name.lower() for budget in Budget]),
            default="comment",
            help="Where markdown goes: at most 60,000 bytes for a comment, "
            "900 KiB for a job summary.",
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice(["text", "json", "markdown"]),
            default="text",
            help="How to print it; json prints the bytes of the file, markdown is one document "
            "for a pull request.",
        ),
    ):
        command = option(command)
    return command


@click.command("show", cls=Command, epilog=example("reconciler show plan.json"))
@click.argument("file", type=click.Path())
@click.option(
    "--reviewed",
    type=click.Path(),
    metavar="PLAN",
    help="Of a result: show where it did other than this plan; exit 10 when it did.",
)
@print_options
@click.pass_context
def command(context: click.Context, /, file: str, reviewed: str | None, **printing: str) -> int:
    """Print a saved plan, or the result of an apply."""
    screen = Screen(no_color=settings(context).no_color)
    how = PrintOptions(**printing)
    data = read(Path(file))
    noun = load_result(data) if is_result(data) else load_plan(data)
    if reviewed is not None:
        return _compare(load_plan(read(Path(reviewed))), noun, how, screen)
    show(noun, how, screen)
    if isinstance(noun, Plan) and how.form != "json":
        screen.talk(f"file digest: {file_digest(data)}")
    return ExitCode.OK


def _compare(reviewed: Plan, noun: Plan | ApplyResult, how: PrintOptions, screen: Screen) -> int:
    """Where the result parts from the plan is on stdout."""
    if isinstance(noun, Plan) or how.form == "json":
        raise UsageError(
            "result-needed",
            "--reviewed compares the result of an apply, as text or as markdown",
            "name a file that an apply left in .reconciler/results/",
        )
    level = Redaction(how.redact)
    made = departure_document(
        redact(without_secrets(reviewed, screen.clean), level),
        redact(without_secrets(noun, screen.clean), level),
    )
    print_document(made, f"reviewed:{noun.connector}", how, screen)
    return ExitCode.OK if find_deviations(reviewed, noun).is_empty else ExitCode.CHANGES


def show(noun: Plan | ApplyResult, how: PrintOptions, screen: Screen) -> None:
    """The plan or the result is on stdout."""
    if how.form == "json":
        clean = screen.clean
        dumped = dump_plan(noun, clean) if isinstance(noun, Plan) else dump_result(noun, clean)
        screen.data(dumped.decode())
        return
    kind = "plan" if isinstance(noun, Plan) else "apply"
    prepared = document(without_secrets(noun, screen.clean), Redaction(how.redact))
    print_document(prepared, f"{kind}:{noun.connector}", how, screen)


def print_document(prepared: Document, marker: str, how: PrintOptions, screen: Screen) -> None:
    """The document is on stdout, as text or as Markdown behind its hidden marker."""
    if how.form == "text":
        screen.document(prepared)
        return
    budget = Budget[how.budget.upper()]
    text = render(prepared, marker=marker, budget=budget)
    screen.data(output_filter.clean_lines(text))
