"""How far a run is, in one line that fits the terminal. Pure: the time is a parameter."""

from dataclasses import dataclass, field

from reconciler.render.document import count
from reconciler.render.formats.escape import escape

__all__ = ["State", "progress_line"]

_MINUTE_S, _HOUR_S = 60, 3600
_SETTLED_S = 3.0
"""Before this an estimate would jump about."""


_MINUTE_S, _HOUR_S = 60, 3600


@dataclass(slots=True, kw_only=True)
class State:
    """How far a run is. `total` is of groups or of lines; 0 where that is unknown."""

    verb: str
    noun: str
    total: int = 0
    done: int = 0
    requests: int = 0
    waits: dict[str, float] = field(default_factory=dict)
    """By the limit that is awaited: the second of the run at which the wait ends."""


def progress_line(state: State, elapsed_s: float, columns: int) -> str:
    """As many whole parts as the columns hold, the most telling first; one column stays free."""
    line = escape(f"{state.verb}: ")
    separator = ""
    for part in _parts(state, elapsed_s):
        if len(line) + len(separator) + len(part) < columns:
            line += separator + part
            separator = ", "
    return line.rstrip(": ")[: max(columns - 1, 0)]


def _parts(state: State, elapsed_s: float) -> list[str]:
    parts = [_wait_part(state, elapsed_s)]
    if state.total:
        parts.append(f"{state.done:,} of {count(state.total, state.noun)}")
    parts += [_time_left(state, elapsed_s), count(state.requests, "request"), _duration(elapsed_s)]
    return [part for part in parts if part]


def _wait_part(state: State, elapsed_s: float) -> str:
    """The longest wait under way."""
    ends = {bucket: end for bucket, end in state.waits.items() if end > elapsed_s}
    if not ends:
        return ""
    bucket = max(ends, key=lambda each: ends[each])
    return f"waiting {_duration(ends[bucket] - elapsed_s)} for {escape(bucket)}"


def _time_left(state: State, elapsed_s: float) -> str:
    """As long for each that is left as for each that is done."""
    if elapsed_s < _SETTLED_S or not 0 < state.done < state.total:
        return ""
    left_s = elapsed_s * (state.total - state.done) / state.done
    return f"about {_duration(left_s)} left"


def _duration(seconds: float) -> str:
    whole = max(round(seconds), 0)
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s"
    return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S} min"
