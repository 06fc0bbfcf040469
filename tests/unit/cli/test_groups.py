"""A command that holds others takes the global options, and so do the others."""

import click
import pytest
from click.testing import CliRunner

from reconciler.cli.options import CommandGroup, settings


@click.group("outer", cls=CommandGroup)
def outer():
    """Holds one command."""


@outer.command("inner")
@click.pass_context
def inner(context):
    """Says what was chosen."""
    click.echo(settings(context).sandbox)


@pytest.mark.parametrize(
    ("chosen", "arguments"),
    [
        ("False", ["inner"]),
        ("True", ["--sandbox", "inner"]),
        ("True", ["inner", "--sandbox"]),
    ],
)
def test_an_option_means_the_same_on_the_group_and_on_its_command(chosen, arguments):
    """Whoever types it need not know where it belongs."""
    result = CliRunner().invoke(outer, arguments)
    assert (result.exit_code, result.stdout) == (0, f"{chosen}\n")
