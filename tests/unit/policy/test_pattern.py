"""Naming patterns: useful ones work, and none can hang a run."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.policy.pattern import matches, problem


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
    ],
)
def test_a_usual_pattern_has_no_problem(pattern):
    """The bounds leave room for names as people give them."""
    assert problem(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", "[", "*", "a{99999999999}", "(?P<n", "\\", "[[a]]", "(?i)a", "(?=a)b", r"(a)\1"),
        *("x" * 201, "(a+)+$", "(a|a)*$", "((a?){9}){9}", "(a*)*", ".*.*.*.*.*x"),
        *("a?" * 30 + "a" * 30, "(a|a)" * 30),
    ],
)
def test_a_pattern_that_is_broken_or_could_run_away_has_one(pattern):
    """A pull request must not be able to stop the clock."""
    assert problem(pattern)
    assert matches(pattern, "a" * 255)


@given(st.text(alphabet="ab()[]{}|*+?.^$\\-,19:=<P", max_size=40))
def test_no_pattern_raises_or_hangs(pattern):
    """Whatever passes is run, so whatever passes must end."""
    started = time.monotonic()
    matches(pattern, "a" * 60 + "b" * 60 + "!")
    assert time.monotonic() - started < 5


def test_a_name_must_have_the_form():
    """The check itself."""
    assert matches("^AI - .+$", "AI - Users")
    assert not matches("^AI - .+$", "Users")
