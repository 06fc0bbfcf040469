"""A command that holds others, with the global options on it and on each of them."""

from typing import Any

import click

from reconciler.cli.options import Command, global_options

__all__ = ["CommandGroup"]


class CommandGroup(click.Group):
    """A group whose commands take the global options too."""

    command_class = Command

    def __init__(self, *args: Any, **attributes: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **attributes)
        self.params = [*self.params, *global_options()]
