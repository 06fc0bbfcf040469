"""Every rule is declared where it arises and collected once, and no code is said without one."""

import ast
import importlib
import json
import pkgutil
import re
from collections import Counter
from pathlib import Path

import pytest

import reconciler
from reconciler.catalog.rules import RULES
from reconciler.catalog.schema.rules import BY_CODE
from reconciler.model.diagnostics import Rule, Severity

ROOT = Path(__file__).parents[3]
PACKAGE = Path(reconciler.__file__).parent
FLOORS = ("model", "policy", "catalog")
SOURCES = sorted(path for floor in FLOORS for path in (PACKAGE / floor).rglob("*.py"))
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+\Z")
MAKERS = {"Finding", "Diagnostic", "TextProblem"}
"""What says something of a file; each is made of a rule."""


def modules():
    """Every module of the floors where rules may arise."""
    for floor in FLOORS:
        package = importlib.import_module(f"reconciler.{floor}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def declarations():
    """Every assignment of a rule at the top of a module, by the rule's code."""
    for path in SOURCES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                call = node.value
                if isinstance(call.func, ast.Name) and call.func.id == "Rule":
                    codes = [k.value.value for k in call.keywords if k.arg == "code"]
                    yield node.targets[0].id, codes[0]


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


def test_no_rule_of_any_module_is_missing_from_the_collection():
    """A person who searches for a code finds it."""
    found = {value for m in modules() for value in vars(m).values() if isinstance(value, Rule)}
    assert found == set(RULES.values())
    assert sorted(code for _, code in declarations()) == list(RULES)


def test_a_rule_is_called_as_its_code_is():
    """Whoever looks for the one finds the other."""
    wrong = [
        (name, code) for name, code in declarations() if name != code.upper().replace("-", "_")
    ]
    assert wrong == []


def test_every_declared_rule_is_used_where_it_is_declared_or_elsewhere():
    """What cannot happen is not described."""
    names = Counter(
        node.id
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )
    # Once in its module's tuple; a rule of form may be named by a schema instead.
    unused = {code for name, code in declarations() if names[name] < 2}
    schemas = [json.loads(path.read_text("utf-8")) for path in (ROOT / "schemas").glob("*.json")]
    assert unused <= {code for schema in schemas for code in codes_of(schema)}


def test_nothing_is_said_of_a_file_without_a_rule():
    """A code, its severity and its remedy are in one place: the rule that is broken."""
    made = [
        (path.relative_to(PACKAGE).as_posix(), node.lineno)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in MAKERS
        and any(k.arg == "code" and isinstance(k.value, ast.Constant) for k in node.keywords)
    ]
    assert made == []


def test_a_schema_names_only_rules_of_form():
    """A code that a schema gives is looked up among them."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "schemas").glob("*.json")]
    named = {code for text in texts for code in codes_of(json.loads(text))}
    assert len(named) > 5
    assert named <= set(BY_CODE)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_is_two_sentences_that_fit_a_table(rule):
    """What is wrong, and what to do; kebab-case, no full stop, nothing that breaks Markdown."""
    assert KEBAB.match(rule.code)
    for words in (rule.summary, rule.remedy):
        assert words[0].isupper()
        assert not words.endswith(".")
        assert not set("|\n") & set(words)
        assert words.count("`") % 2 == 0
        assert len(words) <= 100


def test_warnings_are_the_few_that_stop_nothing():
    """Whether a code stops plan and apply is part of its meaning."""
    assert {code for code, rule in RULES.items() if rule.severity is Severity.WARNING} == {
        "approver-repeated",
        "base-invalid",
        "canary-missing",
        "catalog-empty",
        "connector-missing",
        "door-entitlement-unmapped",
        "forge-handle-missing",
        "grant-ended-already",
        "grant-inside-another",
        "name-invisible-character",
        "name-mixed-scripts",
        "problems-left-out",
    }
