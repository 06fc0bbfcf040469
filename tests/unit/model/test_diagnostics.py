"""Diagnostics are values with a place and an order."""

from reconciler.model.diagnostics import Diagnostic, Severity, Span, ordered


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
    assert expected == ordered([*found, *found])


def test_a_diagnostic_is_an_error_unless_it_says_so():
    """Forgetting the severity must stop a run, not let it pass."""
    assert fault("a").severity is Severity.ERROR
