"""The benchmarks run. How fast is for whoever runs them to read: no machine here is quiet."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = (
    "calls: 2 groups of 5",
    "calls: 3 groups of 1,000",
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
    "start-up: --help",
    "start-up: validate",
)


def test_every_row_is_printed():
    """The table holds every figure, in order, and nothing else."""
    command = [sys.executable, "-m", "tests.benchmarks", "--quick"]
    ran = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    headings, rule, *printed = ran.stdout.splitlines()
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
