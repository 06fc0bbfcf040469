"""What a person watching hears while Okta is asked: one line that keeps changing, on a terminal.

With `-v` every request is a line of its own instead, wherever stderr goes. Where nobody watches, in
CI, a pipe or a terminal that cannot move its cursor, there is silence.
"""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import click

from reconciler.cli.clock import stopwatch
from reconciler.cli.secrets.credentials import is_ci
from reconciler.okta import observers
from reconciler.render.document import count
from reconciler.render.formats.escape import escape

__all__ = ["State", "Watcher", "progress_line", "watch"]

_SETTLED_S = 3.0
"""Before this an estimate would jump about."""
_MINUTE_S, _HOUR_S = 60, 3600


@dataclass(slots=True, kw_only=True)
class State:
    """How far a run is. `total` is of groups or of lines; 0 where nobody knows."""

    verb: str
    noun: str
    total: int = 0
    done: int = 0
    requests: int = 0
    waits: dict[str, float] = field(default_factory=dict)
    """By the limit that is awaited: the second of the run at which the wait ends."""


def progress_line(state: State, elapsed_s: float, columns: int) -> str:
    """As many whole parts as the columns hold, the most telling first; one column stays free."""
    line = f"{escape(state.verb)}: "
    separator = ""
    for part in _parts(state, elapsed_s):
        if len(line) + len(separator) + len(part) < columns:
            line += separator + part
            separator = ", "
    return line.rstrip(": ")[: max(columns - 1, 0)]


def _parts(state: State, elapsed_s: float) -> list[str]:
    parts = [_awaited(state, elapsed_s)]
    if state.total:
        parts.append(f"{state.done:,} of {count(state.total, state.noun)}")
    parts += [_left(state, elapsed_s), count(state.requests, "request"), _duration(elapsed_s)]
    return [part for part in parts if part]


def _awaited(state: State, elapsed_s: float) -> str:
    """The longest wait under way."""
    ends = {bucket: end for bucket, end in state.waits.items() if end > elapsed_s}
    if not ends:
        return ""
    bucket = max(ends, key=lambda each: ends[each])
    return f"waiting {_duration(ends[bucket] - elapsed_s)} for {escape(bucket)}"


def _left(state: State, elapsed_s: float) -> str:
    """As long for each that is left as for each that is done."""
    if elapsed_s < _SETTLED_S or not 0 < state.done < state.total:
        return ""
    left_s = elapsed_s * (state.total - state.done) / state.done
    return f"about {_duration(left_s)} left"


def _duration(seconds: float) -> str:
    whole = max(round(seconds), 0)
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s"
    return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S} min"


_AWAITED_S = 1.0
"""A wait shorter than this is not worth a word."""
_REDRAWN_S = 0.1
"""Nobody reads faster; a terminal over a slow line draws slower."""
_TICK_S = 1.0
_MEMBERS = re.compile(r"/api/v1/groups/[^/]+/users")
_WIPE = "\r\x1b[K"


class Watcher(observers.Progress, Protocol):
    """Hears what happens on the wire, and which lines of an apply have ended."""

    def line_done(self, line: object) -> None:
        """One line of the plan was tried, or will not be."""
        ...

    def clear(self) -> None:
        """Makes room for somebody else's sentence."""
        ...


class _Silent(observers.NoProgress):
    """Hears nothing."""

    def line_done(self, line: object) -> None:
        """Nothing is said."""

    def clear(self) -> None:
        """Nothing stands there."""


class _Teller(_Silent):
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


class _Meter:
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
def watch(verb: str, verbose: int = 0, *, groups: int = 0, lines: int = 0) -> Iterator[Watcher]:
    """Every request with `-v`; else a progress line where somebody watches, and silence elsewhere.

    `groups` are to be read, or `lines` to be carried out, where that is known.
    """
    if verbose:
        yield _Teller()
    elif not _is_watched():
        yield _Silent()
    else:
        state = State(verb=verb, noun="line" if lines else "group", total=lines or groups)
        meter = _Meter(state, stopwatch())
        try:
            yield meter
        finally:
            meter.close()


def _is_watched() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not is_ci()
