"""Words are for people: no code reads a sentence to decide something."""

import ast
from pathlib import Path

import pytest

import reconciler

ROOT = Path(reconciler.__file__).parent
DECIDING = ("planning", "render", "workflows", "live", "execution", "evidence")
WORDS = frozenset(
    {"summary", "hint", "reason", "figures", "why", "why_claimed", "why_not", "head", "details"}
)
"""Fields of a plan, a result or a document that hold sentences."""
READERS = frozenset(
    {"partition", "rpartition", "split", "rsplit", "splitlines", "startswith", "endswith", "find"}
    | {"index", "count", "removeprefix", "removesuffix"}
)
WITHOUT_WORDS = (
    "planning/three_way/attribution.py",
    "planning/three_way/withholding.py",
    "planning/three_way/over_time.py",
)


def said(node):
    """Whether the expression is a field that holds a sentence."""
    return isinstance(node, ast.Attribute) and node.attr in WORDS


def readings(tree):
    """The lines at which a sentence is taken apart or searched."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in READERS and said(node.func.value):
                yield node.lineno
        elif isinstance(node, ast.Compare):
            searched = (
                right
                for op, right in zip(node.ops, node.comparators, strict=True)
                if isinstance(op, (ast.In, ast.NotIn))
            )
            if any(map(said, searched)):
                yield node.lineno


@pytest.mark.parametrize("floor", DECIDING)
def test_no_sentence_is_taken_apart(floor):
    """Whom and what it speaks of stands beside it as a typed field."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / floor).rglob("*.py"))
        for line in readings(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize("name", [*WITHOUT_WORDS, "render/pseudonyms.py"])
def test_what_withholds_and_redacts_takes_no_text_apart(name):
    """Not even a text that it holds under another name."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    calls = [
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    allowed = {"startswith"} if name == "render/pseudonyms.py" else set()
    assert READERS.intersection(calls) - allowed == set()


def test_a_reading_would_be_seen():
    """The check itself finds what it looks for."""
    tree = ast.parse('a = "x" in line.summary\nb = warning.hint.partition(",")')
    assert list(readings(tree)) == [1, 2]
