"""The last step of all output: it removes secrets from stdout, stderr and files.

The secrets in use are kept here for the length of one invocation. They are read in one place
(`source`) and registered here before anything else is done with them.
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

__all__ = [
    "add_secret_source",
    "clean",
    "clean_lines",
    "filter_output",
    "print_unfiltered",
    "register_secret",
]


_ESCAPED_COMMAND = r"#\u0023["
"""A command of GitHub's runner, as JSON writes it: data stays what it is."""


class _KnownSecrets:
    """What this process knows to be secret: one for all sinks, so that none goes without."""

    def __init__(self) -> None:
        self.secrets = KnownSecrets()
        self.is_filtering = False


_state = _KnownSecrets()


class _FilteredStream(io.TextIOBase):
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
        self.beneath.write(self._escape_commands(_state.secrets.clean_lines(text)))
        return len(text)

    def _escape_commands(self, text: str) -> str:
        """The text without what GitHub's runner takes for a command anywhere in a line.

        What two writes make together counts too.
        """
        seam = len(self._last)
        whole = (self._last + text).replace(COMMAND, _ESCAPED_COMMAND)
        if not whole.startswith(self._last):
            whole = self._last + text.replace("[", r"\u005b", 1).replace(COMMAND, _ESCAPED_COMMAND)
        self._last = (self._last + text)[-2:]
        return whole[seam:]

    def flush(self) -> None:
        """Everything is written through."""
        self.beneath.flush()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self.beneath.isatty()

    def fileno(self) -> int:
        """The stream's own."""
        return self.beneath.fileno()

    def writable(self) -> bool:
        """It is for writing."""
        return True


def _escape_unencodable(error: UnicodeError) -> tuple[str, int]:
    """What the stream has no character for, by number and in the form that `escape` uses."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(f"\\u{{{ord(character):x}}}" for character in lost), error.end


_ESCAPED = "reconciler-spelled-out"
codecs.register_error(_ESCAPED, _escape_unencodable)


def _make_encodable(stream: TextIO) -> TextIO:
    """The stream, able to spell every name; one that was set to ASCII is UTF-8 from now on."""
    if isinstance(stream, io.TextIOWrapper):
        is_ascii = codecs.lookup(stream.encoding).name == "ascii"
        stream.reconfigure(encoding="utf-8" if is_ascii else None, errors=_ESCAPED)
    return stream


@contextmanager
def filter_output() -> Iterator[None]:
    """Inside, stdout and stderr are filtered; a command within a command shares the filter."""
    if _state.is_filtering:
        yield
        return
    out, err = sys.stdout, sys.stderr
    ours = _FilteredStream(_make_encodable(out)), _FilteredStream(_make_encodable(err))
    sys.stdout, sys.stderr = ours
    _state.secrets, _state.is_filtering = KnownSecrets(), True
    try:
        yield
    finally:
        # A stream that was replaced meanwhile stays: its reader is gone.
        sys.stdout = out if sys.stdout is ours[0] else sys.stdout
        sys.stderr = err if sys.stderr is ours[1] else sys.stderr
        _state.secrets, _state.is_filtering = KnownSecrets(), False


def register_secret(text: str) -> str:
    """The text, which no sink shows from now on."""
    _state.secrets.add(text)
    return text


def add_secret_source(source: Callable[[], Iterable[str]]) -> None:
    """What the source holds, now or later, no sink shows."""
    _state.secrets.add_source(source)


def clean(text: str) -> str:
    """The value without any secret in use, and without what looks like one."""
    return _state.secrets.clean(text)


def clean_lines(text: str) -> str:
    """The same of lines that were put together from many values, of which none hides another."""
    return _state.secrets.clean_lines(text)


def print_unfiltered(text: str) -> None:
    """The line is on stdout as it is: for the one token that the user asked to be shown."""
    beneath = sys.stdout.beneath if isinstance(sys.stdout, _FilteredStream) else None
    click.echo(text, file=beneath)
