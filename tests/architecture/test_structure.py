"""Budgets and habits that no linter checks."""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "reconciler").rglob("*.py"))
VAGUE = {"utils", "helpers", "common", "base", "manager", "service", "misc", "types"}


def name_of(path):
    """A module as people call it."""
    return str(path.relative_to(ROOT))


def test_a_module_is_small_says_what_it_is_and_has_one_noun():
    """Files of one noun stay enterable: at most 450 lines, a docstring, and no vague name."""
    texts = {name_of(path): path.read_text(encoding="utf-8") for path in MODULES}

    assert [name for name, text in texts.items() if len(text.splitlines()) > 450] == []
    assert [name for name, text in texts.items() if not ast.get_docstring(ast.parse(text))] == []
    assert [name for name in texts if Path(name).stem in VAGUE] == []
    assert "reconciler/cli/main.py" in texts


def test_tests_are_small_too():
    """A test file longer than 500 lines is several."""
    long = [
        name_of(p)
        for p in (ROOT / "tests").rglob("*.py")
        if len(p.read_text(encoding="utf-8").splitlines()) > 500
    ]

    assert long == []


def test_only_the_command_line_writes_to_the_terminal():
    """The floors below hand over what is to be said; and nobody prints past the streams."""
    pattern = re.compile(r"\bprint\(|sys\.std(?:out|err)\.write|click\.echo\(")
    writers = [name_of(p) for p in MODULES if pattern.search(p.read_text(encoding="utf-8"))]

    assert [writer for writer in writers if not writer.startswith("reconciler/cli/")] == []
    assert "reconciler/cli/terminal/screen.py" in writers
    assert [n for n in writers if re.search(r"\bprint\(", (ROOT / n).read_text("utf-8"))] == []


def test_the_last_resort_is_the_only_broad_except():
    """`except Exception` hides faults everywhere but where it turns them into a sentence."""
    pattern = re.compile(r"except Exception\b|except:")
    broad = [name_of(p) for p in MODULES if pattern.search(p.read_text(encoding="utf-8"))]

    assert broad == ["reconciler/cli/main.py"]


def test_patterns_of_secrets_have_one_home():
    """Whoever adds one adds it for every output and every file."""
    marks = re.compile(r"BEGIN \[|eyJ|gh\[opsru\]_|glpat-|\{+40\}+\)?\(\?!")
    homes = [name_of(p) for p in MODULES if marks.search(p.read_text(encoding="utf-8"))]

    assert homes == ["reconciler/model/secret_patterns.py"]


def test_only_the_clock_modules_read_the_clock():
    """Time is a value everywhere else."""
    pattern = re.compile(r"datetime\.now\(|\btime\.time\b|date\.today\(|perf_counter|monotonic")
    readers = [name_of(p) for p in MODULES if pattern.search(p.read_text(encoding="utf-8"))]

    assert readers == ["reconciler/cli/clock.py", "reconciler/sandbox/storage/clock.py"]


def test_a_command_has_one_event_loop():
    """What waited in one loop, an event or a lock, cannot be awaited in another."""
    found = {name_of(p): p.read_text(encoding="utf-8").count("asyncio.run(") for p in MODULES}
    loops = {name: number for name, number in found.items() if number}

    assert set(loops.values()) == {1}
    assert all(name.startswith("reconciler/cli/commands/") for name in loops)


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
