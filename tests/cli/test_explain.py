"""`explain` says of every code what `validate` would, and its tables hold all there is."""

import json
import re

import pytest

from reconciler.catalog.rules import RULES
from reconciler.cli.exit_codes import MEANINGS, ExitCode
from reconciler.planning.guards.reference import GUARDS
from tests.conftest import GOLDEN
from tests.support.builders import Company
from tests.support.harness import Office


@pytest.fixture
def office(tmp_path):
    """Any folder: nothing of it is looked at."""
    return Office(tmp_path, Company())


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_code_is_explained_with_what_earns_it(office, rule):
    """Its meaning, its remedy, and the very message that its example gets."""
    ran = office.run("explain", rule.code)
    assert (ran.code, ran.err) == (ExitCode.OK, "")
    assert f"  {rule.summary}.\n  What to do: {rule.hint}.\n" in ran.out
    told = (GOLDEN / "diagnostics" / f"{rule.code}.txt").read_text(encoding="utf-8")
    first, _, _ = told.partition("\n\n")
    assert (first in ran.out) != bool(rule.example.words)
    assert rule.example.words in ran.out


@pytest.mark.parametrize("code", ["grant-window-too-long", "binding-deleted", "group-removals"])
def test_an_explanation_reads_as_it_always_did(office, golden, code):
    """One of a file, one of a change that takes a file away, and a guard."""
    golden(f"explain/{code}", office.run("explain", code).out)


def test_a_secret_in_an_example_is_starred_out(office):
    """It is nobody's; but nothing that looks like one is ever printed."""
    text = office.run("explain", "secret-literal").out
    data = office.run("explain", "secret-literal", "--format", "json").out
    assert [shown.count("abcdefghij") for shown in (text, data)] == [0, 0]
    assert "token: ***" in text


def test_an_explanation_is_data_too(office):
    """With the files that the example writes, and the place of what is said of them."""
    found = json.loads(office.run("explain", "grant-deleted", "--format", "json").out)
    assert found["format"] == "reconciler.explanation/1"
    assert found["code"] == "grant-deleted"
    assert found["example"]["files"] == {"grants/claude/jane.yaml": None}
    assert found["example"]["base"] == {}
    (message,) = found["example"]["messages"]
    assert message["place"] == "catalog/grants/claude/jane.yaml:1:1"


def test_a_guard_is_data_too(office):
    """What it holds, and when."""
    found = json.loads(office.run("explain", "group-emptied", "--format", "json").out)
    (guard,) = (each for each in GUARDS if each.name == "group-emptied")
    assert found == {
        "format": "reconciler.explanation/1",
        "guard": guard.name,
        "holds": guard.holds,
        "when": guard.trips,
    }


def test_every_rule_guard_and_exit_code_is_in_the_tables(office):
    """What is printed anywhere is found on one page."""
    page = office.run("explain", "--all").out
    rows = re.findall(r"^\| `(.+?)` \| (.+) \|$", page, re.MULTILINE)
    assert rows == [
        *((r.code, f"{r.severity.value} | {r.summary} | {r.remedy}") for r in RULES.values()),
        *((guard.name, f"{guard.holds} | {guard.trips}") for guard in GUARDS),
        *((str(int(code)), meaning) for code, meaning in MEANINGS.items()),
    ]
    assert page.count("\n## ") == 3


def test_the_tables_are_data_too(office):
    """A list of objects for each."""
    found = json.loads(office.run("explain", "--all", "--format", "json").out)
    assert list(found) == ["format", "diagnostics", "guards", "exit_codes"]
    assert found["format"] == "reconciler.reference/1"
    assert [each["code"] for each in found["diagnostics"]] == list(RULES)
    assert [each["guard"] for each in found["guards"]] == [guard.name for guard in GUARDS]
    assert [int(each["code"]) for each in found["exit_codes"]] == [int(c) for c in ExitCode]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("grant-windw-too-long", "grant-window-too-long"), ("scripts", "name-mixed-scripts")],
)
def test_an_unknown_code_names_the_ones_that_may_be_meant(office, typed, meant):
    """By its spelling, or by a word of it; and it is a usage error."""
    ran = office.run("explain", typed)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert ran.err.startswith("error: code-unknown\n")
    assert f"did you mean {meant}" in ran.err


def test_a_code_of_a_plans_line_is_sent_back_to_the_line(office):
    """Whoever reads a plan tries it, and its meaning is nowhere else."""
    said = office.run("explain", "account-given-back").err
    assert "what a plan's line or an error means is said below it\n" in said


@pytest.mark.parametrize("words", [(), ("grant-deleted", "--all")])
def test_one_code_or_all_of_them_is_asked_for(office, words):
    """Neither and both are usage errors."""
    assert office.run("explain", *words).code == ExitCode.USAGE
