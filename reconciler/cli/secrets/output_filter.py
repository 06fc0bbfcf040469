"""The last gate: what goes to stdout, stderr or a file has passed it, whoever wrote it.

The secrets in use are kept here for the length of one invocation. They are read in one place
(`secret_source`) and told here before anything else is done with them.
"""

import codecs
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

import click

from reconciler.okta.secret_filter import KnownSecrets
from reconciler.render.formats.escape import COMMAND

__all__ = ["clean", "clean_lines", "follow", "gated", "hand_over", "keep_secret"]


_SPELLED = r"#\u0023["
"""A command of GitHub's runner, as JSON writes it: data stays what it is."""


class _Held:
    """What this process knows to be secret: one for all sinks, so that none goes without."""

    def __init__(self) -> None:
        self.secrets = KnownSecrets()
        self.is_gated = False


_held = _Held()


class _Gate(io.TextIOBase):
    """A text stream that stars secrets out. It has no `buffer`: bytes would pass it by."""

    def __init__(self, beneath: TextIO) -> None:
        self.beneath = beneath
        self._last = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # the stream's own, read only
        """The stream's own."""
        return self.beneath.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]  # as above
        """The stream's own."""
        return self.beneath.errors

    def write(self, text: str) -> int:
        """The text is written without its secrets."""
        if not isinstance(text, str):
            raise TypeError(type(text))
        self.beneath.write(self._uncommanding(_held.secrets.clean_lines(text)))
        return len(text)

    def _uncommanding(self, text: str) -> str:
        """The text without what GitHub's runner takes for a command anywhere in a line.

        What two writes make together counts too.
        """
        seam = len(self._last)
        whole = (self._last + text).replace(COMMAND, _SPELLED)
        if not whole.startswith(self._last):
            whole = self._last + text.replace("[", r"\u005b", 1).replace(COMMAND, _SPELLED)
        self._last = (self._last + text)[-2:]
        return whole[seam:]

    def flush(self) -> None:
        """Everything is written through."""
        self.beneath.flush()

    def isatty(self) -> bool:
        """Whether somebody watches."""
        return self.beneath.isatty()

    def fileno(self) -> int:
        """The stream's own."""
        return self.beneath.fileno()

    def writable(self) -> bool:
        """It is for writing."""
        return True


def _spelled_out(error: UnicodeError) -> tuple[str, int]:
    """What the stream has no character for, by number and in the form that `escape` uses."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(f"\\u{{{ord(character):x}}}" for character in lost), error.end


_SPELLED_OUT = "reconciler-spelled-out"
codecs.register_error(_SPELLED_OUT, _spelled_out)


def _spelling(stream: TextIO) -> TextIO:
    """The stream, able to spell every name; one that was set to ASCII is UTF-8 from now on."""
    if isinstance(stream, io.TextIOWrapper):
        is_ascii = codecs.lookup(stream.encoding).name == "ascii"
        stream.reconfigure(encoding="utf-8" if is_ascii else None, errors=_SPELLED_OUT)
    return stream


@contextmanager
def gated() -> Iterator[None]:
    """Inside, stdout and stderr go through the gate; a command within a command shares it."""
    if _held.is_gated:
        yield
        return
    out, err = sys.stdout, sys.stderr
    ours = _Gate(_spelling(out)), _Gate(_spelling(err))
    sys.stdout, sys.stderr = ours
    _held.secrets, _held.is_gated = KnownSecrets(), True
    try:
        yield
    finally:
        # Somebody who replaced a stream meanwhile had a reason: its reader is gone.
        sys.stdout = out if sys.stdout is ours[0] else sys.stdout
        sys.stderr = err if sys.stderr is ours[1] else sys.stderr
        _held.secrets, _held.is_gated = KnownSecrets(), False


def keep_secret(text: str) -> str:
    """The text, which no sink shows from now on."""
    _held.secrets.add(text)
    return text


def follow(source: Callable[[], Iterable[str]]) -> None:
    """What the source holds, now or later, no sink shows."""
    _held.secrets.add_source(source)


def clean(text: str) -> str:
    """The value without any secret in use, and without what looks like one."""
    return _held.secrets.clean(text)


def clean_lines(text: str) -> str:
    """The same of lines that were put together from many values, of which none hides another."""
    return _held.secrets.clean_lines(text)


def hand_over(text: str) -> None:
    """The line is on stdout as it is: for the one token that somebody asked to be shown."""
    beneath = sys.stdout.beneath if isinstance(sys.stdout, _Gate) else None
    click.echo(text, file=beneath)
