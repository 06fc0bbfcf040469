"""What Okta's rate limit headers say. Pure: the time is a parameter.

Limits differ per org and per token, so budgets come from these headers and never from tables
(Okta: rate limits).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = [
    "LONGEST_WAIT_S",
    "RateLimit",
    "bucket_of",
    "parse_http_date",
    "parse_retry_after",
    "read_rate_limits",
    "seconds_to_reset",
    "seconds_to_wait",
    "strictest_limit",
]

LONGEST_WAIT_S = 90.0
_MARGIN_S = 1.0
_LATEST_EPOCH = 253_402_300_799  # the last second that a datetime can hold
_NUMBER = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """One bucket's window: what it holds, what is left of it, when it is full again."""

    limit: int
    remaining: int
    reset_at: datetime

    @property
    def is_concurrency(self) -> bool:
        """Whether too many requests ran at once: Okta then says a limit of zero."""
        return self.limit == 0 and self.remaining == 0


def strictest_limit(headers: Iterable[tuple[str, str]]) -> RateLimit | None:
    """The strictest reading of the headers, None where they are missing or damaged.

    When several limits apply Okta repeats the headers: the earliest reset and the lowest figures
    count.
    """
    limits, remaining, resets = _figures(headers)
    if not (limits and remaining and resets):
        return None
    return _limit(min(limits), min(remaining), min(resets))


def read_rate_limits(headers: Iterable[tuple[str, str]]) -> tuple[RateLimit, ...]:
    """Every limit that the headers name; the strictest reading where they do not pair up."""
    pairs = tuple(headers)
    limits, remaining, resets = _figures(pairs)
    if len(limits) == len(remaining) == len(resets):
        return tuple(map(_limit, limits, remaining, resets))
    strictest = strictest_limit(pairs)
    return (strictest,) if strictest else ()


def seconds_to_wait(
    rate_limit: RateLimit | None,
    date_header: str,
    now: datetime,
    attempt: int,
    retry_after: str = "",
) -> float:
    """Seconds until the next try after a 429, between 0 and 90, and never less than it asks for.

    The reset is compared with Okta's own clock (`Date`), ours where that is missing. One that has
    passed says nothing: further tries then spread over a whole window. Too many at once, or no
    headers at all, backs off by the number of the attempt: there the reset is an estimate.
    """
    asked_s = parse_retry_after(retry_after, date_header, now)
    if rate_limit is None or rate_limit.is_concurrency:
        wait_s = 2.0 ** min(attempt - 1, 10)
    elif (to_reset_s := _to_reset(rate_limit, date_header, now)) > 0:
        wait_s = to_reset_s + _MARGIN_S
    else:
        wait_s = 4.0 ** min(attempt - 1, 10)
    return float(min(max(wait_s, asked_s), LONGEST_WAIT_S))


def parse_retry_after(header: str, date_header: str, now: datetime) -> float:
    """Seconds that a `Retry-After` asks for, as a number or a date; 0 where it asks for nothing."""
    text = header.strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    until = parse_http_date(text)
    if until is None:
        return 0.0
    return max((until - (parse_http_date(date_header) or now)).total_seconds(), 0.0)


def seconds_to_reset(rate_limit: RateLimit, date_header: str, now: datetime) -> float:
    """Seconds until the window is over by Okta's own clock, between 0 and 90."""
    return min(max(_to_reset(rate_limit, date_header, now), 0.0), LONGEST_WAIT_S)


def bucket_of(method: str, path: str) -> str:
    """The bucket that pays for a request, as recorded counters move together.

    Lists of groups, members and rules and every membership write share one; a single group or user
    read by id has its own.
    """
    segments = path.strip("/").split("/")
    family, rest = "/" + "/".join(segments[:3]), segments[3:]
    if segments[:2] != ["api", "v1"]:
        return path
    if family == "/api/v1/groups" and len(rest) == 1 and rest != ["rules"]:
        return f"{family}/{{id}}"
    if family == "/api/v1/users" and rest:
        return _user_bucket(method, rest)
    return family


def _user_bucket(method: str, rest: Sequence[str]) -> str:
    verb = "GET" if method == "GET" else "write"
    return f"/api/v1/users/{{id}} {verb}" if len(rest) == 1 or verb == "write" else "/api/v1/*"


def _to_reset(rate_limit: RateLimit, date_header: str, now: datetime) -> float:
    return (rate_limit.reset_at - (parse_http_date(date_header) or now)).total_seconds()


def _figures(headers: Iterable[tuple[str, str]]) -> tuple[list[int], list[int], list[int]]:
    """Limits, what remains of them, and resets, each in the order of the headers."""
    figures: dict[str, list[int]] = {}
    for name, value in headers:
        key = name.lower().removeprefix("x-rate-limit-")
        if key != name.lower():
            figures.setdefault(key, []).extend(_numbers(value))
    return figures.get("limit", []), figures.get("remaining", []), figures.get("reset", [])


def _limit(limit: int, remaining: int, reset: int) -> RateLimit:
    reset_at = datetime.fromtimestamp(min(reset, _LATEST_EPOCH), tz=UTC)
    return RateLimit(limit=limit, remaining=remaining, reset_at=reset_at)


def _numbers(value: str) -> list[int]:
    """The figures in a header: one, or several joined by commas."""
    parts = [part.strip() for part in value.split(",")]
    return [int(part) for part in parts if _NUMBER.fullmatch(part)]


def parse_http_date(header: str) -> datetime | None:
    """The instant in a `Date` header; None where it says none."""
    try:
        instant = parsedate_to_datetime(header)
    except (TypeError, ValueError, OverflowError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
