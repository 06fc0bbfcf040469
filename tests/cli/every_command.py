"""Every command there is, found by walking the groups, so that none escapes a test."""

import click

from reconciler.cli.main import cli

__all__ = ["EVERY"]


def _commands(command, path=()):
    """The command and all below it, with the words that reach each."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from _commands(command.get_command(context, name), (*path, name))


EVERY = tuple(_commands(cli))
