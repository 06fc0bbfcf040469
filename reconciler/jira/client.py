"""Speaks to one Jira over HTTP: below one address, by a few routes, and only so often."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self, TypeVar

import httpx
import msgspec

import reconciler
from reconciler.model.catalog import DIRECT, Route
from reconciler.model.directory import ReadFailure

__all__ = ["MOST_CALLS", "Call", "JiraAccess", "JiraClient", "JiraError", "Routes"]

MOST_CALLS = 1500
"""Requests in one run: decisions are asked for one issue at a time."""
_MOST_BYTES = 32 * 1024 * 1024
_MOST_TRIES = 3
_LONGEST_WAIT_S = 60
_TIMEOUT_S = 20.0
_LONGEST_S = 60.0
"""For one whole answer: a byte now and then keeps the timeout between two bytes away."""
_UNCOMPRESSED = "identity"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_HIGHEST_PORT = 65535
_PLAIN = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,6})?(?:/[A-Za-z0-9._/-]*)?"
)

Sleep = Callable[[float], Awaitable[None]]
Routes = tuple[tuple[str, re.Pattern[str]], ...]
"""The methods and paths that may be sent, and no others; a path is matched whole."""

_Noun = TypeVar("_Noun")


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraAccess:
    """The address below which Jira answers, the way to it, and who asks."""

    base_url: str
    email: str
    token: str = field(repr=False)
    route: Route = DIRECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. `is_repeatable` is False where sending it twice does a thing twice."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    is_signed: bool = True
    is_repeatable: bool = True


class JiraError(Exception):
    """Jira did not answer, or not as asked; the text is our own. `status` is 0 without one."""

    def __init__(self, code: str, detail: str, hint: str = "", status: int = 0) -> None:
        super().__init__(detail)
        self.status = status
        self.failure = ReadFailure(code=code, detail=detail, hint=hint)


@dataclass(frozen=True, slots=True)
class _Setback:
    """One try that failed, and after how long another may not; None where it would as well."""

    error: JiraError
    wait_s: float | None = None


class JiraClient:
    """Speaks below one address by the routes given. It is closed after use, best by `async with`.

    `transport` is for answering in process; without it Jira is reached over the network.
    """

    def __init__(
        self,
        access: JiraAccess,
        routes: Routes,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.calls = 0
        self._base_url = access.base_url.rstrip("/")
        self._account = httpx.BasicAuth(access.email, access.token)
        self._routes = routes
        self._sleep = sleep
        self._client = httpx.AsyncClient(
            transport=transport or _network(access.base_url, access.route),
            timeout=_TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    def __repr__(self) -> str:
        return f"JiraClient({self._base_url!r})"

    async def ask(self, call: Call, kind: type[_Noun]) -> _Noun:
        """The answer as this noun; whatever else comes is `JiraError`."""
        content = await self.send(call)
        try:
            return msgspec.json.decode(content, type=kind)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise JiraError(
                "malformed",
                "Jira's answer is not of the documented shape",
                "run again; if it stays so, check that `site` is a Jira Cloud",
            ) from None

    async def send(self, call: Call) -> bytes:
        """The body of a good answer."""
        _, content = await self._send(call)
        return content

    async def put_new(self, call: Call) -> bool:
        """Puts something; whether it was not there before."""
        status, _ = await self._send(call)
        return status == HTTPStatus.CREATED

    async def _send(self, call: Call) -> tuple[int, bytes]:
        """A good answer, after faults and limits that pass."""
        if problem := _address_problem(self._base_url):
            raise JiraError("refused", problem, "correct `site` in doors/jira.yaml")
        if not any(call.method == m and path.fullmatch(call.path) for m, path in self._routes):
            raise JiraError("refused", f"{call.method} is not sent to this path of Jira")
        attempt = 1
        while True:
            found = await self._try(call, attempt)
            if isinstance(found, tuple):
                return found
            is_over = found.wait_s is None or found.wait_s > _LONGEST_WAIT_S
            if is_over or attempt == _MOST_TRIES:
                raise found.error
            await self._sleep(found.wait_s or 0)
            attempt += 1

    async def _try(self, call: Call, attempt: int) -> tuple[int, bytes] | _Setback:
        """Status and body of a good answer, or what came in its place."""
        backoff_s = 2.0 ** (attempt - 1)
        try:
            response, content = await self._exchange(call)
        except TimeoutError:
            detail = f"an answer of Jira took longer than {_LONGEST_S:g} s"
            return _Setback(JiraError("unreachable", detail, _LATER))
        except httpx.HTTPError as error:
            detail = f"Jira could not be reached ({type(error).__name__})"
            wait_s = backoff_s if call.is_repeatable else None
            return _Setback(JiraError("unreachable", detail, _LATER), wait_s)
        if response.is_success:
            return response.status_code, content
        return _Setback(_refusal(response), _seconds_to_wait(response, call, backoff_s))

    async def _exchange(self, call: Call) -> tuple[httpx.Response, bytes]:
        if self.calls >= MOST_CALLS:
            detail = f"{MOST_CALLS} requests to Jira are the most that one run sends"
            raise JiraError("refused", detail)
        self.calls += 1
        request = self._client.build_request(
            call.method,
            self._base_url + call.path,
            params=call.query or None,
            headers={
                "accept": "application/json",
                "accept-encoding": _UNCOMPRESSED,
                "user-agent": f"reconciler/{reconciler.__version__}",
            },
            json=call.body,
        )
        account = self._account if call.is_signed else None
        async with asyncio.timeout(_LONGEST_S):
            response = await self._client.send(request, auth=account, stream=True)
            try:
                return response, await _read_body(response)
            finally:
                await response.aclose()


def _address_problem(base_url: str) -> str:
    """Why no token is sent to the address; empty where it may be."""
    try:
        url = httpx.URL(base_url)
        host, port = url.host, url.port or 0
    except (httpx.InvalidURL, ValueError):
        return "the address of Jira is not a URL"
    if not _PLAIN.fullmatch(base_url) or not host or port > _HIGHEST_PORT:
        return "the address of Jira is not https://HOST or https://HOST/PATH"
    if url.scheme == "http" and host not in _LOOPBACK:
        return "the address of Jira is not https"
    return ""


def _network(base_url: str, route: Route) -> httpx.AsyncBaseTransport:
    trusted = httpx.create_ssl_context(trust_env=False)
    if route.ca_file:
        trusted.load_verify_locations(route.ca_file)
    host = "" if _address_problem(base_url) else httpx.URL(base_url).host
    proxy = route.proxy_for(host) or None
    return httpx.AsyncHTTPTransport(verify=trusted, trust_env=False, proxy=proxy)


def _seconds_to_wait(response: httpx.Response, call: Call, backoff_s: float) -> float | None:
    """Seconds until another try may succeed; None where it would not, or would do harm."""
    is_limited = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    if not is_limited and not (response.is_server_error and call.is_repeatable):
        return None
    asked = response.headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdigit() else backoff_s


async def _read_body(response: httpx.Response) -> bytes:
    """The body as received: a small compressed one could expand to gigabytes."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", _UNCOMPRESSED}:
        raise JiraError("refused", "an answer of Jira is compressed, which was not asked for")
    chunks, size = [], 0
    async for chunk in response.aiter_raw():
        chunks.append(chunk)
        size += len(chunk)
        if size > _MOST_BYTES:
            raise JiraError("refused", "an answer of Jira is larger than 32 MiB")
    return b"".join(chunks)


