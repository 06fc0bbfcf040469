"""What a big apply takes of Okta's limits, and how long: paced, and as a naive client does it.

The sandbox has Okta's limits and windows, and time is virtual: hours take seconds. Every request
takes a fifth of a second. The naive client sends at once and waits where it is refused, with the
same retries. What is allowed is the share of the token's limit, in every minute; the floor is the
time that no client within it can beat. Figures are of the bucket that the writes share with the
read-back.
"""

import asyncio
from dataclasses import dataclass, field
from math import ceil

import httpx

from reconciler.cli.session.connection import add_pacing
from reconciler.execution.executor import Orders
from reconciler.model.ids import RunId
from reconciler.model.outcome import Outcome, Prepared
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.rate_limits.budget import DEFAULT_SHARE
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.sandbox import Sandbox
from reconciler.workflows.carry_out import Run, carry_out
from tests.benchmarks.company import Size, catalog_of, plan_of, world_of
from tests.benchmarks.table import Row
from tests.support.virtual_time import passed, run_virtually

__all__ = ["rows"]

_BASE = "https://acme.okta.com"
_LATENCY_S = 0.2
_WINDOW_S = 60
_LEAST_USED = 0.95


def rows(*, quick: bool):
    """The figures of one apply, beside the naive client's."""
    changes = 300 if quick else 5000
    polite = run_virtually(_spent(changes, share=DEFAULT_SHARE))
    naive = run_virtually(_spent(changes, share=None))
    name = f"pacing: {changes:,} changes"
    yield Row(
        f"{name}: 429s",
        f"{polite.refusals:,}",
        f"naive {naive.refusals:,}",
        "-",
        "0",
        polite.refusals == 0,
    )
    used, others = polite.used, naive.used
    yield Row(
        f"{name}: allowed budget used",
        f"{used:.1%}",
        f"naive {others:.0%}",
        f"{used:.2f}",
        ">= 0.95, <= 1",
        _LEAST_USED <= used <= 1,
    )
    kept = 1 - polite.allowed / polite.limit
    yield Row(
        f"{name}: always left for others",
        f"{polite.left:.0%}",
        f"naive {naive.left:.0%}",
        "-",
        f">= {kept:.0%}",
        polite.left >= kept,
    )
    yield Row(
        f"{name}: time, {_LATENCY_S} s a request",
        f"{polite.minutes:.1f} min",
        f"floor {polite.floor:.1f}, naive {naive.minutes:.1f} min",
        f"{polite.minutes / polite.floor:.2f}x" if polite.floor else "-",
    )


@dataclass
class _Meter(httpx.AsyncBaseTransport):
    """Counts what the answers say of the bucket of membership writes, by window."""

    inner: httpx.AsyncBaseTransport
    refusals: int = 0
    limit: int = 0
    lowest: int = 10**9
    began_at: dict[int, float] = field(default_factory=dict)
    requests: dict[int, int] = field(default_factory=dict)
    ended_at: float = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The org's answer, as long after the request as a network takes."""
        await asyncio.sleep(_LATENCY_S / 2)
        response = await self.inner.handle_async_request(request)
        self._count(request, response)
        await asyncio.sleep(_LATENCY_S / 2)
        return response

    def _count(self, request: httpx.Request, response: httpx.Response) -> None:
        self.refusals += response.status_code == httpx.codes.TOO_MANY_REQUESTS
        if not request.url.path.startswith("/api/v1/groups/"):
            return
        self.ended_at = passed()
        reset = int(response.headers["x-rate-limit-reset"])
        self.began_at.setdefault(reset, passed())
        self.requests[reset] = self.requests.get(reset, 0) + response.is_success
        self.limit = int(response.headers["x-rate-limit-limit"])
        self.lowest = min(self.lowest, int(response.headers["x-rate-limit-remaining"]))

    @property
    def allowed(self) -> int:
        """Requests that the default share allows in a window."""
        return self.limit * DEFAULT_SHARE // 100

    @property
    def left(self) -> float:
        """The part of the limit that was left at every moment."""
        return self.lowest / self.limit

    @property
    def used(self) -> float:
        """What was used of the allowed budget until the last window began, which is cut short."""
        first, *_, last = sorted(self.requests)
        sent = sum(number for reset, number in self.requests.items() if reset != last)
        return sent / self.allowed / ((self.began_at[last] - self.began_at[first]) / _WINDOW_S)

    @property
    def minutes(self) -> float:
        """From the first request of the bucket to the last."""
        return (self.ended_at - min(self.began_at.values())) / 60

    @property
    def floor(self) -> float:
        """Minutes until the last window that is needed may begin."""
        return (ceil(sum(self.requests.values()) / self.allowed) - 1) * _WINDOW_S / 60


async def _spent(changes: int, share: int | None) -> _Meter:
    """What an apply of so many additions did to the limits; without a share, naively."""
    world = world_of(Size(groups=2, members=10, users=changes * 5 // 4 + 100))
    inside = {login for group in world.groups for login in group.members}
    newcomers = [u.login for u in world.users if u.login not in inside and not u.roles]
    catalog = catalog_of(world, newcomers)
    with Sandbox.open(None, world=world, wall=passed) as sandbox:
        plan = await plan_of(catalog, _BASE, sandbox.token(), sandbox.transport())
        await asyncio.sleep(_WINDOW_S)
        meter = _Meter(sandbox.transport())
        groups = WriteAllowlist([each.group.id for each in plan.groups])
        origin, signer = OrgUrl.parse(_BASE, pinned_host=None), SswsAuth(sandbox.token())
        options = SenderOptions(clock=sandbox.now)
        options = options if share is None else add_pacing(options, share)
        async with Sender(origin, signer, options, writes=groups, transport=meter) as sender:
            prepared = Prepared(plan=plan, reviewed_digest="", changes=plan.changes[:changes])
            result = await carry_out(prepared, _run(sandbox, sender))
    if len(result.lines) != changes or {n.outcome for n in result.lines} != {Outcome.VERIFIED}:
        raise AssertionError("not every change was carried out and seen")
    return meter


def _run(sandbox: Sandbox, sender: Sender) -> Run:
    return Run(
        id=RunId("benchmark"),
        writer=OktaWriter(sender),
        reader=OktaReader(sender),
        journal=_Unrecorded(),
        clock=sandbox.now,
        sleep=asyncio.sleep,
        orders=lambda lines: Orders(changes=lines),
    )


class _Unrecorded:
    """A journal that takes no time."""

    def record_started(self, prepared):
        """Nothing is kept."""

    def record_begun(self, write):
        """Nothing is kept."""

    def record_answered(self, write, result):
        """Nothing is kept."""

    def record_ended(self, result):
        """Nothing is kept."""
