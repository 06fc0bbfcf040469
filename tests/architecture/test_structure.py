"""Budgets and habits that no linter checks."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "reconciler").rglob("*.py"))
VAGUE = {"utils", "helpers", "common", "base", "manager", "service", "misc", "types"}


def name_of(path):
    """A module as people call it."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_small_says_what_it_is_and_has_one_noun(path):
    """Files of one noun stay enterable: at most 450 lines, a docstring, and no vague name."""
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 450
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert path.stem not in VAGUE


def test_tests_are_small_too():
    """A test file longer than 500 lines is several."""
    long = [
        name_of(p)
        for p in (ROOT / "tests").rglob("*.py")
        if len(p.read_text(encoding="utf-8").splitlines()) > 500
    ]

    assert long == []


ELSEWHERE = {
    # Every message and every code is a golden file; loading is tested as a whole.
    "catalog/assembly": "tests/unit/catalog/test_load.py",
    "catalog/complaint": "tests/unit/catalog/test_golden.py",
    "catalog/decode": "tests/unit/catalog/test_load.py",
    "catalog/decode_connector": "tests/unit/catalog/test_load.py",
    "catalog/decode_settings": "tests/unit/catalog/test_load.py",
    "catalog/form": "tests/unit/catalog/test_mistakes.py",
    "catalog/messages": "tests/unit/catalog/test_golden.py",
    "catalog/positions": "tests/unit/catalog/test_mistakes.py",
    "catalog/scalar": "tests/unit/catalog/test_document.py",
    "catalog/secret": "tests/unit/catalog/test_mistakes.py",
    # A check is tested by the files it speaks of.
    "policy/approval": "tests/unit/catalog/test_golden.py",
    "policy/backing": "tests/unit/cli/test_past.py",
    "policy/check": "tests/unit/policy/test_registry.py",
    "policy/connector": "tests/unit/catalog/test_golden.py",
    "policy/duplicate": "tests/unit/catalog/test_golden.py",
    "policy/forge": "tests/unit/catalog/test_golden.py",
    "policy/fulfilment": "tests/unit/catalog/test_golden.py",
    "policy/naming": "tests/unit/catalog/test_golden.py",
    "policy/references": "tests/unit/catalog/test_golden.py",
    # A command is tested from outside, by its promises.
    "cli/emptied": "tests/scenarios/test_a_change_is_judged_by_the_rules_it_started_from.py",
    "cli/applying": "tests/scenarios/test_what_was_reviewed_is_what_happens.py",
    "cli/cmd_codeowners": "tests/scenarios/test_codeowners_follow_the_catalog.py",
    "cli/cmd_connector": "tests/scenarios/test_a_connector_test_tells_what_is_wrong.py",
    "cli/cmd_demo": "tests/cli/test_examples.py",
    "cli/cmd_drift": "tests/scenarios/test_drift_is_told_until_nothing_differs.py",
    "cli/cmd_evidence": "tests/scenarios/test_evidence_shows_every_tampering.py",
    "cli/cmd_init": "tests/scenarios/test_init_starts_a_repository_that_works.py",
    "cli/cmd_plan": "tests/cli/test_streams.py",
    "cli/cmd_sandbox": "tests/cli/test_sandbox_commands.py",
    "cli/cmd_show": "tests/cli/test_streams.py",
    "cli/cmd_status": "tests/scenarios/test_a_silent_schedule_is_noticed.py",
    "cli/cmd_validate": "tests/cli/test_streams.py",
    "cli/comparing": "tests/scenarios/test_a_pull_request_shows_its_own_effect.py",
    "cli/probing": "tests/scenarios/test_a_connector_test_tells_what_is_wrong.py",
    "cli/scopes": "tests/scenarios/test_a_credential_has_just_the_rights_it_needs.py",
    "okta/credential": "tests/scenarios/test_a_connector_test_tells_what_is_wrong.py",
    "cli/planning": "tests/cli/test_streams.py",
    "workflows/compare": "tests/scenarios/test_a_pull_request_shows_its_own_effect.py",
    # The chain's own tests go through every kind of entry.
    "model/evidence": "tests/unit/store/test_chain.py",
    "model/standing": "tests/unit/workflows/test_history.py",
    "store/entries": "tests/unit/store/test_evidence.py",
    # Signing in is tested from outside, in Okta's words.
    "sandbox/access_tokens": "tests/unit/sandbox/test_bearer.py",
    "sandbox/assertion": "tests/unit/sandbox/test_token_endpoint.py",
    "sandbox/callers": "tests/unit/sandbox/test_auth.py",
    "sandbox/clientcheck": "tests/unit/sandbox/test_clientfile.py",
    "sandbox/clients": "tests/unit/sandbox/test_clientfile.py",
    "sandbox/nonces": "tests/unit/sandbox/test_dpop.py",
    "sandbox/once": "tests/unit/sandbox/test_dpop.py",
    "sandbox/refusals": "tests/unit/sandbox/test_token_endpoint.py",
    "sandbox/scopes": "tests/unit/sandbox/test_bearer.py",
    "sandbox/standing": "tests/unit/sandbox/test_resource_sets.py",
    "live/failure": "tests/unit/live/test_snapshot.py",
}
"""Where a module is tested that has no test file of its own name."""


