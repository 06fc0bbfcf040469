"""The wall clock, read in this one place; everything below takes an instant as a value."""

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from reconciler.model.errors import UsageError
from reconciler.model.validity import day_start

__all__ = ["parse_duration", "parse_instant", "stopwatch", "wall_clock"]

_DURATION = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(tz=UTC)  # noqa: TID251 - here and nowhere else


def stopwatch() -> Callable[[], float]:
    """A function that returns the seconds since now, whatever happens to the wall clock."""
    start = time.monotonic()
    return lambda: time.monotonic() - start


def parse_instant(text: str) -> datetime:
    """`2026-12-01` (its first instant, UTC) or an RFC 3339 instant with its zone."""
    try:
        if len(text) == len("2026-12-01"):
            return day_start(date.fromisoformat(text))
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise _bad_instant(text)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _bad_instant(text) from error


def _bad_instant(text: str) -> UsageError:
    return UsageError(
        "as-of-invalid",
        f"{text!r} is no instant with a zone",
        "write 2026-12-01, or 2026-12-01T09:00:00Z",
    )


def parse_duration(text: str) -> timedelta:
    """`26h`, `90m` or `2d`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise UsageError("duration-invalid", f"{text!r} is no duration", "write 26h, 90m or 2d")
    return int(found.group(1)) * _UNITS[found.group(2)]
