"""The benchmarks run. How fast is for whoever runs them to read: no machine here is quiet."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = (
    "calls: 2 groups of 5",
    "calls: 3 groups of 1,000",
    "accounts: 0 files: calls",
    "accounts: 40 files, 0 acting: calls",
    "accounts: 40 files of people in no group: calls",
    "accounts: 44 files, 4 acting: calls",
    "accounts: 40 files, 0 acting: CPU",
    "accounts: 44 files, 4 acting: CPU",
    "validate: 200 grants, single files ",
    "validate: 200 grants, single files: opening",
    "validate: 200 grants, lists ",
    "validate: 200 grants, lists: opening",
    "plan: 150 memberships: peak memory",
    "plan: 150 memberships: time",
    "plan: 150 memberships: CPU",
    "plan: 150 memberships: decoding",
    "MiB of members to wire",
    "MiB of members to nouns",
    "pacing: 300 changes: 429s",
    "pacing: 300 changes: allowed budget used",
    "pacing: 300 changes: always left for others",
    "pacing: 300 changes: time",
    "issues: 20 beside 200 grants: deciding",
    "issues: 3 proposals beside 50 grants: judging one",
    "start-up: --help",
    "start-up: validate",
)


@pytest.fixture(scope="module")
def table():
    """The lines of a quick run."""
    command = [sys.executable, "-m", "tests.benchmarks", "--quick"]
    ran = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def numberless(name):
    """A row's name whatever the size it was measured at."""
    return re.sub(r"[0-9][0-9.,]*", "N", name.strip())


def test_the_page_of_the_tests_has_the_same_rows(table):
    """A figure that is no longer measured is not promised, and none is kept quiet."""
    page = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z-]+: [^|]+) \|", page, re.MULTILINE)

    assert {numberless(row) for row in rows} == {
        numberless(line.partition("|")[0]) for line in table[2:]
    }


def test_every_row_is_printed(table):
    """The table holds every figure, in order, and nothing else."""
    headings, rule, *printed = table
    assert [cell.strip() for cell in headings.split("|")] == [
        "what",
        "measured",
        "against",
        "ratio",
        "aim",
        "met?",
    ]
    assert set(rule) <= set("- |")
    assert len(printed) == len(ROWS)
    assert all(row in line for row, line in zip(ROWS, printed, strict=True))