_LATER = "run again later"


def _refusal(response: httpx.Response) -> JiraError:
    """What an answer that is no success means: its body may quote anything, and is never quoted."""
    status = response.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return JiraError("unreachable", "Jira's rate limit is spent", _LATER, status)
    if response.is_server_error:
        return JiraError("unreachable", f"Jira answers with status {status}", _LATER, status)
    if response.is_redirect:
        hint = "correct `site` in doors/jira.yaml: requests are not sent on to another address"
        return JiraError("refused", "Jira answers with a redirect", hint, status)
    detail, hint = _REFUSALS.get(status, (f"Jira refused the request (status {status})", ""))
    return JiraError("refused", detail, hint, status)


_REFUSALS: Mapping[int, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: (
        "Jira does not understand the request (status 400)",
        "check the ids of the project, types, statuses, fields and transition in doors/jira.yaml",
    ),
    HTTPStatus.UNAUTHORIZED: (
        "Jira does not accept the account and its token (status 401)",
        "check the email and the token; a token with scopes needs `api: gateway`",
    ),
    HTTPStatus.FORBIDDEN: (
        "Jira does not allow this to the account (status 403)",
        "give the account what it needs in this project, and the token its scopes",
    ),
    HTTPStatus.NOT_FOUND: (
        "Jira does not know this, or does not show it to the account (status 404)",
        "check `project` in doors/jira.yaml and what the account may browse, then `cloud_id`",
    ),
}
