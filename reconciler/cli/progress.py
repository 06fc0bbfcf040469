"""What a person watching hears while Okta is asked: one line that keeps changing, on a terminal.

With `-v` every request is a line of its own instead, wherever stderr goes.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from reconciler.okta.events import Progress, Silent
from reconciler.render.escape import harmless

__all__ = ["watch"]

_AWAITED_S = 1.0
"""A wait shorter than this is not worth a word."""


class _Counter:
    """Counts requests and pages, and says which limit is awaited."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._requests = 0
        self._pages = 0

    def request_sent(self, method: str, path: str) -> None:  # noqa: ARG002 - the protocol's
        """One more request."""
        self._requests += 1
        self._show()

    def page_read(self, path: str, items: int) -> None:  # noqa: ARG002 - the protocol's
        """One more page."""
        self._pages += 1
        self._show()

    def waiting(self, seconds: float, bucket: str) -> None:
        """Okta's limit is awaited."""
        if seconds >= _AWAITED_S:
            self._show(f", waiting {seconds:.0f} s for {bucket}")

    def _show(self, more: str = "") -> None:
        text = f"{self._verb}: {self._requests} requests, {self._pages} pages{more}"
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


class _Teller:
    """Says everything, a line each."""

    def request_sent(self, method: str, path: str) -> None:
        """A request is on its way."""
        click.echo(f"{method} {harmless(path)}", err=True)

    def page_read(self, path: str, items: int) -> None:
        """A page was read."""
        click.echo(f"  {items} items of {harmless(path)}", err=True)

    def waiting(self, seconds: float, bucket: str) -> None:
        """Okta's limit is awaited."""
        click.echo(f"  waiting {seconds:.1f} s for {bucket}", err=True)


@contextmanager
def watch(verb: str, verbose: int = 0) -> Iterator[Progress]:
    """Every request with `-v`; else a progress line where a terminal is, and silence elsewhere."""
    if verbose:
        yield _Teller()
    elif sys.stderr.isatty():
        try:
            yield _Counter(verb)
        finally:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
    else:
        yield Silent()
