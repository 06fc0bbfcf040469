"""The one place that sends: retry, then authentication, then pacing, then the wire."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpx
import msgspec

from reconciler.model.catalog import DIRECT, Route
from reconciler.model.directory import ReadCount
from reconciler.model.errors import ConnectorError, EndingError
from reconciler.model.ids import RunId
from reconciler.okta.auth.signer import Renewal, RequestDraft, Signature, Signer
from reconciler.okta.observers import NoPacer, NoProgress, Pacer, Progress
from reconciler.okta.org_url import TOKEN_PATH, OrgUrl
from reconciler.okta.rate_limits.headers import (
    LONGEST_WAIT_S,
    bucket_of,
    parse_retry_after,
    seconds_to_wait,
    strictest_limit,
)
from reconciler.okta.requests import retry
from reconciler.okta.requests.account_calls import AccountCall
from reconciler.okta.requests.transport import (
    PacedTransport,
    build_client,
    build_network,
    user_agent,
)
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.okta.responses import transport_errors
from reconciler.okta.responses.body import read_whole
from reconciler.okta.responses.okta_errors import error_from
from reconciler.okta.responses.response import Answer
from reconciler.okta.secret_filter import Redactor

__all__ = ["Sender", "SenderOptions"]

_NO_RUN = RunId("-")
_NOT_CARRIED_OUT = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED})
"""Answers to a request that was not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderOptions:
    """How a sender behaves: time and chance, how much at once, and who observes.

    `run` and `commit`, the catalog's, are sent to Okta, so that its log leads back here. `sleep`
    may raise `EndingError` instead of waiting. `left_s` is asked how many seconds an answer may
    still take, whatever trickles in; None is for as long as one answer may take anyway.
    """

    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    left_s: Callable[[], float | None] = lambda: None
    jitter: Callable[[], float] = random.random
    concurrency: int = 8
    run: RunId = _NO_RUN
    commit: str = ""
    pace: Pacer = field(default_factory=NoPacer)
    progress: Progress = field(default_factory=NoProgress)
    route: Route = DIRECT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One request as meant, however often it is sent; each attempt is drafted anew."""

    method: str
    url: httpx.URL
    draft: Callable[[], RequestDraft] = RequestDraft
    is_signed: bool = True
    is_token: bool = False
    is_account: bool = False
    """Whether it changes an account: the answer may hold a link or a password for the person."""

    @property
    def retry_method(self) -> str:
        """The method by which it is repeated: to ask for a token again is as harmless as a read.

        A change of an account is as little repeated as a creation: what it does may depend on the
        status, which it has changed.
        """
        return "GET" if self.is_token else "POST" if self.is_account else self.method


class Sender:
    """Sends requests to one org. Without `writes` it can only read.

    `transport` is for answering in process; without it the org is reached over the network. A
    sender is closed after use, best by `async with`.
    """

    def __init__(
        self,
        origin: OrgUrl,
        signer: Signer | None,
        options: SenderOptions,
        *,
        writes: WriteAllowlist | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.origin = origin
        self.writes = writes
        self.pages = 0
        self.has_answered = False
        self.signer = signer
        self._options = options
        self._slots = asyncio.Semaphore(options.concurrency)
        self._wire = PacedTransport(
            self._network() if transport is None else transport,
            base=origin.base,
            writes=writes,
            pace=options.pace,
            progress=options.progress,
        )
        self._client = build_client(self._wire, user_agent(options.run, options.commit))

    def _network(self) -> httpx.AsyncBaseTransport:
        options = self._options
        return build_network(options.concurrency, self.origin.host, options.route)

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
        return self._options.clock()

    def page_read(self, path: str, items: int) -> None:
        """One more page of a list was read whole."""
        self.pages += 1
        self._options.progress.page_read(path, items)

    def url(self, path: str, params: Mapping[str, str] | None = None) -> httpx.URL:
        """The address of a path in this org."""
        return httpx.URL(self.origin.base + path, params=params)

    async def get(self, url: httpx.URL, *, signed: bool = True) -> Answer:
        """The successful answer to a read; everything else is raised."""
        return await self._send(_Call(method="GET", url=url, is_signed=signed))

    async def write(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> Answer:
        """The successful answer to a write on the allow-list; everything else is raised."""
        draft = RequestDraft if body is None else partial(_json_draft, msgspec.json.encode(body))
        return await self._send(_Call(method=method, url=self.url(path), draft=draft))

    async def change_account(self, change: AccountCall) -> Answer:
        """The successful answer to a change on the allow-list, without its body."""
        url = self.url(change.path, change.params)
        return await self._send(_Call(method=change.method, url=url, is_account=True))

    async def sign_in(self) -> None:
        """The signer can sign now: a service app has been issued a token, unless that is raised."""
        async with self._slots:
            await self._signature(None)

    async def _send(self, call: _Call) -> Answer:
        """A slot is held while waiting too: a limited org is asked less at once."""
        async with self._slots:
            outcome = await self._deliver(call)
        if isinstance(outcome, Answer) and outcome.is_success:
            return outcome
        raise self._error(call, outcome)

    async def _ask(self, draft: Callable[[], RequestDraft]) -> Answer:
        """The token endpoint's answer, in the slot of the request that waits for it."""
        url = self.url(TOKEN_PATH)
        call = _Call(method="POST", url=url, draft=draft, is_signed=False, is_token=True)
        outcome = await self._deliver(call)
        if isinstance(outcome, Answer):
            return outcome
        raise self._error(call, outcome)

    async def _deliver(self, call: _Call) -> Answer | transport_errors.Failure:
        """What came of it at last, after as many attempts as are harmless and likely to help."""
        number, waited_s, first_id = 1, 0.0, ""
        renewed: set[Renewal] = set()
        refused: Signature | None = None
        outcome: Answer | transport_errors.Failure | None = None
        while True:
            try:
                signature = await self._signature(refused) if call.is_signed else None
                outcome = await self._attempt(call, signature, _retry_headers(number, first_id))
                if isinstance(outcome, Answer):
                    if outcome.is_success:
                        return outcome
                    renewal = signature.renewal(outcome) if signature else None
                    refused = signature if renewal is Renewal.TOKEN else None
                    if renewal is not None and renewal not in renewed:
                        renewed.add(renewal)
                        continue
                    first_id = first_id or outcome.request_id
                jitter = self._options.jitter()
                attempt = retry.Attempt(number=number, waited_s=waited_s, jitter=jitter)
                verdict = retry.decide(
                    call.retry_method, attempt, self._retry_outcome(outcome, number)
                )
                if isinstance(verdict, retry.GiveUp):
                    return outcome
                await self._wait(call, verdict.delay_s)
                number, waited_s = number + 1, waited_s + verdict.delay_s
            except EndingError as ending:
                raise self._error_at_deadline(call, outcome, ending) from None

    def _error_at_deadline(
        self, call: _Call, outcome: Answer | transport_errors.Failure | None, ending: EndingError
    ) -> ConnectorError:
        """What is left to say of a request that may not be sent, or sent again, any more.

        Where its first attempt may have been carried out, what came of that stands.
        """
        status = getattr(outcome, "status", None)
        if outcome is None or call.is_token or status in _NOT_CARRIED_OUT:
            return ending
        return self._error(call, outcome)

    async def _signature(self, refused: Signature | None) -> Signature | None:
        """What signs the next attempt; a token is requested first where there is none."""
        if self.signer is None:
            return None
        return await self.signer.sign_in(self._ask, refused)

    async def _attempt(
        self, call: _Call, signature: Signature | None, headers: Mapping[str, str]
    ) -> Answer | transport_errors.Failure:
        """One try, newly built and newly signed."""
        draft = call.draft()
        request = self._client.build_request(
            call.method, call.url, content=draft.content, headers={**draft.headers, **headers}
        )
        try:
            async with asyncio.timeout(self._options.left_s()):
                return await self._answer(call, request, signature)
        except TimeoutError:
            return transport_errors.failure_at_deadline(request)

    async def _answer(
        self, call: _Call, request: httpx.Request, signature: Signature | None
    ) -> Answer | transport_errors.Failure:
        try:
            response = await self._client.send(request, auth=signature, stream=True)
        except httpx.TransportError as error:
            return transport_errors.failure_of_sending(request, error, self._options.route)
        self.has_answered = True
        if self.signer is not None:
            self.signer.note_answer(response.headers)
        is_kept = not (call.is_account and response.is_success)
        return await read_whole(request, response, is_kept=is_kept)

    def _retry_outcome(
        self, outcome: Answer | transport_errors.Failure, number: int
    ) -> retry.Refused | transport_errors.Fault:
        if not isinstance(outcome, Answer):
            return outcome.kind
        headers, now = outcome.headers, self._options.clock()
        date, asked = headers.get("date", ""), headers.get("retry-after", "")
        if outcome.status == HTTPStatus.TOO_MANY_REQUESTS:
            limit = strictest_limit(headers.multi_items())
            wait_s = seconds_to_wait(limit, date, now, number, asked)
        else:
            wait_s = min(parse_retry_after(asked, date, now), LONGEST_WAIT_S)
        return retry.Refused(status=outcome.status, wait_s=wait_s)

    def _error(self, call: _Call, outcome: Answer | transport_errors.Failure) -> ConnectorError:
        """What went wrong; a proxy that quotes our credential back is not quoted further."""
        redactor = Redactor(self.signer.secrets if self.signer else ())
        if isinstance(outcome, Answer):
            return error_from(outcome, redactor.clean, quotes=not call.is_account)
        error = outcome.error
        error.message = redactor.clean(error.message)
        error.args = (error.message,)
        return error

    async def _wait(self, call: _Call, delay_s: float) -> None:
        self._options.progress.waiting(delay_s, bucket_of(call.method, call.url.path))
        await self._options.sleep(delay_s)


def _retry_headers(number: int, first_id: str) -> dict[str, str]:
    """What Okta's own SDK says on a retry, so that support can join the attempts."""
    if number == 1:
        return {}
    headers = {"X-Okta-Retry-Count": str(number - 1)}
    return {**headers, "X-Okta-Retry-For": first_id} if first_id.isascii() and first_id else headers


def _json_draft(content: bytes) -> RequestDraft:
    return RequestDraft(content=content, headers={"Content-Type": "application/json"})
