"""What stands between a request and its endpoint: faults, limits, and the common headers."""

import asyncio
import math
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import unquote

from reconciler.sandbox.api_errors import Failure, too_many
from reconciler.sandbox.callers.authenticate import Arrival, caller_of
from reconciler.sandbox.changes.log_events import Author
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.faults import OF_CREDENTIALS, Fault
from reconciler.sandbox.limits.rate import Allowance, bucket_of
from reconciler.sandbox.oauth.dpop import Sent
from reconciler.sandbox.request import RequestInfo
from reconciler.sandbox.server import response as replies
from reconciler.sandbox.server import response_faults
from reconciler.sandbox.server.response import App, Headers, Receive, Reply, Scope, Send
from reconciler.sandbox.server.routes import VISIT
from reconciler.sandbox.state import Core, Exchange
from reconciler.sandbox.storage.clock import http_date

_COMMON: Final = (
    ("cache-control", "no-cache, no-store"),
    ("pragma", "no-cache"),
    ("expires", "0"),
    ("x-content-type-options", "nosniff"),
    ("strict-transport-security", "max-age=315360000; includeSubDomains"),
)
_JSON: Final = (("content-type", "application/json"),)
_TOO_MANY: Final = 429
_ALSO: Final = {"/api/v1/api-tokens/": "/api/v1/api-tokens"}
"""The one list that was seen to have another address (Okta: recorded)."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Wraps the routes; every answer leaves through here."""

    app: App
    core: Core

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request is answered, spoilt or cut, and recorded."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        line = scope.get("extensions", {}).get(replies.LINE)
        path = unquote(_raw_path(scope))
        with self.core.in_flight.place(self.core.places(path)) as has_place:
            if has_place:
                query = scope["query_string"].decode("latin-1")
                fault = self.core.faults.claim(scope["method"], path, query)
                visit = self._visit(scope, fault)
                reply = await self._reply(visit, fault, scope, receive)
            else:
                visit = self._visit(scope, None)
                reply = self._crowded_out(visit)
        status = reply.status if reply else 0
        exchange = Exchange(visit.method, visit.path, visit.query, status)
        self.core.exchanges.append(exchange)
        if reply is None:
            await replies.cut(line, receive)
        else:
            await replies.deliver(reply, line, send)

    def _visit(self, scope: Scope, fault: Fault | None) -> RequestInfo:
        headers = dict(scope["headers"])
        path = unquote(_raw_path(scope))
        skew = _skew(fault)
        sent = Sent(
            proofs=tuple(v.decode("latin-1") for n, v in scope["headers"] if n == b"dpop"),
            method=scope["method"],
            url=_address(scope),
            clock=self.core.clock,
            skew=skew,
        )
        arrival = Arrival(
            given=headers.get(b"authorization", b"").decode("latin-1"),
            host=_host(scope),
            path=path,
            address=(scope.get("client") or ("",))[0],
            sent=sent,
            is_outside=fault is not None and fault.kind == "outside-zone",
        )
        caller = caller_of(self.core, arrival)
        if fault is not None and fault.kind in OF_CREDENTIALS:
            caller = response_faults.apply_credential_faults(
                self.core, fault.kind, caller, scope["method"], path
            )
        return RequestInfo(
            method=scope["method"],
            path=path,
            query=scope["query_string"].decode("latin-1"),
            request_id=uuid.uuid4().hex,
            caller=caller,
            agent=headers.get(b"user-agent", b"").decode("latin-1"),
            address=arrival.address,
            skew=skew,
            is_outside=arrival.is_outside,
        )

    def _crowded_out(self, visit: RequestInfo) -> Reply:
        """A request that found no place: both numbers are 0 (Okta: documented)."""
        note_violation(self.core, visit)
        reset = math.ceil(self.core.clock.seconds() + 1)
        reply = Reply(status=_TOO_MANY, headers=_JSON, body=too_many().body())
        allowance = Allowance(limit=0, remaining=0, reset=reset)
        return _measured(replace(reply, headers=self._headers(visit, reply, allowance)))

    async def _reply(
        self, visit: RequestInfo, fault: Fault | None, scope: Scope, receive: Receive
    ) -> Reply | None:
        """The answer with its headers; None when the line is to be cut."""
        allowance = self._allowance(visit)
        if fault is None or fault.kind in response_faults.PERFORMED:
            reply = await self._performed(visit, fault, allowance, scope, receive)
        else:
            reply = response_faults.replacement(fault, visit)
            allowance = self._faulty_allowance(fault, allowance)
        if fault is not None and fault.kind in {"cut", "after-write"}:
            return None
        if fault is not None and fault.kind == "html":
            return _measured(reply)
        return _measured(replace(reply, headers=self._headers(visit, reply, allowance)))

    async def _performed(
        self,
        visit: RequestInfo,
        fault: Fault | None,
        allowance: Allowance | None,
        scope: Scope,
        receive: Receive,
    ) -> Reply:
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds or 0)
        if allowance is not None and allowance.is_exceeded:
            return Reply(status=_TOO_MANY, headers=_JSON, body=too_many().body())
        if fault is not None:
            visit = _hampered(visit, fault)
        # Percent signs stay until the routes are matched: a login may hold an encoded slash.
        inner = {**scope, "path": _raw_path(scope), "root_path": "", VISIT: visit}
        reply = await replies.capture(self.app, inner, receive)
        return response_faults.spoilt(fault, reply, _url(scope)) if fault else reply

    def _allowance(self, visit: RequestInfo) -> Allowance | None:
        """What the rate limit headers say; the open document has none (Okta: recorded)."""
        if not visit.path.startswith(("/api/v1/", "/oauth2/v1/")):
            return None
        bucket = bucket_of(visit.method, visit.path)
        now, setting = self.core.clock.seconds(), self.core.rate_limit()
        if isinstance(visit.caller, Failure):
            return self.core.limits.take("", bucket, setting, now)
        caller = visit.caller
        return self.core.limits.take(caller.meter, bucket, setting, now, caller.share)

    def _faulty_allowance(self, fault: Fault, allowance: Allowance | None) -> Allowance | None:
        """A scripted 429 has an empty bucket; one of concurrency has none (Okta: documented)."""
        reset = math.ceil(
            self.core.clock.seconds() + (1 if fault.seconds is None else fault.seconds)
        )
        if fault.kind == "concurrency":
            return Allowance(limit=0, remaining=0, reset=reset)
        if fault.kind == "status" and fault.status == _TOO_MANY and allowance is not None:
            return Allowance(limit=allowance.limit, remaining=0, reset=reset)
        return allowance

    def _headers(self, visit: RequestInfo, reply: Reply, allowance: Allowance | None) -> Headers:
        limits: Headers = ()
        if allowance is not None:
            limits = (
                ("x-rate-limit-limit", str(allowance.limit)),
                ("x-rate-limit-remaining", str(allowance.remaining)),
                ("x-rate-limit-reset", str(allowance.reset + round(visit.skew))),
            )
        own = (
            ("date", http_date(self.core.clock.now() + timedelta(seconds=visit.skew))),
            ("x-okta-request-id", visit.request_id),
        )
        return (*own, *limits, *_COMMON, *reply.headers)


