"""Naming patterns: useful ones work, and none can hang a run."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.policy.name_pattern import matches, pattern_problem


@pytest.mark.parametrize(
    "pattern",
    [
        "^AI Clearance - .+ - .+$",
        "^AI (Clearance|Sandbox|Lab|Eval|Test) - .+$",
        "^[a-z0-9-]+$",
        "(a|b)|c",
        "^(AI )?Clearance - [A-Z]{2} .*$",
        "[(*+]",
        r"\(x\)+",
        "(?i)^ai - ",
        "^Zugang für .+$",
        "^.* - .* - .* - .* - .*$",
    ],
)
def test_a_usual_pattern_has_no_problem(pattern):
    """The bounds leave room for names as people give them."""
    assert pattern_problem(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    ["(", "[", "*", "(?P<n", "\\", "(?=a)b", r"(a)\1", "x" * 201, "((.{99}){99}){99}"],
)
def test_a_pattern_that_cannot_be_used_has_a_problem_and_asks_nothing(pattern):
    """Look-around and back-references are what cannot be matched in linear time."""
    assert pattern_problem(pattern)
    assert matches(pattern, "a" * 255)


@pytest.mark.parametrize(
    "pattern",
    [
        *(".*.*.*.*x", "(a+)+$", "(a|a)*$", "((a?){9}){9}", "(a*)*", ".*.*.*.*.*.*.*.*.*.*x"),
        *("a?" * 90, "(a|a)" * 30, "(.*)(.*)(.*)(.*)[0-9]$"),
    ],
)
def test_no_pattern_keeps_a_run_busy(pattern):
    """A pull request must not be able to stop the clock: a backtracking engine needs minutes."""
    started = time.monotonic()
    for _ in range(10):
        matches(pattern, "a" * 255)
    assert time.monotonic() - started < 2


@given(st.text(max_size=40) | st.text(alphabet="ab()[]{}|*+?.^$\\-,19:=<P", max_size=40))
def test_no_pattern_raises_or_hangs(pattern):
    """Whatever passes is run, so whatever passes must end."""
    started = time.monotonic()
    matches(pattern, "a" * 60 + "b" * 60 + "!\ud800")
    assert time.monotonic() - started < 5


def test_a_name_must_have_the_form():
    """The check itself; `$` is the end, and not before a last line break."""
    assert matches("^AI - .+$", "AI - Users")
    assert matches("^AI - é.$", "AI - é\u00fc")
    assert not matches("^AI - .+$", "Users")
    assert not matches("^AI$", "AI\n")
