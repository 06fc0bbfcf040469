"""What a person watching hears while Okta is read: one line that keeps changing, on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.okta.events import Progress, Silent

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


@contextmanager
def watch(verb: str) -> Iterator[Progress]:
    """A progress line on stderr where a terminal is; silence elsewhere."""
    if not sys.stderr.isatty():
        yield Silent()
        return
    try:
        yield _Counter(verb)
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
