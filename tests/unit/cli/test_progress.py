"""A line that keeps changing, on a terminal only."""

import contextlib
import io

import pytest

from reconciler.cli.progress import watch
from reconciler.okta.events import Silent
from tests.unit.cli.test_screen import Terminal


def test_a_terminal_sees_requests_pages_and_waits_and_then_nothing():
    """A wait under a second is not worth a word, and the line is gone at the end."""
    with contextlib.redirect_stderr(Terminal()) as err, watch("reading okta-prod") as progress:
        progress.request_sent("GET", "/api/v1/groups")
        progress.page_read("/api/v1/groups", 200)
        progress.waiting(0.9, "groups")
        progress.waiting(12.4, "groups")
    assert err.getvalue().split("\r\x1b[K") == [
        "",
        "reading okta-prod: 1 requests, 0 pages",
        "reading okta-prod: 1 requests, 1 pages",
        "reading okta-prod: 1 requests, 1 pages, waiting 12 s for groups",
        "",
    ]


def test_elsewhere_there_is_silence():
    """A log is not filled with moving lines."""
    with contextlib.redirect_stderr(io.StringIO()) as err, watch("reading") as progress:
        progress.request_sent("GET", "/")
    assert (isinstance(progress, Silent), err.getvalue()) == (True, "")


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_whoever_asks_for_every_request_gets_a_line_each(stream):
    """On a terminal too, and in a pipeline's log; a path is made harmless first."""
    with contextlib.redirect_stderr(stream()) as err, watch("reading", 1) as progress:
        progress.request_sent("GET", "/api/v1/groups")
        progress.page_read("/api/v1/groups\x1b[2J", 200)
        progress.waiting(0.25, "groups")
    assert err.getvalue() == (
        "GET /api/v1/groups\n  200 items of /api/v1/groups\\u{1b}[2J\n  waiting 0.2 s for groups\n"
    )
