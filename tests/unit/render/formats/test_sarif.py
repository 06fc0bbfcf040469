"""Problems for code scanning."""

import json
from dataclasses import replace

from reconciler.catalog.rules import RULES
from reconciler.model.diagnostics import Diagnostic, Severity, Span
from reconciler.render.formats.sarif import sarif

ERROR = Diagnostic(
    code="grant-window-too-long",
    summary="the grant lasts 200 days",
    span=Span("catalog/grants/claude/jane doe.yaml", 14, 12),
    hint="shorten `expires`",
    related=(Span("catalog/tools/claude.yaml", 9, 1),),
)


def run(*diagnostics):
    """The one run of the log."""
    log = json.loads(sarif(diagnostics, RULES))
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    return only


def prints(*diagnostics):
    """The fingerprint of each result."""
    return [each["partialFingerprints"] for each in run(*diagnostics)["results"]]


def test_a_problem_is_a_result_at_its_place():
    """Paths are relative and in URL form, lines and columns count from 1."""
    (result,) = run(ERROR)["results"]
    fingerprint = result.pop("partialFingerprints")["reconcilerDiagnostic/v1"]
    assert len(fingerprint) == 64
    assert result == {
        "ruleId": "grant-window-too-long",
        "ruleIndex": list(RULES).index("grant-window-too-long"),
        "level": "error",
        "message": {"text": "the grant lasts 200 days\nshorten `expires`"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "catalog/grants/claude/jane%20doe.yaml",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 14, "startColumn": 12},
                }
            }
        ],
        "relatedLocations": [
            {
                "id": 0,
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "catalog/tools/claude.yaml",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 9, "startColumn": 1},
                },
            }
        ],
    }


def test_every_code_is_a_rule_with_help():
    """The reader of an alert is told what to do."""
    rules = run()["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    for rule in rules:
        assert RULES[rule["id"]].remedy in rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] == RULES[rule["id"]].severity.value


def test_a_fingerprint_stays_when_lines_move_and_tells_twins_apart():
    """An alert that somebody dismissed must not come back because a line was added above."""
    moved = replace(ERROR, span=replace(ERROR.span, line=20))
    assert prints(ERROR) == prints(moved)
    first, second = prints(ERROR, moved)
    assert first == prints(ERROR)[0]
    assert first != second
    assert prints(replace(ERROR, summary="x")) != prints(ERROR)


def test_text_from_files_is_neither_a_link_nor_a_placeholder():
    """SARIF has a small language of its own inside messages."""
    hostile = replace(
        ERROR, summary="[x](https://evil) {0} \x1b", hint="", severity=Severity.WARNING
    )
    (result,) = run(hostile)["results"]
    assert result["message"]["text"] == "\\[x\\](https://evil) {{0}} \\\\u{{1b}}"
    assert result["level"] == "warning"


def test_a_catalog_elsewhere_is_named_by_its_whole_path():
    """Nothing is relative to a checkout that it does not lie in."""
    (result,) = run(replace(ERROR, span=Span("/srv/a b.yaml"), code="not-in-the-reference"))[
        "results"
    ]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "file:///srv/a%20b.yaml"}
    assert "ruleIndex" not in result