def has_functions(path):
    """Whether there is anything that could go wrong, beside protocols and plain nouns."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    protocols = {
        method
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.dump(b) for b in node.bases)
        for method in ast.walk(node)
    }
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(function not in protocols for function in functions)


def test_every_module_that_does_something_has_its_test_file():
    """Whoever changes a module knows which test to read; an exception is written down."""
    names = {
        str(path.relative_to(ROOT / "reconciler").with_suffix("")): path
        for path in MODULES
        if not path.stem.startswith("__") and has_functions(path)
    }
    mirrored = {
        name
        for name in names
        if (ROOT / "tests/unit" / name).with_name(f"test_{Path(name).name}.py").is_file()
    }

    assert set(names) - mirrored - set(ELSEWHERE) == set()
    assert set(ELSEWHERE) & mirrored == set()
    assert set(ELSEWHERE) - set(names) == set()
    assert [test for test in ELSEWHERE.values() if not (ROOT / test).is_file()] == []


def test_only_the_command_line_writes_to_the_terminal():
    """The floors below hand over what is to be said; and nobody prints past the streams."""
    pattern = re.compile(r"\bprint\(|sys\.std(?:out|err)\.write|click\.echo\(")
    writers = [name_of(p) for p in MODULES if pattern.search(p.read_text(encoding="utf-8"))]

    assert [writer for writer in writers if not writer.startswith("reconciler/cli/")] == []
    assert "reconciler/cli/screen.py" in writers
    assert [n for n in writers if re.search(r"\bprint\(", (ROOT / n).read_text("utf-8"))] == []


def test_the_last_resort_is_the_only_broad_except():
    """`except Exception` hides faults everywhere but where it turns them into a sentence."""
    pattern = re.compile(r"except Exception\b|except:")
    broad = [name_of(p) for p in MODULES if pattern.search(p.read_text(encoding="utf-8"))]

    assert broad == ["reconciler/cli/main.py"]


def test_only_the_clock_modules_read_the_clock():
    """Time is a value everywhere else."""
    pattern = re.compile(r"datetime\.now\(|\btime\.time\b|date\.today\(|perf_counter|monotonic")
    readers = [name_of(p) for p in MODULES if pattern.search(p.read_text(encoding="utf-8"))]

    assert readers == ["reconciler/cli/clock.py", "reconciler/sandbox/clock.py"]


def test_imports_go_down():
    """The contracts of pyproject.toml hold (the gate runs them too)."""
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout[-2000:]
