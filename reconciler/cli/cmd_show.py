"""`reconciler show`: a saved plan or result, as text, as data or as Markdown."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from reconciler.cli.options import Command, example, settings
from reconciler.cli.screen import Screen
from reconciler.model.errors import UsageError
from reconciler.model.outcome import ApplyResult
from reconciler.model.plan import Plan
from reconciler.planning.canonical import (
    dump_plan,
    dump_result,
    is_result,
    load_plan,
    load_result,
)
from reconciler.render.markdown import Budget, render
from reconciler.render.redaction import Redaction, document
from reconciler.store.atomic import read

__all__ = ["Reading", "command", "reading_options", "show"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
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


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with the options of a `Reading`."""
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
@reading_options
@click.pass_context
def command(context: click.Context, /, file: str, **reading: str) -> None:
    """Print a saved plan, or the result of an apply."""
    screen = Screen(no_color=settings(context).no_color)
    how = Reading(**reading)
    data = read(Path(file))
    show(load_result(data) if is_result(data) else load_plan(data), how, screen)


def show(noun: Plan | ApplyResult, how: Reading, screen: Screen) -> None:
    """The plan or the result is on stdout."""
    if how.form == "json":
        clean = screen.clean
        dumped = dump_plan(noun, clean) if isinstance(noun, Plan) else dump_result(noun, clean)
        screen.data(dumped.decode())
        return
    prepared = document(noun, Redaction(how.redact))
    if how.form == "text":
        screen.document(prepared)
        return
    kind = "plan" if isinstance(noun, Plan) else "apply"
    budget = Budget[how.budget.upper()]
    text = render(prepared, marker=f"{kind}:{noun.connector}", budget=budget)
    screen.data("\n".join(screen.clean(line) for line in text.split("\n")))
