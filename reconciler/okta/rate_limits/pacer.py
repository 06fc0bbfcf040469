"""Keeps a run to its share of Okta's rate limits, and leaves the rest to other clients.

Budgets are per bucket and come from the answers' headers alone. A request that has to wait does so
here, before the request is sent; that is no retry and is not counted as one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import httpx

from reconciler.model.errors import ConnectorError
from reconciler.okta.observers import Progress
from reconciler.okta.rate_limits.budget import Budget, Ticket, Verdict, Wait
from reconciler.okta.rate_limits.headers import (
    RateLimit,
    bucket_of,
    read_rate_limits,
    seconds_to_reset,
    seconds_to_wait,
    strictest_limit,
)

__all__ = ["Concurrency", "SharedPacer"]

_MARGIN_S = 0.5
"""Okta's clocks are not all one."""
_LEAST_SLEEP_S = 0.01

_ANSWERS_PER_PLACE = 16
"""Answers per place, all of them well, before one more place is tried."""
_MOST_REFUSALS = 5
"""Refusals in a row, for each place there may be, before it is no use for a while."""
_A_WHILE_S = 60.0


@dataclass(slots=True)
class _Lane:
    """One bucket, and the lock of the next request: first come, first served."""

    bucket: str
    budget: Budget
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request on the wire."""

    lane: _Lane
    ticket: Ticket
    round: int


class SharedPacer:
    """The pace of one sender. `share` is percent of each bucket, 1 to 100."""

    def __init__(
        self,
        *,
        share: int,
        concurrency: int,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        jitter: Callable[[], float],
        progress: Progress,
    ) -> None:
        self._share = share
        self._concurrency = Concurrency(concurrency)
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._progress = progress
        self._lanes: dict[str, _Lane] = {}
        self._sent: dict[int, _Sent] = {}
        self._answer_arrived = asyncio.Event()

    async def before(self, request: httpx.Request) -> None:
        """The bucket, and the org, have room for one more request.

        Raises `ConnectorError` (`rate-limited`) where Okta has refused again and again.
        """
        lane = self._lane(request)
        async with lane.turn:
            while (wait := self._find_wait(lane)) is not None:
                await self._wait(lane, wait)
            sent = _Sent(lane, lane.budget.take_ticket(), self._concurrency.begin())
            self._sent[id(request)] = sent

    async def after(self, request: httpx.Request, response: httpx.Response) -> None:
        """What the answer says of the bucket counts for all waiting requests."""
        sent = self._sent.pop(id(request), None)
        if sent is None:
            return
        limits = read_rate_limits(response.headers.multi_items())
        is_refused = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        is_crowded = is_refused and any(limit.is_concurrency for limit in limits)
        if is_crowded:
            self._concurrency.note_refusal(sent.round, self._clock().timestamp())
        else:
            self._concurrency.note_answer(sent.round)
        if is_refused and not is_crowded:
            self._note_refusal(sent, response)
        else:
            self._learn(sent, response, [limit for limit in limits if limit.limit > 0])
        self._wake_waiting()

    def note_loss(self, request: httpx.Request) -> None:
        """No answer came."""
        sent = self._sent.pop(id(request), None)
        if sent is not None:
            self._concurrency.note_loss()
            sent.lane.budget.note_loss(sent.ticket)
            self._wake_waiting()

    def _lane(self, request: httpx.Request) -> _Lane:
        bucket = bucket_of(request.method, request.url.path)
        return self._lanes.setdefault(bucket, _Lane(bucket, Budget(self._share)))

    def _find_wait(self, lane: _Lane) -> Wait | None:
        """What the next request of the lane waits for, None when it may go."""
        now = self._clock().timestamp()
        verdict = lane.budget.judge(now)
        if verdict is Verdict.GIVE_UP or self._concurrency.is_hopeless(now):
            raise _rate_limited_error(lane)
        if isinstance(verdict, Wait):
            return verdict
        return None if self._concurrency.has_room else Wait(None)

    async def _wait(self, lane: _Lane, wait: Wait) -> None:
        if wait.seconds is None:
            await self._answer_arrived.wait()
        else:
            self._progress.waiting(wait.seconds, lane.bucket)
            await self._sleep(max(wait.seconds, _LEAST_SLEEP_S))

    def _note_refusal(self, sent: _Sent, response: httpx.Response) -> None:
        budget, headers = sent.lane.budget, response.headers
        limit = strictest_limit(headers.multi_items())
        date, asked = headers.get("date", ""), headers.get("retry-after", "")
        wait_s = (
            seconds_to_wait(limit, date, self._clock(), budget.refusals + 1, asked) + self._jitter()
        )
        budget.note_refusal(sent.ticket, self._clock().timestamp(), wait_s)

    def _learn(self, sent: _Sent, response: httpx.Response, limits: Sequence[RateLimit]) -> None:
        """A page of a proxy, or of an Okta in trouble, says nothing of limits."""
        budget, now = sent.lane.budget, self._clock()
        if limits:
            limit = budget.strictest(limits)
            opens_in = seconds_to_reset(limit, response.headers.get("date", ""), now)
            opens_in += _MARGIN_S + self._jitter()
            budget.note_limits(sent.ticket, limit, now.timestamp(), opens_in)
        elif response.is_success:
            budget.note_no_limits(sent.ticket)
        else:
            budget.note_loss(sent.ticket)

    def _wake_waiting(self) -> None:
        """Each request that waits for an answer looks again."""
        self._answer_arrived.set()
        self._answer_arrived = asyncio.Event()


def _rate_limited_error(lane: _Lane) -> ConnectorError:
    return ConnectorError(
        "rate-limited",
        f"Okta refused again and again with 429 ({lane.bucket}), so nothing more was sent",
        "something else uses this org's limit; run again later",
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )


class Concurrency:
    """The places on the wire: `most` at first and at most, one at least."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._in_flight = 0
        self._round = 0
        self._calm = 0
        self._refusals = 0
        self._refused_at = 0.0
        self.places = most

    @property
    def has_room(self) -> bool:
        """Whether one more request finds a place."""
        return self._in_flight < self.places

    def is_hopeless(self, now: float) -> bool:
        """Whether nothing but refusals came lately; `now` in seconds of the caller's clock."""
        is_recent = abs(now - self._refused_at) < _A_WHILE_S
        return is_recent and self._refusals >= _MOST_REFUSALS * self._most

    def begin(self) -> int:
        """A request takes a place; the round that is returned says after which refusal."""
        self._in_flight += 1
        return self._round

    def note_answer(self, begun_in: int) -> None:
        """The place is free, and was one of those that there are."""
        self.note_loss()
        self._refusals = 0
        self._calm += 1
        is_calm = begun_in == self._round and self._calm >= _ANSWERS_PER_PLACE * self.places
        if is_calm and self.places < self._most:
            self._calm = 0
            self.places += 1

    def note_refusal(self, begun_in: int, now: float) -> None:
        """There was no such place. Those that were refused together halve the places once."""
        self.note_loss()
        self._refusals, self._refused_at = self._refusals + 1, now
        if begun_in == self._round:
            self._round += 1
            self._calm = 0
            self.places = max(1, self.places // 2)

    def note_loss(self) -> None:
        """The place is free, and no answer says whether there was one."""
        self._in_flight -= 1
