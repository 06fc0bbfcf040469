"""Rate limits: which requests share a bucket, and what is left in it.

A window lasts a minute from its first request, not from the full minute (Okta: documented).
The request that empties a bucket is still answered (Okta: recorded).
"""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

RateLimit: TypeAlias = Literal["okta", "off"] | int
"""Okta's own numbers, none, or so many requests a minute in every bucket."""


def parse_rate_limit(text: str) -> RateLimit:
    """The setting as it was before it was stored."""
    if text == "okta":
        return "okta"
    return "off" if text == "off" else int(text)


WINDOW_S: Final = 60
_UNLIMITED: Final = 1_000_000
_ORG: Final = "(org)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Requests that are counted together, and how many a Workforce org allows a minute."""

    name: str
    per_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What the rate limit headers of one answer say."""

    limit: int
    remaining: int
    reset: int
    is_exceeded: bool = False


# The first that fits counts (Okta: recorded): group lists, member lists, membership writes and
# rules share one bucket, a single group has its own. The numbers are a Workforce org's.
_BUCKETS: Final = tuple(
    (
        re.compile(f"(?:{shape}) /{path}", re.DOTALL),  # a path may hold a line end
        Bucket(name=name, per_minute=per_minute),
    )
    for shape, path, name, per_minute in (
        ("[A-Z]+", "api/v1/groups/(?!rules$)[^/]+", "group", 1000),
        ("[A-Z]+", "api/v1/groups(?:/.*)?", "groups", 500),
        ("[A-Z]+", "api/v1/users", "users", 600),
        ("GET|HEAD", "api/v1/users/[^/]+", "user-read", 2000),
        ("[A-Z]+", "api/v1/users/[^/]+(?:/lifecycle/.*)?", "user-write", 600),
        ("[A-Z]+", "api/v1/apps/[^/]+", "app", 500),
        ("[A-Z]+", "api/v1/apps(?:/.*)?", "apps", 100),
        ("[A-Z]+", "api/v1/logs", "logs", 120),
        ("[A-Z]+", "oauth2/v1/token", "token", 2000),
        ("[A-Z]+", "oauth2/v1/clients(?:/.*)?", "clients", 100),
        ("[A-Z]+", ".*", "other", 1200),
    )
)


def bucket_of(method: str, path: str) -> Bucket:
    """The bucket of a request."""
    request = f"{method} {path}"
    return next(bucket for shape, bucket in _BUCKETS if shape.fullmatch(request))


class Limits:
    """The windows of every token, in memory: a process that starts again starts afresh."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], tuple[int, int]] = {}

    def clear(self) -> None:
        """Every bucket is full."""
        self._windows.clear()

    def count_request(
        self, token: str, bucket: Bucket, setting: RateLimit, now: float, share: int = 50
    ) -> Allowance:
        """One request is counted, for the token and, with Okta's numbers, for the whole org.

        A token has its share of the org's limit, half of it unless an admin says otherwise
        (Okta: recorded). A number for every bucket is what each token has, whatever its share.
        """
        limit = _limit_of(bucket, setting, share)
        own, all_of_them = (token, bucket.name), (_ORG, bucket.name)
        start, used = self._window(own, now)
        org_start, org_used = self._window(all_of_them, now)
        org_limit = bucket.per_minute if setting == "okta" else _UNLIMITED
        is_exceeded = setting != "off" and (used >= limit or org_used >= org_limit)
        is_org = org_limit - org_used < limit - used
        self._windows[own] = (start, used + (not is_exceeded))
        self._windows[all_of_them] = (org_start, org_used + (not is_exceeded))
        left = limit if setting == "off" else min(limit - used, org_limit - org_used)
        return Allowance(
            limit=limit,
            remaining=left - (not is_exceeded),
            reset=(org_start if is_org else start) + WINDOW_S,
            is_exceeded=is_exceeded,
        )

    def _window(self, key: tuple[str, str], now: float) -> tuple[int, int]:
        """When the window began, and how many requests were counted in it."""
        start, used = self._windows.get(key, (int(now), 0))
        return (start, used) if start <= now < start + WINDOW_S else (int(now), 0)


def _limit_of(bucket: Bucket, setting: RateLimit, share: int) -> int:
    match setting:
        case "okta":
            return bucket.per_minute * share // 100
        case "off":
            return _UNLIMITED
        case _:
            return setting
