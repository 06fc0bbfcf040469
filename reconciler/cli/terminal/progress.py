"""What a person sees while Okta is asked: one line that keeps changing, on a terminal.

With `-v` every request is a line of its own instead, wherever stderr goes. In CI, in a pipe, and on
a terminal that cannot move its cursor, nothing is shown.
"""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from reconciler.cli.clock import stopwatch
from reconciler.cli.secrets.source import is_ci
from reconciler.cli.terminal.progress_line import State, progress_line
from reconciler.okta import observers
from reconciler.render.formats.escape import escape

__all__ = ["Watcher", "show_progress"]


_AWAITED_S = 1.0
"""A wait shorter than this is not worth a word."""
_REDRAWN_S = 0.1
"""Faster cannot be read; a terminal over a slow line draws slower."""
_TICK_S = 1.0
_MEMBERS = re.compile(r"/api/v1/groups/[^/]+/users")
_WIPE = "\r\x1b[K"


class Watcher(observers.Progress, Protocol):
    """Observes requests and answers, and which lines of an apply have ended."""

    def line_done(self, line: object) -> None:
        """One line of the plan was tried, or will not be."""
        ...

    def clear(self) -> None:
        """Makes room for other output."""
        ...


class _NoProgress(observers.NoProgress):
    """Shows nothing."""

    def line_done(self, line: object) -> None:
        """Nothing is said."""

    def clear(self) -> None:
        """Nothing stands there."""


class _RequestLines(_NoProgress):
    """Says every request, a line each."""

    def request_sent(self, method: str, path: str) -> None:
        """A request is on its way."""
        click.echo(f"{method} {escape(path)}", err=True)

    def page_read(self, path: str, items: int) -> None:
        """A page was read."""
        click.echo(f"  {items} items of {escape(path)}", err=True)

    def waiting(self, seconds: float, bucket: str) -> None:
        """A limit is awaited."""
        click.echo(f"  waiting {seconds:.1f} s for {escape(bucket)}", err=True)


class _ProgressLine:
    """Keeps one line up to date, once a second even when nothing happens."""

    def __init__(self, state: State, elapsed: Callable[[], float]) -> None:
        self._state = state
        self._elapsed = elapsed
        self._drawn_s = -_REDRAWN_S
        self._groups: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def request_sent(self, method: str, path: str) -> None:  # noqa: ARG002 - the protocol's
        """One more request."""
        self._state.requests += 1
        self._draw()

    def page_read(self, path: str, items: int) -> None:  # noqa: ARG002 - the protocol's
        """One more page; the first of a group's members counts the group."""
        if self._state.noun == "group" and _MEMBERS.fullmatch(path):
            self._groups.add(path)
            self._state.done = min(len(self._groups), self._state.total)
        self._draw()

    def waiting(self, seconds: float, bucket: str) -> None:
        """A limit is awaited, and counted down."""
        if seconds >= _AWAITED_S:
            until = self._elapsed() + seconds
            self._state.waits[bucket] = max(until, self._state.waits.get(bucket, 0.0))
            self._draw(at_once=True)

    def line_done(self, line: object) -> None:  # noqa: ARG002 - the protocol's
        """One more line."""
        self._state.done += 1
        self._draw()

    def clear(self) -> None:
        """The line is gone; it comes back with the next event."""
        sys.stderr.write(_WIPE)
        sys.stderr.flush()

    def close(self) -> None:
        """The line is gone for good."""
        if self._timer is not None:
            self._timer.cancel()
        self.clear()

    def _draw(self, *, at_once: bool = False) -> None:
        self._arm()
        elapsed_s = self._elapsed()
        if elapsed_s - self._drawn_s < _REDRAWN_S and not at_once:
            return
        self._drawn_s = elapsed_s
        columns = shutil.get_terminal_size().columns
        sys.stderr.write(_WIPE + progress_line(self._state, elapsed_s, columns))
        sys.stderr.flush()

    def _arm(self) -> None:
        """The next second is drawn too, as long as there is a loop to wake us."""
        if self._timer is None:
            try:
                self._timer = asyncio.get_running_loop().call_later(_TICK_S, self._tick)
            except RuntimeError:
                return

    def _tick(self) -> None:
        self._timer = None
        self._draw(at_once=True)


@contextmanager
def show_progress(
    verb: str, verbose: int = 0, *, groups: int = 0, lines: int = 0
) -> Iterator[Watcher]:
    """Every request with `-v`; else a progress line on a terminal, and silence elsewhere.

    `groups` are to be read, or `lines` to be carried out, where that is known.
    """
    if verbose:
        yield _RequestLines()
    elif not _is_watched():
        yield _NoProgress()
    else:
        state = State(verb=verb, noun="line" if lines else "group", total=lines or groups)
        meter = _ProgressLine(state, stopwatch())
        try:
            yield meter
        finally:
            meter.close()


def _is_watched() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not is_ci()
