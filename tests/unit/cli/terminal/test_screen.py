"""Data on stdout, talk on stderr, colour only where somebody sees it."""

import contextlib
import io

import pytest

from reconciler.cli.terminal.screen import Screen
from reconciler.model.errors import UsageError
from reconciler.render.document import Document, Mark, Row, Section
from reconciler.render.formats.text import Line


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        """Somebody is watching."""
        return True


def test_data_and_talk_go_their_own_ways(capsys):
    """A pipe gets nothing but data."""
    screen = Screen()
    screen.data('{"a": 1}')
    screen.lines([Line("plan", "title"), Line("row")])
    screen.talk("wrote plan.json\x1b[2J")
    screen.error(UsageError("some-code", "what\nhappened", "what to do"))
    captured = capsys.readouterr()
    assert captured.out == '{"a": 1}plan\nrow\n'
    assert captured.err == (
        "wrote plan.json\\u{1b}[2J\nerror: some-code\n  what\\u{a}happened\nhint: what to do\n"
    )


def test_an_error_without_a_hint_has_no_hint_line(capsys):
    """An empty hint would promise help."""
    Screen().error(UsageError("some-code", "what happened"))
    assert capsys.readouterr().err == "error: some-code\n  what happened\n"


@pytest.mark.parametrize(
    ("is_painted", "no_color", "variable"),
    [(True, False, None), (False, True, None), (False, False, "1"), (False, False, "")],
)
def test_a_terminal_is_painted_unless_somebody_minds(monkeypatch, is_painted, no_color, variable):
    """`--no-color`, or NO_COLOR in whatever value."""
    if variable is not None:
        monkeypatch.setenv("NO_COLOR", variable)
    with contextlib.redirect_stdout(Terminal()) as out:
        Screen(no_color=no_color).lines([Line("gone", "remove")])
    assert ("\x1b[31mgone\x1b[0m\n" if is_painted else "gone\n") == out.getvalue()


DOCUMENT = Document(
    title="suspend jane@example.com",
    facts=(),
    verdict="This is what would be done.",
    totals="1 change",
    sections=(Section(title="Now", rows=(Row(mark=Mark.REMOVE, head="suspend " + "jane " * 12),)),),
)


def test_what_is_shown_before_a_question_is_read_where_the_question_is(monkeypatch):
    """It is no data, and on a terminal it is wrapped and painted as a plan is."""
    monkeypatch.setenv("COLUMNS", "50")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        with contextlib.redirect_stderr(Terminal()) as seen:
            Screen().talk_document(DOCUMENT)
        with contextlib.redirect_stderr(io.StringIO()) as kept:
            Screen().talk_document(DOCUMENT)

    assert out.getvalue() == ""
    assert seen.getvalue().splitlines()[-2:] == [
        "\x1b[31m  - suspend jane jane jane jane jane jane jane\x1b[0m",
        "\x1b[31m    jane jane jane jane jane\x1b[0m",
    ]
    assert kept.getvalue().splitlines()[-1] == "  - suspend " + "jane " * 12


def test_lines_stay_whole_where_no_terminal_is():
    """A file or a pipe is wrapped by whoever reads it."""
    with contextlib.redirect_stdout(io.StringIO()):
        assert Screen().width is None


@pytest.mark.parametrize(("width", "columns"), [(60, "60"), (120, "120"), (120, "300")])
def test_a_terminal_is_filled_but_not_beyond_reading(monkeypatch, width, columns):
    """Lines of three hundred characters are not read."""
    monkeypatch.setenv("COLUMNS", columns)
    with contextlib.redirect_stdout(Terminal()):
        assert width == Screen().width


TOKEN = "00" + "aB3dE6gH9j" * 4


@pytest.mark.parametrize("text", [TOKEN, f"sent Authorization: SSWS {TOKEN}", f"({TOKEN})"])
def test_what_looks_like_a_secret_is_starred_out_of_talk(capsys, text):
    """An error may quote what somebody else said."""
    screen = Screen()
    screen.talk(text)
    screen.error(UsageError("some-code", f"Okta said {text}", f"not {text}"))
    captured = capsys.readouterr()
    assert captured.err.count("***") == 3
    assert TOKEN not in captured.out + captured.err


def test_ids_and_digests_are_no_secrets(capsys):
    """A reader needs them whole."""
    text = f"00gQhWZJLQfI867kKMHX {'d' * 64} 20261122T090000Z-abc123"
    Screen().talk(text)
    assert capsys.readouterr().err == f"{text}\n"
