"""The terminal: data on stdout, remarks on stderr, colour only on a terminal."""

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TextIO

import click

from reconciler.cli.secrets import output_filter
from reconciler.model.errors import ReconcilerError
from reconciler.render.document import Document
from reconciler.render.formats.escape import escape
from reconciler.render.formats.text import Line, render

__all__ = ["Screen"]

_COLOURS = {
    "title": {"bold": True},
    "add": {"fg": "green"},
    "remove": {"fg": "red"},
    "blocked": {"fg": "yellow"},
    "faint": {"dim": True},
}
_WIDEST = 120


class Screen:
    """Prints, for one invocation. What looks like a secret is starred out of all of it."""

    def __init__(self, *, no_color: bool = False) -> None:
        is_plain = no_color or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        self._color = False if is_plain else None

    @property
    def width(self) -> int | None:
        """Columns to wrap at; None where no terminal is, so that lines stay whole."""
        return _measure(sys.stdout)

    def document(self, document: Document) -> None:
        """The document is on stdout."""
        self.lines(render(document, self.width))

    def lines(self, lines: Iterable[Line]) -> None:
        """The lines are on stdout, painted by style."""
        for line in lines:
            safe = Line(output_filter.clean_lines(line.text), line.style)
            click.echo(self._paint(safe), color=self._color)

    def talk_document(self, document: Document) -> None:
        """The document is on stderr, as a remark: wrapped and painted where that is a terminal."""
        for line in render(document, _measure(sys.stderr)):
            safe = Line(output_filter.clean_lines(line.text), line.style)
            click.echo(self._paint(safe), err=True, color=self._color)

    def clean(self, text: str) -> str:
        """The value without secrets: for files, and before it stands beside others."""
        return output_filter.clean(text)

    def data(self, text: str) -> None:
        """The text is on stdout, byte for byte."""
        click.echo(text, nl=False, color=False)

    def talk(self, text: str) -> None:
        """A remark is on stderr."""
        click.echo(escape(output_filter.clean_lines(text)), err=True, color=self._color)

    def error(self, error: ReconcilerError) -> None:
        """What went wrong, and what to do, is on stderr."""
        head = click.style(f"error: {error.code}", fg="red")
        click.echo(head, err=True, color=self._color)
        self.talk(f"  {error.message}")
        if error.hint:
            self.talk(f"hint: {error.hint}")

    def _paint(self, line: Line) -> str:
        style = _COLOURS.get(line.style)
        return click.style(line.text, **style) if style else line.text  # type: ignore[arg-type]  # bold, dim and fg are click's own words


def _measure(stream: TextIO) -> int | None:
    return min(shutil.get_terminal_size().columns, _WIDEST) if stream.isatty() else None
