"""A line that keeps changing, where somebody watches."""

import asyncio
import contextlib
import io

import pytest

from reconciler.cli.terminal.progress import show_progress
from tests.unit.cli.terminal.test_screen import Terminal

WIPE = "\r\x1b[K"
MEMBERS = "/api/v1/groups/00g%d/users"


@pytest.fixture(autouse=True)
def _terminal(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")


def drawn(err):
    """Every state that the line had."""
    return err.getvalue().split(WIPE)[1:]


def test_a_terminal_sees_one_line_and_in_the_end_nothing():
    """The first event is drawn at once; the ones right after it are not, nobody could read them."""
    with (
        contextlib.redirect_stderr(Terminal()) as err,
        show_progress("reading okta-prod") as progress,
    ):
        for _ in range(50):
            progress.request_sent("GET", "/api/v1/groups")
    assert drawn(err)[0] == "reading okta-prod: 1 request, 0 s"
    assert drawn(err)[-1] == ""
    assert len(drawn(err)) < 10


def test_a_group_counts_once_however_many_pages_it_has():
    """And other lists count for nothing."""
    with (
        contextlib.redirect_stderr(Terminal()) as err,
        show_progress("reading", groups=3) as progress,
    ):
        for path in (MEMBERS % 1, MEMBERS % 1, MEMBERS % 2, "/api/v1/groups", "/api/v1/users"):
            progress.page_read(path, 200)
        progress.waiting(30, "groups")
    assert drawn(err)[-2] == "reading: waiting 30 s for groups, 2 of 3 groups, 0 requests, 0 s"


def test_an_apply_counts_its_lines():
    """Requests are not what a person waits for."""
    with (
        contextlib.redirect_stderr(Terminal()) as err,
        show_progress("applying", lines=4) as progress,
    ):
        progress.line_done(None)
        progress.page_read(MEMBERS % 1, 200)
        progress.waiting(2.0, "groups")
        progress.waiting(0.9, "users")
    assert drawn(err)[-2] == "applying: waiting 2 s for groups, 1 of 4 lines, 0 requests, 0 s"


def test_a_wait_is_counted_down_while_nothing_else_happens():
    """A line that stands still for a minute looks like a run that hangs."""

    async def wait():
        progress.waiting(2.0, "groups")
        await asyncio.sleep(1.2)

    with contextlib.redirect_stderr(Terminal()) as err, show_progress("reading") as progress:
        asyncio.run(wait())
    shown = [text for text in drawn(err) if text]
    assert shown[0].startswith("reading: waiting 2 s for groups")
    assert shown[-1].startswith("reading: waiting 1 s for groups")


def test_a_sentence_of_somebody_else_has_a_line_of_its_own():
    """It would be glued to ours."""
    with contextlib.redirect_stderr(Terminal()) as err, show_progress("applying") as progress:
        progress.request_sent("PUT", "/")
        progress.clear()
        assert err.getvalue().endswith(WIPE)


@pytest.mark.parametrize(
    ("stream", "variable"),
    [(io.StringIO, {}), (Terminal, {"CI": "true"}), (Terminal, {"TERM": "dumb"})],
)
def test_where_nobody_watches_there_is_silence(monkeypatch, stream, variable):
    """A log is not filled with moving lines, and some CI pretends to be a terminal."""
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    with (
        contextlib.redirect_stderr(stream()) as err,
        show_progress("reading", groups=1) as progress,
    ):
        progress.request_sent("GET", "/")
        progress.page_read(MEMBERS % 1, 1)
        progress.waiting(60, "groups")
        progress.line_done(None)
        progress.clear()
    assert err.getvalue() == ""


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_whoever_asks_for_every_request_gets_a_line_each(stream):
    """On a terminal too, and in a pipeline's log; a path is made harmless first."""
    with contextlib.redirect_stderr(stream()) as err, show_progress("reading", 1) as progress:
        progress.request_sent("GET", "/api/v1/groups")
        progress.page_read("/api/v1/groups\x1b[2J", 200)
        progress.waiting(0.25, "groups")
    assert err.getvalue() == (
        "GET /api/v1/groups\n  200 items of /api/v1/groups\\u{1b}[2J\n  waiting 0.2 s for groups\n"
    )
