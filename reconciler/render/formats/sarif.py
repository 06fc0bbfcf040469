"""Problems as SARIF 2.1.0, for code scanning: a rule for every code, a result for every problem.

A result's fingerprint is made of what it says and the file it is in, not of its line, so that a
problem stays the same one when lines are added above it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from reconciler.model.diagnostics import Diagnostic, Rule, Span
from reconciler.render.formats.escape import escape

__all__ = ["sarif"]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_FINGERPRINT = "reconcilerDiagnostic/v1"


def sarif(diagnostics: tuple[Diagnostic, ...], rules: Mapping[str, Rule]) -> str:
    """One run's log, with every rule there is by its code."""
    driver = {
        "name": "reconciler",
        "rules": [_rule(rule) for rule in rules.values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": list(_results(diagnostics, list(rules))),
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _rule(rule: Rule) -> dict[str, object]:
    words = rule.code.replace("-", " ").capitalize()
    return {
        "id": rule.code,
        "shortDescription": {"text": words},
        "fullDescription": {"text": f"{rule.summary}."},
        "help": {
            "text": f"{rule.summary}. {rule.remedy}.",
            "markdown": f"{rule.summary}.\n\n**What to do:** {rule.remedy}.",
        },
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _results(diagnostics: tuple[Diagnostic, ...], codes: list[str]) -> Iterator[dict[str, object]]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for found in diagnostics:
        identity = (found.code, found.span.path, found.summary)
        result: dict[str, object] = {
            "ruleId": found.code,
            "level": found.severity.value,
            "message": {"text": _message(found)},
            "locations": [_location(found.span)],
            "partialFingerprints": {_FINGERPRINT: _fingerprint(identity, seen[identity])},
        }
        if found.code in codes:
            result["ruleIndex"] = codes.index(found.code)
        if found.related:
            result["relatedLocations"] = [
                {"id": number, **_location(span)} for number, span in enumerate(found.related)
            ]
        seen[identity] += 1
        yield result


def _message(found: Diagnostic) -> str:
    """The text; SARIF reads `[x](1)` as a link and `{0}` as a placeholder, unless escaped."""
    text = "\n".join(escape(each) for each in (found.summary, found.hint) if each)
    for mark in "\\[]":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("{", "{{").replace("}", "}}")


def _location(span: Span) -> dict[str, object]:
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(span.path),
            "region": {"startLine": span.line, "startColumn": span.column},
        }
    }


def _artifact(path: str) -> dict[str, str]:
    """The file as GitHub knows it: from the top of the checkout, in URL form."""
    if path.startswith("/"):
        return {"uri": f"file://{quote(path)}"}
    return {"uri": quote(path.removeprefix("./")), "uriBaseId": "%SRCROOT%"}


def _fingerprint(identity: tuple[str, str, str], number: int) -> str:
    """Of two that say the same of one file, the second is told apart by its number."""
    content = json.dumps([*identity, number])
    return hashlib.sha256(content.encode()).hexdigest()
