"""A process of its own: one plan of a served org, and what it cost this process, as JSON.

The decoding of member pages is timed where it happens; some of the pages are kept, and decoded
again afterwards beside `json.loads`. Memory is the process's highest resident size at the end of
the plan (Linux: VmHWM), catalog included.
"""

import asyncio
import json
import sys
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import msgspec

from reconciler.okta import wire
from reconciler.okta.api import reader
from tests.benchmarks.company import Size, catalog_of, plan_of, world_of
from tests.benchmarks.timing import collector_off, medians

_KEPT = 20
_WIRE = msgspec.json.Decoder(list[wire.User])


class Watch:
    """Stands in for `KnownUsers.read`: the same result, timed."""

    def __init__(self):
        self.read = reader.KnownUsers.read
        self.seconds = 0.0
        self.bytes = 0
        self.kept = []

    def __call__(self, seen, answer):
        """The people of one page."""
        start = process_time()
        users = self.read(seen, answer)
        self.seconds += process_time() - start
        self.bytes += len(answer.body)
        if users and len(self.kept) < _KEPT:
            self.kept.append(answer)
        return users


def main(base: str, token: str, size: Size) -> dict[str, float]:
    """What one plan cost."""
    catalog = catalog_of(world_of(size))
    before = memory_mib("VmRSS")
    watch = Watch()
    reader.KnownUsers.read = lambda seen, answer: watch(seen, answer)  # noqa: PLW0108 - only a function becomes a method
    start, cpu = perf_counter(), process_time()
    plan = asyncio.run(plan_of(catalog, base, token))
    spent = {"wall": perf_counter() - start, "cpu": process_time() - cpu}
    peak = memory_mib("VmHWM")
    if len(plan.groups) != size.groups or plan.blocked or plan.changes:
        raise AssertionError("the plan is not the empty plan of the whole company")
    spent |= {"before_mib": before, "peak_mib": peak, "decoding": watch.seconds}
    return spent | {"bytes": watch.bytes, "calls": plan.reads.calls} | _decoders(watch.kept)


def memory_mib(field: str) -> float:
    """A figure of this process's memory."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


def _decoders(answers):
    """The kept pages, decoded again by each: medians of seconds for all of them, and their size.

    No page's result outlives it and the collector is off: both would slow `json.loads` alone.
    """
    rivals = {
        "json": partial(_each, lambda answer: json.loads(answer.body), answers),
        "wire": partial(_each, lambda answer: _WIRE.decode(answer.body), answers),
        "nouns": partial(_each, lambda answer: reader.KnownUsers().read(answer), answers),
    }
    with collector_off():
        spent = medians(rivals, 9)
    return spent | {"kept_bytes": sum(len(answer.body) for answer in answers)}


def _each(decoding, answers):
    for answer in answers:
        decoding(answer)


if __name__ == "__main__":
    spent = main(sys.argv[1], sys.argv[2], Size(*map(int, sys.argv[3:6])))
    sys.stdout.write(json.dumps(spent))
