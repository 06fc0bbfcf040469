"""Whether one run's file is what was written: no line altered, gone, repeated, moved or added."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from reconciler.evidence.line_format import Record, RunFile, is_finished
from reconciler.evidence.records import Event
from reconciler.model.evidence import Fault

__all__ = ["find_faults"]

_Placed = tuple[int, Record]


def find_faults(file: RunFile) -> Iterator[Fault]:
    """Everything that the file alone shows."""
    if not file.lines and not file.rest:
        yield Fault(code="file-empty", file=file.path, summary="a run's file without a line")
        return
    yield from _find_unreadable(file)
    placed = [(line.number, line.record) for line in file.lines if line.record]
    first_at = {record.hash: number for number, record in reversed(placed)}
    yield from _find_repeated(file, placed, first_at)
    kept = [(number, record) for number, record in placed if first_at[record.hash] == number]
    yield from _find_moved(file, kept)
    ordered = sorted(kept, key=lambda one: one[1].seq)
    yield from _find_wrong_beginning(file, ordered)
    for earlier, later in pairwise(ordered):
        yield from _find_gap(file, earlier, later)
    yield from _find_wrong_ending(file, ordered)


def _find_unreadable(file: RunFile) -> Iterator[Fault]:
    for line in file.lines:
        if line.record is None:
            altered = "these are not the bytes that were written"
            yield _fault(file, "line-altered", altered, line.number)
        elif not line.record.is_readable:
            yield _fault(
                file, "line-malformed", "this version cannot read what it says", line.number
            )


def _find_repeated(
    file: RunFile, placed: Sequence[_Placed], first_at: Mapping[str, int]
) -> Iterator[Fault]:
    for number, record in placed:
        if first_at[record.hash] != number:
            again = f"line {first_at[record.hash]} stands here once more"
            yield _fault(file, "line-repeated", again, number)


def _find_moved(file: RunFile, kept: Sequence[_Placed]) -> Iterator[Fault]:
    highest = 0
    for number, record in kept:
        if record.seq < highest:
            behind = f"number {record.seq} of the chain stands behind number {highest}"
            yield _fault(file, "line-moved", behind, number)
        highest = max(highest, record.seq)


def _find_wrong_beginning(file: RunFile, ordered: Sequence[_Placed]) -> Iterator[Fault]:
    """A run's first line says which run it is; without it the lines belong to none."""
    is_altered = bool(file.lines) and file.lines[0].record is None
    if not ordered or ordered[0][1].event != Event.RUN_STARTED.value:
        if not is_altered:
            yield _fault(file, "line-missing", "the line that starts the run is missing", 1)
        return
    for number, record in ordered:
        if record.run != file.run:
            yield _fault(file, "line-foreign", "this line belongs to another run's file", number)


def _find_gap(file: RunFile, earlier: _Placed, later: _Placed) -> Iterator[Fault]:
    """What is missing between two lines that should be neighbours."""
    low, high = sorted((earlier[0], later[0]))
    altered = sum(1 for line in file.lines if line.record is None and low < line.number < high)
    gone = later[1].seq - earlier[1].seq - 1 - altered
    if gone > 0:
        lines = "1 line is" if gone == 1 else f"{gone} lines are"
        yield _fault(file, "line-missing", f"{lines} missing before this one", later[0])
    is_neighbour = later[1].seq - earlier[1].seq <= 1
    if is_neighbour and later[1].previous != earlier[1].hash:
        yield _fault(
            file, "line-foreign", "this line was not written after the one before it", later[0]
        )


def _find_wrong_ending(file: RunFile, ordered: Sequence[_Placed]) -> Iterator[Fault]:
    """A run that was killed has no end, and may leave a line half written: no error."""
    ends = [place for place, (_, r) in enumerate(ordered) if r.event == Event.RUN_ENDED.value]
    for number, _ in ordered[ends[0] + 1 :] if ends else ():
        yield _fault(file, "line-after-end", "the run had ended before this line", number)
    if file.rest:
        number = len(file.lines) + 1
        if ends or is_finished(file.rest):
            altered = f"{len(file.rest)} bytes follow where no line was being written"
            yield _fault(file, "line-altered", altered, number)
        else:
            torn = f"a line of which only {len(file.rest)} bytes were written: the run was killed"
            yield _fault(file, "end-torn", torn, number, is_error=False)
    is_last_altered = bool(file.lines) and file.lines[-1].record is None
    if not ends and not is_last_altered:
        unended = "the run has no end: it was killed, or is still going on"
        yield _fault(file, "run-unended", unended, is_error=False)


def _fault(
    file: RunFile, code: str, summary: str, line: int | None = None, *, is_error: bool = True
) -> Fault:
    return Fault(code=code, file=file.path, line=line, summary=summary, is_error=is_error)
