"""The one place that sends: retry, then authentication, then pacing, then the wire."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self

import httpx
import msgspec

import reconciler
from reconciler.model.directory import ReadCount
from reconciler.model.errors import ConnectorError, EndingError
from reconciler.model.ids import RunId
from reconciler.okta import fault, retry
from reconciler.okta.allowlist import Allowed
from reconciler.okta.answer import Answer
from reconciler.okta.auth import Signer
from reconciler.okta.body import read_whole
from reconciler.okta.errors import error_of
from reconciler.okta.events import NoPace, Pace, Progress, Silent
from reconciler.okta.origin import OrgUrl
from reconciler.okta.ratelimit import bucket_of, rate_limit_of, wait_for
from reconciler.okta.redact import Redactor
from reconciler.okta.transport import Wire

__all__ = ["AGENT", "Conduct", "Sender"]

AGENT = "reconciler/"
"""How this tool calls itself in every request, before its version."""

_TIMEOUT_S = 30.0
_NO_RUN = RunId("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How a sender behaves: time and chance, how much at once, and who watches.

    `sleep` may raise `EndingError` instead of waiting.
    """

    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    concurrency: int = 8
    run: RunId = _NO_RUN
    pace: Pace = field(default_factory=NoPace)
    progress: Progress = field(default_factory=Silent)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One request as meant, however often it is sent."""

    method: str
    url: httpx.URL
    content: bytes | None
    signed: bool


class Sender:
    """Sends requests to one org. Without `writes` it can only read.

    `transport` is for answering in process; without it the org is reached over the network. A
    sender is closed after use, best by `async with`.
    """

    def __init__(
        self,
        origin: OrgUrl,
        signer: Signer | None,
        conduct: Conduct,
        *,
        writes: Allowed | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.origin = origin
        self.writes = writes
        self.pages = 0
        self.has_answered = False
        self._signer = signer
        self._redactor = Redactor(signer.secrets if signer else ())
        self._conduct = conduct
        self._slots = asyncio.Semaphore(conduct.concurrency)
        self._wire = Wire(
            transport if transport is not None else _network(conduct.concurrency),
            base=origin.base,
            writes=writes,
            pace=conduct.pace,
            progress=conduct.progress,
        )
        self._client = _client(self._wire, conduct.run)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """The connections are closed."""
        await self._client.aclose()

    @property
    def reads(self) -> ReadCount:
        """Requests that left, retries included, and list pages that were read."""
        return ReadCount(calls=self._wire.calls, pages=self.pages)

    @property
    def now(self) -> datetime:
        """The instant by the clock that all requests are timed by."""
        return self._conduct.clock()

    def page_read(self, path: str, items: int) -> None:
        """One more page of a list was read whole."""
        self.pages += 1
        self._conduct.progress.page_read(path, items)

    def url(self, path: str, params: Mapping[str, str] | None = None) -> httpx.URL:
        """The address of a path in this org."""
        return httpx.URL(self.origin.base + path, params=params)

    async def get(self, url: httpx.URL, *, signed: bool = True) -> Answer:
        """The successful answer to a read; everything else is raised."""
        return await self._send(_Call(method="GET", url=url, content=None, signed=signed))

    async def write(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> Answer:
        """The successful answer to a write on the allow-list; everything else is raised."""
        content = None if body is None else msgspec.json.encode(body)
        call = _Call(method=method, url=self.url(path), content=content, signed=True)
        return await self._send(call)

    async def _send(self, call: _Call) -> Answer:
        """A slot is held while waiting too: a limited org is asked less at once."""
        async with self._slots:
            number, waited_s, first_id = 1, 0.0, ""
            outcome = await self._attempt(call, {})
            while not (isinstance(outcome, Answer) and outcome.is_success):
                if isinstance(outcome, Answer):
                    first_id = first_id or outcome.request_id
                jitter = self._conduct.jitter()
                attempt = retry.Attempt(number=number, waited_s=waited_s, jitter=jitter)
                verdict = retry.decide(call.method, attempt, self._failure(outcome, number))
                if isinstance(verdict, retry.GiveUp):
                    raise self._error(outcome)
                number, waited_s = number + 1, waited_s + verdict.delay_s
                try:
                    await self._wait(call, verdict.delay_s)
                    outcome = await self._attempt(call, _retry_headers(number, first_id))
                except EndingError as ending:
                    raise self._ended(outcome, ending) from None
            return outcome

    def _ended(self, outcome: Answer | fault.Failure, ending: EndingError) -> ConnectorError:
        """What is left to say of a request that was sent and may not be repeated any more."""
        was_unread = getattr(outcome, "status", None) == HTTPStatus.TOO_MANY_REQUESTS
        return ending if was_unread else self._error(outcome)

    async def _attempt(self, call: _Call, headers: Mapping[str, str]) -> Answer | fault.Failure:
        """One try, newly built and newly signed."""
        request = self._client.build_request(
            call.method, call.url, content=call.content, headers=headers
        )
        if call.content is not None:
            request.headers["Content-Type"] = "application/json"
        auth = self._signer if call.signed else None
        try:
            response = await self._client.send(request, auth=auth, stream=True)
        except httpx.TransportError as error:
            return fault.of_sending(request, error)
        self.has_answered = True
        return await read_whole(request, response)

    def _failure(self, outcome: Answer | fault.Failure, number: int) -> retry.Refused | retry.Fault:
        if not isinstance(outcome, Answer):
            return outcome.kind
        if outcome.status != HTTPStatus.TOO_MANY_REQUESTS:
            return retry.Refused(status=outcome.status)
        limit = rate_limit_of(outcome.headers.multi_items())
        date = outcome.headers.get("date", "")
        wait_s = wait_for(limit, date, self._conduct.clock(), number)
        return retry.Refused(status=outcome.status, wait_s=wait_s)

    def _error(self, outcome: Answer | fault.Failure) -> ConnectorError:
        """What went wrong; a proxy that quotes our credential back is not quoted further."""
        error = error_of(outcome) if isinstance(outcome, Answer) else outcome.error
        error.message = self._redactor.clean(error.message)
        error.args = (error.message,)
        return error

    async def _wait(self, call: _Call, delay_s: float) -> None:
        self._conduct.progress.waiting(delay_s, bucket_of(call.method, call.url.path))
        await self._conduct.sleep(delay_s)


def _retry_headers(number: int, first_id: str) -> dict[str, str]:
    """What Okta's own SDK says on a retry, so that support can join the attempts."""
    if number == 1:
        return {}
    headers = {"X-Okta-Retry-Count": str(number - 1)}
    return {**headers, "X-Okta-Retry-For": first_id} if first_id.isascii() and first_id else headers


def _network(concurrency: int) -> httpx.AsyncBaseTransport:
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    return httpx.AsyncHTTPTransport(trust_env=False, http1=True, http2=False, limits=limits)


def _client(wire: Wire, run: RunId) -> httpx.AsyncClient:
    """A client that keeps no cookies (sticky sessions), and takes nothing from the environment."""
    return httpx.AsyncClient(
        transport=wire,
        timeout=_TIMEOUT_S,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={
            "Accept": "application/json",
            "User-Agent": f"{AGENT}{reconciler.__version__} (run {run})",
        },
    )
