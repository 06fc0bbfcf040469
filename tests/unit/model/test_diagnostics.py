"""Diagnostics are values with a place and an order."""

import re

from hypothesis import given as each_of
from hypothesis import strategies as st

from reconciler.model.diagnostics import (
    MOST_PER_FILE,
    PROBLEMS_LEFT_OUT,
    Diagnostic,
    Severity,
    Span,
    limit_diagnostics,
    sort_diagnostics,
)

ERROR = Severity.ERROR


def fault(code, path="b.yaml", line=1, **more):
    """A complaint at a line."""
    return Diagnostic(code=code, summary="wrong", span=Span(path, line), **more)


def test_a_place_is_written_as_editors_read_it():
    """A terminal makes path:line:column a link."""
    assert str(Span("grants/a.yaml", 14, 12)) == "grants/a.yaml:14:12"


def test_diagnostics_stand_by_file_and_line_each_once():
    """Two runs over the same files print the same."""
    found = [fault("b", line=10), fault("a", line=10), fault("c", line=9), fault("z", "a.yaml")]
    expected = (fault("z", "a.yaml"), fault("c", line=9), fault("a", line=10), fault("b", line=10))
    assert expected == sort_diagnostics([*found, *found])


def test_a_diagnostic_is_an_error_unless_it_says_so():
    """Forgetting the severity must stop a run, not let it pass."""
    assert fault("a").severity is Severity.ERROR


@each_of(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(1, 300), st.sampled_from(Severity)),
        max_size=400,
    ),
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9)),
)
def test_nothing_is_left_out_without_being_counted(places, unsaid):
    """What is listed and left out adds up, and no error yields to a warning."""
    given = sort_diagnostics(
        Diagnostic(code="x", summary="y", span=Span(path, line), severity=severity)
        for path, line, severity in places
    )
    told = limit_diagnostics(given, unsaid, "root")
    listed = [each for each in told if each.code != PROBLEMS_LEFT_OUT.code]
    left = [
        int(re.search(r"([0-9]+) more", each.summary)[1]) for each in told if each not in listed
    ]
    assert len(listed) + sum(left) == len(given) + sum(unsaid.values())
    assert set(listed) <= set(given)
    for path in "abc":
        mine = [each for each in listed if each.span.path == path]
        errors = [each for each in given if each.span.path == path and each.severity is ERROR]
        assert len(mine) <= MOST_PER_FILE
        assert sum(each.severity is ERROR for each in mine) == min(len(errors), MOST_PER_FILE)
