"""On a real terminal: any width, with colour or without, and nothing left of the moving line."""

import os
import pty
import re
import struct
import subprocess
import sys
from fcntl import ioctl
from termios import TIOCSWINSZ

import pytest

from tests.support.builders import Company
from tests.support.harness import Office

pytestmark = pytest.mark.slow

WIPE = "\r\x1b[K"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
COMPANY = Company().tool().bind("old", authority="authoritative").granted("amy", "bob").grant("who")


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A small company with lines of several kinds."""
    found = Office(tmp_path_factory.mktemp("office"), COMPANY)
    found.plan("--as-of", "2026-11-22")
    return found


def seen(office, *arguments, columns=100, **variables):
    """What a terminal of that width receives."""
    mine, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    unset = {"CI", "NO_COLOR", "COLUMNS", "LINES"}
    environment = {k: v for k, v in os.environ.items() if k not in unset}
    process = subprocess.Popen(
        [sys.executable, "-m", "reconciler", *arguments],
        cwd=office.folder,
        env=environment | {"TERM": "xterm"} | variables,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    received = b""
    try:
        while chunk := os.read(mine, 65536):
            received += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(mine)
        process.wait()
    return received.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_plan_says_the_same_in_any_width(office, columns):
    """Narrow or wide, no word is lost and only what cannot be broken is longer than the line."""
    text = COLOUR.sub("", seen(office, "show", "plan.json", columns=columns))
    whole = office.run("show", "plan.json")
    assert text.split() == f"{whole.out}\n{whole.err}".split()
    talk = whole.err.splitlines()  # of what is no data, a digest stays in one piece
    lines = [line for line in text.splitlines() if line not in talk]
    long = [line for line in lines if len(line) > min(columns, 120)]
    assert [line for line in long if " " in line.strip() and not line.startswith(" " * 8)] == []


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_none(office, variables):
    """And the words say all of it."""
    assert "\x1b" in seen(office, "show", "plan.json")
    assert "\x1b" not in seen(office, "show", "plan.json", **variables)


def test_a_run_shows_how_far_it_is_and_takes_the_line_away(office):
    """The last thing before the plan is an empty line."""
    moving, _, rest = seen(office, "--sandbox", "plan").rpartition(WIPE)
    assert "reading okta-prod: 0 of 1 group" in moving
    assert COLOUR.sub("", rest).startswith("Plan for okta-prod\n")


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"TERM": "dumb"}])
def test_nothing_moves_where_nobody_watches(office, variables):
    """Some CI gives its jobs a terminal."""
    assert WIPE not in seen(office, "--sandbox", "plan", **variables)
