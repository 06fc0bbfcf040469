"""Words are for people: no code reads a sentence to decide something."""

import ast
import re
from pathlib import Path

import pytest

import reconciler
from tests.support.source_texts import texts

ROOT = Path(reconciler.__file__).parent
FLOORS = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
WORDS = frozenset(
    {"summary", "hint", "reason", "figures", "why", "why_claimed", "why_not", "head", "details"}
    | {"detail", "message", "because", "loss", "refusal", "problem", "changed", "doubt", "note"}
    | {"verdict", "totals", "facts", "closing", "stopped_by", "revoked_because", "purpose"}
)
"""Fields of a plan, a result, an error or a document that hold sentences."""
READERS = frozenset(
    {"partition", "rpartition", "split", "rsplit", "splitlines", "startswith", "endswith", "find"}
    | {"index", "count", "removeprefix", "removesuffix", "search", "match", "fullmatch", "finditer"}
)
DECIDING = (
    *("accounts", "planning", "live", "workflows", "execution", "evidence"),
    *("connector_checks", "render"),
)
ALLOWED = {
    "evidence/folder.py": "a file's name",
    "evidence/line_format.py": "the bytes of a line",
    "planning/approvals/accounts.py": "the sign before a handle",
    "planning/approvals/aliases.py": "the sign before a handle",
    "planning/approvals/meaning.py": "the marker in a group's description",
    "planning/approvals/roster.py": "the sign before a handle",
    "planning/approvals/sources.py": "the shape of an issue's key",
    "planning/approvals/verification.py": "the sign before a handle",
    "planning/scope.py": "the marker in a group's description",
    "connector_checks/oauth_scopes.py": "the ending of a scope",
    "render/codeowners.py": "a file's path",
    "render/explanation.py": "the lines of an example file",
    "render/formats/escape.py": "what a terminal or a runner would obey",
    "render/formats/markdown.py": "what Markdown would read as its own",
    "render/formats/sarif.py": "a file's path",
    "render/init_files.py": "a host",
    "render/over_time.py": "a tuple's `index`",
    "render/people/proposal.py": "the lines of a file, and its path",
    "render/pseudonyms.py": "the prefix of an account elsewhere",
    "render/rows/guards.py": "the lines of a file to be pasted",
}
"""Modules that take a text apart, and which: none of them is a sentence."""


PLAIN_FLOORS = FLOORS
VAGUE = re.compile(
    r"\b(?:somebody|someone|whoever|nobody in particular|hangs? on|mend)\b", re.IGNORECASE
)


@pytest.mark.parametrize("floor", PLAIN_FLOORS)
def test_a_message_says_who_is_meant(floor):
    """A person, the requester, an approver: there is a noun for each."""
    vague = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / floor).rglob("*.py"))
        for text in texts(path)
        if VAGUE.search(text) and " " in text  # a code is no sentence, and keeps its name
    ]
    assert vague == []


def is_sentence(node):
    """Whether the expression is a field that holds a sentence."""
    return isinstance(node, ast.Attribute) and node.attr in WORDS


def readings(tree):
    """The lines at which a sentence is taken apart, searched or compared with a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in READERS and any(map(is_sentence, (node.func.value, *node.args))):
                yield node.lineno
        elif isinstance(node, ast.Compare) and (_is_search(node) or _is_equation(node)):
            yield node.lineno


def _is_search(node):
    """Whether something is looked for in a sentence."""
    pairs = zip(node.ops, node.comparators, strict=True)
    return any(isinstance(op, (ast.In, ast.NotIn)) and is_sentence(right) for op, right in pairs)


def _is_equation(node):
    """Whether a sentence is compared with a text that is not empty."""
    sides = (node.left, *node.comparators)
    texts = [each for each in sides if isinstance(each, ast.Constant) and each.value]
    return bool(texts) and any(map(is_sentence, sides))


@pytest.mark.parametrize("floor", FLOORS)
def test_no_sentence_is_taken_apart(floor):
    """Whom and what it speaks of stands beside it as a typed field."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / floor).rglob("*.py"))
        for line in readings(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def _takes_apart(path):
    """Whether the module takes any text apart, under whatever name."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in READERS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


def test_what_decides_and_what_redacts_takes_no_text_apart():
    """Not even one that it holds under another name; but for the few that are no sentences."""
    paths = [path for floor in DECIDING for path in sorted((ROOT / floor).rglob("*.py"))]
    assert sorted(str(p.relative_to(ROOT)) for p in paths if _takes_apart(p)) == sorted(ALLOWED)


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ([1], 'a = "x" in line.summary'),
        ([1], 'b = warning.hint.partition(",")'),
        ([1], "c = PATTERN.search(error.message)"),
        ([1], 'd = found.detail == "403"'),
        ([], 'e = found.detail == ""'),
        ([], 'f = line.summary + "!"'),
    ],
)
def test_a_reading_would_be_seen(lines, source):
    """The check itself finds what it looks for."""
    assert list(readings(ast.parse(source))) == lines
