"""`reconciler show`: a saved plan or result, as text or as data."""

from pathlib import Path

import click

from reconciler.cli.options import Command, example, settings
from reconciler.cli.screen import Screen
from reconciler.planning.canonical import (
    dump_plan,
    dump_result,
    is_result,
    load_plan,
    load_result,
)
from reconciler.render.plan_document import plan_document
from reconciler.render.result_document import result_document
from reconciler.store.atomic import read

__all__ = ["command"]


@click.command("show", cls=Command, epilog=example("reconciler show plan.json"))
@click.argument("file")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print it.",
)
@click.pass_context
def command(context: click.Context, file: str, form: str) -> None:
    """Print a saved plan, or the result of an apply."""
    screen = Screen(no_color=settings(context).no_color)
    data = read(Path(file))
    if is_result(data):
        result = load_result(data)
        text, document = dump_result(result, screen.clean), result_document(result)
    else:
        plan = load_plan(data)
        text, document = dump_plan(plan, screen.clean), plan_document(plan)
    if form == "json":
        screen.data(text.decode())
    else:
        screen.document(document)
