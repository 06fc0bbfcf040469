"""How long a person waits before anything happens, beyond what the bare interpreter takes.

Measured is the whole process, from start to exit, of `--help` and of `validate` on the example
catalog; taken off is a process that does nothing, so that what is left is imports and work.
"""

import subprocess
import sys
from functools import partial
from pathlib import Path
from time import perf_counter

from tests.benchmarks.table import Row
from tests.benchmarks.timing import medians

__all__ = ["rows"]

_ROOT = Path(__file__).resolve().parents[2]
_AIMS_MS = {"--help": 150, "validate": 300}


def rows(*, quick: bool):
    """A row for each command."""
    commands = {"bare": ["-c", "pass"]}
    commands |= {name: ["-m", "reconciler", name] for name in _AIMS_MS}
    rivals = {name: partial(_run, arguments) for name, arguments in commands.items()}
    medians(rivals, 1, perf_counter)  # compiled modules and warm caches, as after the first run
    spent = medians(rivals, 1 if quick else 25, perf_counter)
    bare_ms = spent["bare"] * 1000
    for name, aim_ms in _AIMS_MS.items():
        beyond_ms = spent[name] * 1000 - bare_ms
        yield Row(
            f"start-up: {name}",
            f"{beyond_ms:.0f} ms beyond",
            f"interpreter {bare_ms:.0f} ms",
            f"{beyond_ms / bare_ms:.1f}x",
            f"< {aim_ms} ms",
            beyond_ms < aim_ms,
        )


def _run(arguments):
    subprocess.run([sys.executable, *arguments], cwd=_ROOT, check=True, capture_output=True)
