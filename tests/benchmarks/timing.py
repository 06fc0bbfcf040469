"""Time on a shared machine: rivals take turns, and each is worth its median.

The processor time of this process is the steadier clock; the time of day is for other processes.
"""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from time import process_time

__all__ = ["collector_off", "medians"]


def medians(
    rivals: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[], float] = process_time,
) -> dict[str, float]:
    """Each rival's median seconds over so many rounds, in which every rival runs once."""
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, run in rivals.items():
            gc.collect()
            start = clock()
            result = run()
            seconds[name].append(clock() - start)
            del result  # between the rivals' turns, on nobody's clock
    return {name: median(times) for name, times in seconds.items()}


@contextmanager
def collector_off() -> Iterator[None]:
    """No rival pays for the cyclic collector, as the product's loader does not."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
