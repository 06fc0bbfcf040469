"""What a plan of 1,000,000 memberships costs in memory, in time, and in decoding.

The sandbox is a process of its own on a socket; figures are of the planner's process alone.
Peak memory holds the catalog too, whose share is said. The time is set against the sandbox's own
processor time, since the plan waits for it: the planner's own processor time is the row below.
Decoding is what all member pages take from bytes to nouns, set against what `json.loads` would take
for as many bytes. The last rows decode some of the pages again: `wire` is JSON to typed structs,
which is what `json.loads` does too, and `nouns` adds checks and the project's own objects, for
people none of whom was seen before; in a plan most have been.
"""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.company import Size
from tests.benchmarks.table import Row

__all__ = ["rows"]

_ROOT = Path(__file__).resolve().parents[2]
_MOST_MIB = 1536


def rows(*, quick: bool):
    """The rows of one plan."""
    size = Size(3, 50, 200) if quick else Size(groups=1000, members=1000, users=100_000)
    numbers = [str(size.groups), str(size.members), str(size.users)]
    with _served(numbers) as (url, token, sandbox):
        before_s = _cpu_seconds(sandbox)
        ran = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.planner", url, token, *numbers],
            cwd=_ROOT,
            check=True,
            stdout=subprocess.PIPE,
        )
        sandbox_s = _cpu_seconds(sandbox) - before_s
    yield from _costs(f"plan: {size.memberships:,} memberships", json.loads(ran.stdout), sandbox_s)


def _costs(name, spent, sandbox_s):
    wall, cpu, peak = spent["wall"], spent["cpu"], spent["peak_mib"]
    before = f"catalog before {spent['before_mib']:.0f} MiB"
    ratio = f"{peak / spent['before_mib']:.2f}x"
    yield Row(
        f"{name}: peak memory", f"{peak:.0f} MiB", before, ratio, "< 1,536 MiB", peak < _MOST_MIB
    )
    sandbox = f"sandbox's CPU {sandbox_s:.1f} s"
    yield Row(f"{name}: time", f"{wall:.1f} s", sandbox, _over(wall, sandbox_s))
    yield Row(f"{name}: CPU", f"{cpu:.1f} s", sandbox, _over(cpu, sandbox_s))
    decoding, rival = spent["decoding"], spent["json"] * spent["bytes"] / spent["kept_bytes"]
    share, ratio = f"{decoding:.1f} s, {decoding / cpu:.0%} of CPU", rival / decoding
    against = f"json.loads {rival:.1f} s"
    yield Row(f"{name}: decoding", share, against, f"{ratio:.1f}x", ">= 5x", ratio >= 5)
    for step in ("wire", "nouns"):
        yield _decoder(step, spent)


def _decoder(step, spent):
    """Times faster than json.loads."""
    ratio = spent["json"] / spent[step]
    mib = spent["kept_bytes"] / 2**20
    measured, against = (f"{mib / spent[each]:.0f} MiB/s" for each in (step, "json"))
    name = f"decode: {mib:.1f} MiB of members to {step}"
    return Row(name, measured, f"json.loads {against}", f"{ratio:.1f}x", ">= 5x", ratio >= 5)


def _over(seconds, others):
    return f"{seconds / others:.2f}x" if others else "-"


@contextmanager
def _served(numbers):
    """The sandbox's address, its token and its process."""
    command = [sys.executable, "-m", "tests.benchmarks.served", *numbers]
    with subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            url, token = (process.stdout.readline().strip().partition(": ")[2] for _ in range(2))
            yield url, token, process.pid
        finally:
            process.terminate()


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
