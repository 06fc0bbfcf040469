"""What stands between a request and its endpoint: faults, limits, and the common headers."""

import asyncio
import math
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import unquote

from reconciler.sandbox.api_errors import Failure, rate_limited
from reconciler.sandbox.callers.authenticate import IncomingRequest, identify_caller
from reconciler.sandbox.changes.log_events import Author
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.faults import CREDENTIAL_FAULTS, Fault
from reconciler.sandbox.limits.concurrency import places_for
from reconciler.sandbox.limits.rate import Allowance, bucket_of
from reconciler.sandbox.oauth.dpop import DpopRequest
from reconciler.sandbox.request import RequestInfo
from reconciler.sandbox.server import response as replies
from reconciler.sandbox.server import response_faults
from reconciler.sandbox.server.response import App, Headers, Receive, Reply, Scope, Send
from reconciler.sandbox.server.routes import REQUEST_INFO
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
class SandboxMiddleware:
    """Wraps the routes; every answer leaves through here."""

    app: App
    core: Core

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request is answered, with its fault if one is due, and recorded."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        connection = scope.get("extensions", {}).get(replies.CONNECTION)
        path = unquote(_raw_path(scope))
        setting = self.core.options().concurrency
        places = places_for(path, setting, self.core.rate_limit())
        with self.core.in_flight.place(places) as has_place:
            if has_place:
                query = scope["query_string"].decode("latin-1")
                fault = self.core.faults.claim(scope["method"], path, query)
                request_info = self._describe_request(scope, fault)
                reply = await self._reply(request_info, fault, scope, receive)
            else:
                request_info = self._describe_request(scope, None)
                reply = self._concurrency_reply(request_info)
        status = reply.status if reply else 0
        exchange = Exchange(request_info.method, request_info.path, request_info.query, status)
        self.core.exchanges.append(exchange)
        if reply is None:
            await replies.cut_connection(connection, receive)
        else:
            await replies.send_reply(reply, connection, send)

    def _describe_request(self, scope: Scope, fault: Fault | None) -> RequestInfo:
        headers = dict(scope["headers"])
        path = unquote(_raw_path(scope))
        skew = _skew(fault)
        dpop_request = DpopRequest(
            proofs=tuple(v.decode("latin-1") for n, v in scope["headers"] if n == b"dpop"),
            method=scope["method"],
            url=_address(scope),
            clock=self.core.clock,
            skew=skew,
        )
        incoming = IncomingRequest(
            authorization=headers.get(b"authorization", b"").decode("latin-1"),
            host=_host(scope),
            path=path,
            address=(scope.get("client") or ("",))[0],
            dpop_request=dpop_request,
            is_outside=fault is not None and fault.kind == "outside-zone",
        )
        caller = identify_caller(self.core, incoming)
        if fault is not None and fault.kind in CREDENTIAL_FAULTS:
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
            address=incoming.address,
            skew=skew,
            is_outside=incoming.is_outside,
        )

    def _concurrency_reply(self, request_info: RequestInfo) -> Reply:
        """A request that found no place: both numbers are 0 (Okta: documented)."""
        _record_violation(self.core, request_info)
        reset = math.ceil(self.core.clock.seconds() + 1)
        reply = Reply(status=_TOO_MANY, headers=_JSON, body=rate_limited().body())
        allowance = Allowance(limit=0, remaining=0, reset=reset)
        return _with_length(replace(reply, headers=self._headers(request_info, reply, allowance)))

    async def _reply(
        self, request_info: RequestInfo, fault: Fault | None, scope: Scope, receive: Receive
    ) -> Reply | None:
        """The answer with its headers; None when the line is to be cut."""
        allowance = self._allowance(request_info)
        if fault is None or fault.kind in response_faults.PERFORMED_FAULTS:
            reply = await self._perform(request_info, fault, allowance, scope, receive)
        else:
            reply = response_faults.replacement_reply(fault, request_info)
            allowance = self._faulty_allowance(fault, allowance)
        if fault is not None and fault.kind in {"cut", "after-write"}:
            return None
        if fault is not None and fault.kind == "html":
            return _with_length(reply)
        return _with_length(replace(reply, headers=self._headers(request_info, reply, allowance)))

    async def _perform(
        self,
        request_info: RequestInfo,
        fault: Fault | None,
        allowance: Allowance | None,
        scope: Scope,
        receive: Receive,
    ) -> Reply:
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds or 0)
        if allowance is not None and allowance.is_exceeded:
            return Reply(status=_TOO_MANY, headers=_JSON, body=rate_limited().body())
        if fault is not None:
            request_info = _apply_fault(request_info, fault)
        # Percent signs stay until the routes are matched: a login may hold an encoded slash.
        inner = {**scope, "path": _raw_path(scope), "root_path": "", REQUEST_INFO: request_info}
        reply = await replies.collect_reply(self.app, inner, receive)
        return response_faults.apply_to_reply(fault, reply, _url(scope)) if fault else reply

    def _allowance(self, request_info: RequestInfo) -> Allowance | None:
        """What the rate limit headers say; the open document has none (Okta: recorded)."""
        if not request_info.path.startswith(("/api/v1/", "/oauth2/v1/")):
            return None
        bucket = bucket_of(request_info.method, request_info.path)
        now, setting = self.core.clock.seconds(), self.core.rate_limit()
        if isinstance(request_info.caller, Failure):
            return self.core.limits.count_request("", bucket, setting, now)
        caller = request_info.caller
        return self.core.limits.count_request(caller.meter, bucket, setting, now, caller.share)

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

    def _headers(
        self, request_info: RequestInfo, reply: Reply, allowance: Allowance | None
    ) -> Headers:
        limits: Headers = ()
        if allowance is not None:
            limits = (
                ("x-rate-limit-limit", str(allowance.limit)),
                ("x-rate-limit-remaining", str(allowance.remaining)),
                ("x-rate-limit-reset", str(allowance.reset + round(request_info.skew))),
            )
        own = (
            ("date", http_date(self.core.clock.now() + timedelta(seconds=request_info.skew))),
            ("x-okta-request-id", request_info.request_id),
        )
        return (*own, *limits, *_COMMON, *reply.headers)


def _apply_fault(request_info: RequestInfo, fault: Fault) -> RequestInfo:
    """The request as its endpoint meets it."""
    match fault.kind:
        case "lag":
            return replace(request_info, lag=fault.seconds or 0)
        case "index-lag":
            return replace(request_info, index_lag=fault.seconds or 0)
        case "missing-role":
            return replace(request_info, role_loss="403" if fault.status else "empty")
        case _:
            return request_info


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


def _with_length(reply: Reply) -> Reply:
    """The reply saying how long it is; 204 says nothing of a body."""
    if reply.status == 204:  # noqa: PLR2004 -- No Content
        # Nothing is there whose type could be sniffed (Okta: recorded).
        return replace(reply, headers=reply.without("content-length", "x-content-type-options"))
    headers = reply.without("content-length")
    return replace(reply, headers=(*headers, ("content-length", str(len(reply.body)))))


def _record_violation(core: Core, request_info: RequestInfo) -> None:
    """The System Log names the caller that was refused; without a token it is unknown."""
    if isinstance(request_info.caller, Failure):
        author = Author(
            id="unknown", login="unknown", name="unknown", request_id=request_info.request_id
        )
    else:
        author = request_info.caller.author(request_info.request_id, request_info.path)
    with core.database.write() as connection:
        transaction = Transaction(connection=connection, author=author, now=core.clock.now())
        text = "Concurrency limit violation"
        record(transaction, "core.concurrency.org.limit.violation", text)