def _hampered(visit: RequestInfo, fault: Fault) -> RequestInfo:
    """The request as its endpoint meets it."""
    match fault.kind:
        case "lag":
            return replace(visit, lag=fault.seconds or 0)
        case "index-lag":
            return replace(visit, index_lag=fault.seconds or 0)
        case "missing-role":
            return replace(visit, role_loss="403" if fault.status else "empty")
        case _:
            return visit


def _raw_path(scope: Scope) -> str:
    """The path, where a doubled slash at the start is one slash (Okta: recorded)."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = "/" + raw.partition(b"?")[0].decode("latin-1").lstrip("/")
    return _ALSO.get(path, path)


def _host(scope: Scope) -> str:
    return str(dict(scope["headers"]).get(b"host", b"127.0.0.1").decode("latin-1"))


def _address(scope: Scope) -> str:
    """The request's address without its query, as it was written."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return f"{scope['scheme']}://{_host(scope)}{raw.partition(b'?')[0].decode('latin-1')}"


def _url(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return f"{scope['scheme']}://{_host(scope)}{_raw_path(scope)}" + (f"?{query}" if query else "")


def _skew(fault: Fault | None) -> float:
    return (fault.seconds or 0.0) if fault is not None and fault.kind == "clock-skew" else 0.0


def _measured(reply: Reply) -> Reply:
    """The reply saying how long it is; 204 says nothing of a body."""
    if reply.status == 204:  # noqa: PLR2004 -- No Content
        # Nothing is there whose type could be sniffed (Okta: recorded).
        return replace(reply, headers=reply.without("content-length", "x-content-type-options"))
    headers = reply.without("content-length")
    return replace(reply, headers=(*headers, ("content-length", str(len(reply.body)))))


def note_violation(core: Core, visit: RequestInfo) -> None:
    """The System Log says who was turned away; nobody is known without a token."""
    if isinstance(visit.caller, Failure):
        author = Author(id="unknown", login="unknown", name="unknown", request_id=visit.request_id)
    else:
        author = visit.caller.author(visit.request_id, visit.path)
    with core.database.write() as connection:
        transaction = Transaction(connection=connection, author=author, now=core.clock.now())
        text = "Concurrency limit violation"
        record(transaction, "core.concurrency.org.limit.violation", text)
