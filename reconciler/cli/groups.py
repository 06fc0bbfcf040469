"""A command that holds others, with the global options on it and on each of them."""

from collections.abc import Collection
from typing import Any

import click

from reconciler.cli.options import Command, global_options
from reconciler.policy.wording import nearest

__all__ = ["CommandGroup", "suggest"]


def suggest(context: click.Context, name: str, known: Collection[str]) -> None:
    """An unknown command is a usage error that names the one that was probably meant."""
    near = None if name in known or context.resilient_parsing else nearest(name, known)
    if near is not None:
        raise click.UsageError(f"No such command {name!r}. Did you mean {near!r}?", context)


class CommandGroup(click.Group):
    """A group whose commands take the global options too."""

    command_class = Command

    def __init__(self, *args: Any, **attributes: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **attributes)
        self.params = [*self.params, *global_options()]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's own; older ones name no command that was meant."""
        suggest(ctx, args[0], self.commands)
        return super().resolve_command(ctx, args)
