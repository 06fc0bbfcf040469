"""Problems of the user's files, for people and for programs."""

import json

import pytest

from reconciler.model.diagnostics import Diagnostic, Severity, Span
from reconciler.render.formats.diagnostics import diagnostic_lines, diagnostics_json, summary
from reconciler.render.formats.text import Line

ERROR = Diagnostic(
    code="grant-window-too-long",
    summary="The grant lasts 200 days\x1b[31m",
    span=Span("grants/a\n.yaml", 14, 12),
    hint="shorten `expires`",
    related=(Span("tools/claude.yaml", 9, 1),),
)
WARNING = Diagnostic(code="w", summary="Odd", span=Span("settings.yaml"), severity=Severity.WARNING)


def test_a_problem_is_said_in_a_few_lines_readable_without_colour():
    """Code, place, what is wrong, what it touches, what to do; hostile text is harmless."""
    assert list(diagnostic_lines((ERROR, WARNING))) == [
        Line("error: grant-window-too-long", "remove"),
        Line("  grants/a\\u{a}.yaml:14:12", "faint"),
        Line("  The grant lasts 200 days\\u{1b}[31m"),
        Line("  see also tools/claude.yaml:9:1", "faint"),
        Line("  hint: shorten `expires`"),
        Line(""),
        Line("warning: w", "blocked"),
        Line("  settings.yaml:1:1", "faint"),
        Line("  Odd"),
        Line(""),
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("The catalog is valid (2 files, 1 grant).", ()),
        ("The catalog is valid, with 1 warning (2 files, 1 grant).", (WARNING,)),
        ("The catalog has 1 error and 0 warnings (2 files, 1 grant).", (ERROR,)),
        ("The catalog has 2 errors and 1 warning (2 files, 1 grant).", (ERROR, ERROR, WARNING)),
    ],
)
def test_the_catalogs_state_is_one_sentence(words, found):
    """Valid, valid with warnings, and invalid are three different things."""
    assert words == summary(found, 2, 1)


def test_programs_get_every_field():
    """The text is as it stands in the files: JSON has its own escapes."""
    assert json.loads(diagnostics_json((ERROR,), 2)) == {
        "format": "reconciler.diagnostics/1",
        "files": 2,
        "diagnostics": [
            {
                "code": "grant-window-too-long",
                "severity": "error",
                "summary": "The grant lasts 200 days\x1b[31m",
                "hint": "shorten `expires`",
                "path": "grants/a\n.yaml",
                "line": 14,
                "column": 12,
                "related": [{"path": "tools/claude.yaml", "line": 9, "column": 1}],
            }
        ],
    }
    assert diagnostics_json((ERROR,), 2).isascii()
