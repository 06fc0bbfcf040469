"""The reference of codes is complete, and holds nothing that is not."""

import ast
import json
import re
from pathlib import Path

import pytest

from reconciler.model.diagnostics import LEFT_OUT, Severity
from reconciler.policy.reference import REFERENCE, table

ROOT = Path(__file__).parents[3]
SOURCES = [
    ROOT / "reconciler/model/diagnostics.py",
    *(
        path
        for package in ("catalog", "policy")
        for path in (ROOT / "reconciler" / package).rglob("*.py")
        # git's words, and the errors of a run that git cannot serve
        if path.name
        not in {"reference.py", "reference_of_changes.py", "git.py", "git_command.py", "git_log.py"}
    ),
]
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+\Z")
NO_CODES = {"okta-grants-reconciler", "rev-parse", "utf-8", "utf-8-sig", "x-messages"}
"""Texts in the source that look like a code and are our name, git's, Python's, JSON Schema's."""


def literals():
    """Every text in the source that has a code's form."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and KEBAB.match(str(node.value)):
                yield str(node.value)


def codes_of(schema):
    """Every code in a schema's own messages."""
    if isinstance(schema, dict):
        for words in schema.get("x-messages", {}).values():
            yield from [words["code"]] if "code" in words else []
        for value in schema.values():
            yield from codes_of(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from codes_of(value)


def emitted():
    """Every code that reading or judging a catalog can give."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "schemas").glob("*.json")]
    own = {code for text in texts for code in codes_of(json.loads(text))}
    return (set(literals()) | own | {LEFT_OUT}) - NO_CODES


def test_every_code_has_an_entry_and_every_entry_a_code():
    """A person who searches for a code finds it; what cannot happen is not described."""
    assert set(REFERENCE) == emitted()


def test_no_code_is_put_together_at_run_time():
    """Such a one would escape the test above."""
    pattern = re.compile(r"""code=f["']|Complaint\(f["']""")
    assert [p.name for p in SOURCES if pattern.search(p.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("code", REFERENCE)
def test_an_entry_is_two_sentences_that_fit_a_table(code):
    """What is wrong, and what to do; kebab-case, no full stop, nothing that breaks Markdown."""
    entry = REFERENCE[code]
    assert KEBAB.match(code)
    for words in (entry.wrong, entry.remedy):
        assert words[0].isupper()
        assert not words.endswith(".")
        assert not set("|\n") & set(words)
        assert words.count("`") % 2 == 0
        assert len(words) <= 100


def test_warnings_are_the_few_that_stop_nothing():
    """Whether a code stops plan and apply is part of its meaning."""
    assert {c for c, entry in REFERENCE.items() if entry.severity is Severity.WARNING} == {
        "approver-repeated",
        "base-invalid",
        "canary-missing",
        "catalog-empty",
        "connector-missing",
        "forge-handle-missing",
        "grant-ended-already",
        "grant-inside-another",
        "name-invisible-character",
        "name-mixed-scripts",
        "problems-left-out",
    }


def test_the_table_has_a_row_for_every_code():
    """The README's is made of it."""
    rows = list(table())
    assert len(rows) == len(REFERENCE) + 2
    assert {row.count("|") for row in rows} == {5}
