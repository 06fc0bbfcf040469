"""Problems as workflow commands."""

import pytest

from reconciler.model.diagnostics import Diagnostic, Severity, Span
from reconciler.render.formats.diagnostics import annotations

ERROR = Diagnostic(
    code="grant-window-too-long",
    summary="too long",
    span=Span("grants/jane.yaml", 14, 12),
    hint="shorten `expires`",
    related=(Span("catalog/tools/claude.yaml", 9, 1),),
)
WARNING = Diagnostic(
    code="canary-missing", summary="no canary", span=Span("c.yaml"), severity=Severity.WARNING
)


def test_a_problem_is_an_annotation_at_its_place_and_errors_come_first():
    """GitHub shows only the first ten of each, so warnings must not take an error's place."""
    head = "::error file=grants/jane.yaml,line=14,col=12,title=grant-window-too-long::"
    message = "too long%0Asee also catalog/tools/claude.yaml:9:1%0Ahint: shorten `expires`"
    assert list(annotations((WARNING, ERROR))) == [
        head + message,
        "::warning file=c.yaml,line=1,col=1,title=canary-missing::no canary",
    ]


@pytest.mark.parametrize(
    ("path", "summary", "expected"),
    [
        ("a,b:c%.yaml", "100 %, a:b", ("a%2Cb%3Ac%25.yaml", "100 %25, a:b")),
        ("a\n::error::x", "a\r\n::stop-commands::x", None),
        ("a%0A", "%0A", ("a%250A", "%250A")),
    ],
)
def test_nothing_in_a_file_can_end_a_property_or_begin_a_command(path, summary, expected):
    """A catalog in a pull request is written by strangers."""
    (line,) = annotations((Diagnostic(code="x", summary=summary, span=Span(path)),))
    assert "\n" not in line
    assert "\r" not in line
    properties, message = line.removeprefix("::error file=").split("::", 1)
    assert properties.count(",") == 3
    if expected:
        assert expected == (properties.partition(",")[0], message)


def test_a_last_notice_says_what_github_will_not_show():
    """Ten errors and ten warnings a step; the rest is in the log alone."""
    several = tuple(
        Diagnostic(code="x", summary=str(n), span=Span("a"), severity=severity)
        for severity, most in ((Severity.ERROR, 12), (Severity.WARNING, 11))
        for n in range(most)
    )
    lines = list(annotations(several))
    assert len(lines) == 24
    assert lines[-1] == (
        "::notice::GitHub shows 10 errors and 10 warnings of a step; "
        "3 more problems in the log only"
    )
    assert len(list(annotations(several[:10]))) == 10
    assert list(annotations(())) == []
