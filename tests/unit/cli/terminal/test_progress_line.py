"""What one line says of a run under way, in whatever width there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.terminal.progress_line import State, progress_line
from reconciler.render.formats.escape import escape


def state(**more):
    """Reading a thousand groups, or what a test changes."""
    return State(**{"verb": "reading okta-prod", "noun": "group", "requests": 12, **more})


@pytest.mark.parametrize(
    ("line", "more", "elapsed_s"),
    [
        ("reading okta-prod: 12 requests, 0 s", {}, 0.2),
        ("reading okta-prod: 1 request, 2 s", {"requests": 1}, 2),
        ("reading okta-prod: 0 of 1,000 groups, 12 requests, 9 s", {"total": 1000}, 9),
        (
            "reading okta-prod: 250 of 1,000 groups, about 30 s left, 12 requests, 10 s",
            {"total": 1000, "done": 250},
            10,
        ),
        ("reading okta-prod: 1 of 2 groups, 12 requests, 2 s", {"total": 2, "done": 1}, 2),
        ("reading okta-prod: 2 of 2 groups, 12 requests, 5 s", {"total": 2, "done": 2}, 5),
        (
            "applying: 10 of 100 lines, about 9 min 0 s left, 12 requests, 1 min 0 s",
            {"verb": "applying", "noun": "line", "total": 100, "done": 10},
            60,
        ),
        ("reading okta-prod: 12 requests, 2 h 1 min", {}, 7260),
    ],
)
def test_a_line_says_how_far_the_run_is(line, more, elapsed_s):
    """The time left is not guessed before there is something to go by."""
    assert line == progress_line(state(**more), elapsed_s, 200)


def test_a_wait_is_counted_down_and_then_forgotten():
    """Whoever watches sees which limit holds the run up, and for how long."""
    waiting = state(waits={"/api/v1/groups": 50.0, "/api/v1/users": 20.0})
    assert "waiting 45 s for /api/v1/groups" in progress_line(waiting, 5, 200)
    assert "waiting 5 s for /api/v1/groups" in progress_line(waiting, 45, 200)
    assert "waiting" not in progress_line(waiting, 50, 200)


def test_a_narrow_terminal_gets_whole_parts_the_most_telling_first():
    """Half a number is worse than none."""
    far = state(total=1000, done=250, waits={"/api/v1/groups": 50.0})
    assert progress_line(far, 10, 40) == "reading okta-prod: 250 of 1,000 groups"
    assert progress_line(far, 10, 52) == "reading okta-prod: waiting 40 s for /api/v1/groups"
    assert progress_line(far, 10, 10) == "reading o"


@given(
    st.builds(
        State,
        verb=st.text(max_size=60),
        noun=st.sampled_from(["group", "line"]),
        total=st.integers(0, 10**6),
        done=st.integers(0, 10**6),
        requests=st.integers(0, 10**6),
        waits=st.dictionaries(st.text(max_size=40), st.floats(0, 10**6), max_size=3),
    ),
    st.floats(0, 10**6),
    st.integers(1, 250),
)
def test_a_line_never_wraps_and_never_acts_on_the_terminal(shown, elapsed_s, columns):
    """A line that wraps cannot be wiped, and leaves its upper half behind."""
    line = progress_line(shown, elapsed_s, columns)
    assert len(line) < max(columns, 1)
    assert line == escape(line)
