"""Writes at GitHub: in one repository, by exactly the routes that proposals and issues need.

It is a client of its own, so that what reads cannot write.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import httpx
import msgspec
from gidgethub import GitHubBroken, HTTPException

from reconciler.github import wire
from reconciler.github.credentials import Credentials
from reconciler.github.transport import (
    MOST_TRIES,
    GitHubSession,
    GitHubStoppedError,
    Sleep,
    Transport,
    seconds_to_wait,
)
from reconciler.model.approvals.proposal import BRANCHES
from reconciler.model.catalog import DIRECT, Route

__all__ = ["GitHubWriter"]

_REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")
_ACCOUNT_ROUTES = {
    "GET": ("/user", "/app"),
    "POST": (r"/app/installations/[0-9]+/access_tokens",),
}
_READS = (
    "",
    r"/git/ref/heads/[^?#]+",
    r"/git/commits/[0-9a-f]{40,64}",
    r"/contents/[^?#]+",
    r"/compare/[0-9a-f]{40,64}\.\.\.[0-9a-f]{40,64}",
    r"/pulls(?:/[0-9]+(?:/files)?)?",
    r"/issues/[0-9]+(?:/comments)?",
)
_WRITES = {
    "POST": (
        "/git/trees",
        "/git/commits",
        "/git/refs",
        "/pulls",
        r"/issues/[0-9]+/comments",
        r"/issues/[0-9]+/labels",
    ),
    "PATCH": (
        f"/git/refs/heads/{BRANCHES}[0-9a-z-]+",
        r"/issues/comments/[0-9]+",
        r"/issues/[0-9]+",
    ),
    "PUT": (r"/pulls/[0-9]+/merge",),
}

_Noun = TypeVar("_Noun")


class GitHubWriter(GitHubSession):
    """Reads and writes in one repository (`owner/name`). It is closed after use.

    `transport` is for answering in process; without it GitHub is reached over the network. Its
    methods raise what `failures.FAILURES` lists.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        repository: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        route: Route = DIRECT,
    ) -> None:
        if not _REPOSITORY.fullmatch(repository):
            raise ValueError("a repository is named owner/name")
        super().__init__(base_url, Transport(base_url, transport, route), sleep)
        self.repository = repository
        self._credentials = credentials
        self._login: str | None = None

    def __repr__(self) -> str:
        return f"GitHubWriter({self.base_url!r}, {self.repository!r})"

    async def fetch_login(self) -> str:
        """The account that writes; empty where GitHub does not say."""
        if self._login is None:
            self._login = await self._credentials.fetch_login(self)
        return self._login

    async def is_own(self, account: wire.Account | None) -> bool:
        """Whether the account is the one that writes.

        Where GitHub does not say which that is, any program's may be: no person can be one.
        """
        if account is None:
            return False
        login = await self.fetch_login()
        return account.login.lower() == login.lower() if login else account.type == "Bot"

    async def read(self, path: str, kind: type[_Noun], **words: str) -> _Noun:
        """One item below the repository. `words` fill the path, each escaped."""
        token = await self._credentials.fetch_token(self, self.repository)
        return msgspec.convert(await self.getitem(self._at(path), words, oauth_token=token), kind)

    async def read_list(self, path: str, kind: type[_Noun], **words: str) -> list[_Noun]:
        """Every item of every page."""
        token = await self._credentials.fetch_token(self, self.repository)
        pages = self.getiter(self._at(path), words, oauth_token=token, iterable_key=None)
        items: list[Any] = [item async for item in pages]
        return msgspec.convert(items, list[kind])  # type: ignore[valid-type]  # a struct's class

    async def write(self, method: str, path: str, kind: type[_Noun], **body: object) -> _Noun:
        """What the repository's route answers to the body."""
        token = await self._credentials.fetch_token(self, self.repository)
        ways: dict[str, Callable[..., Awaitable[Any]]] = {
            "POST": self.post,
            "PATCH": self.patch,
            "PUT": self.put,
        }
        answer = await ways[method](self._at(path), data=body, oauth_token=token)
        return msgspec.convert(answer, kind)

    def _at(self, path: str) -> str:
        return f"/repos/{self.repository}{path}"

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        if not self._is_ours(method, url):
            raise GitHubStoppedError("nothing is sent to GitHub by such a route")
        return await self._transport.send(method, url, headers, body)

    def _is_ours(self, method: str, url: str) -> bool:
        """Whether it is one of the routes; a further page is linked to by the repository's id."""
        path = httpx.URL(url).raw_path.decode().partition("?")[0]
        below = path.removeprefix(httpx.URL(self.base_url).path.rstrip("/"))
        if _matches(below, "", _ACCOUNT_ROUTES.get(method, ())):
            return True
        here = re.escape(f"/repos/{self.repository}")
        if method == "GET":
            return _matches(below, f"(?:{here}|/repositories/[0-9]+)", _READS)
        return _matches(below, here, _WRITES.get(method, ()))

    async def handle_rate_limit_error(
        self, *, method: str, url: str, exception: HTTPException, attempt: int
    ) -> bool:
        """Whether to try again: after a limit that passes soon; after a fault, only to read.

        What was written when the answer got lost may be done already.
        """
        del url
        wait_s = seconds_to_wait(exception, attempt)
        is_unsure = method != "GET" and isinstance(exception, GitHubBroken)
        if attempt >= MOST_TRIES or wait_s is None or is_unsure:
            return False
        await self.sleep(wait_s)
        return True


def _matches(path: str, start: str, routes: tuple[str, ...]) -> bool:
    return any(re.fullmatch(start + route, path) for route in routes)
