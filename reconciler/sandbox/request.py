"""One request as an endpoint sees it, and what the endpoint answers."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import Failure, malformed_body
from reconciler.sandbox.callers.access_token import ServiceCaller
from reconciler.sandbox.callers.api_token import Caller
from reconciler.sandbox.changes.log_events import Author
from reconciler.sandbox.changes.transaction import Transaction
from reconciler.sandbox.resources.users import hide_emails
from reconciler.sandbox.search.paging import Page, encode_cursor, link_line
from reconciler.sandbox.state import Core
from reconciler.sandbox.storage.rows import Resource

_REPEATED: Final = ("after", "search", "filter", "q", "sortBy", "sortOrder")
"""The parameters that Okta repeats in its links (Okta: recorded)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInfo:
    """What is known of a request before it reaches an endpoint."""

    method: str
    path: str
    query: str
    request_id: str
    caller: Caller | ServiceCaller | Failure
    lag: float = 0.0
    index_lag: float = 0.0
    role_loss: str | None = None
    """What a missing role makes of a read, as the choice `no_role` says it."""
    agent: str = ""
    address: str = ""
    is_outside: bool = False
    """Whether it comes, by a fault, from outside every network zone."""
    skew: float = 0.0
    """By how many seconds the org's clock is ahead, by a fault, of what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, a body, and what else goes into the headers."""

    status: int = 200
    body: bytes = b""
    links: tuple[str, ...] = ()
    etag: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


NO_CONTENT: Final = Answer(status=204)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request of a known caller to one endpoint; `base` is the address it came to."""

    core: Core
    request_info: RequestInfo
    caller: Caller | ServiceCaller
    base: str
    path: str
    repeated: frozenset[str] = frozenset()
    """Parameters that the links repeat beside those that all links do."""
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A write transaction of the caller, at the org's time."""
        with self.core.database.write() as connection:
            yield Transaction(
                connection=connection, author=self.author(), now=self.core.clock.now()
            )

    def author(self) -> Author:
        """The caller, as author of a change."""
        author = self.caller.author(self.request_info.request_id, self.request_info.path)
        request_info = self.request_info
        return replace(
            author, query=request_info.query, agent=request_info.agent, address=request_info.address
        )

    def show_users(self, rows: Iterable[Resource]) -> list[Resource]:
        """The stored users as this org shows them."""
        if self.core.options().choices.user_emails == "shown":
            return list(rows)
        return [row._replace(body=hide_emails(row.body)) for row in rows]

    def show_user(self, row: Resource) -> Resource:
        """The stored user as this org shows one."""
        return self.show_users([row])[0]

    def json(self) -> dict[str, object]:
        """The body, which must be a JSON object."""
        try:
            return msgspec.json.decode(self.body, type=dict[str, object])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise malformed_body() from error

    def self_link(self, limit: int) -> str:
        """The link to this very page, with the limit that was effective."""
        return link_line(self.base + self.path, self._query(limit), "self")

    def next_link(self, last: Resource, limit: int, list_name: str) -> str:
        """The link to the page behind the last row of this one."""
        query = {
            **self._query(limit),
            "after": encode_cursor(last.position or str(last.no), list_name),
        }
        return link_line(self.base + self.path, query, "next")

    def page_links(self, rows: list[Resource], page: Page, list_name: str) -> tuple[str, ...]:
        """Self, and next whenever the page is full: the page behind it may then be empty.

        Okta does not look ahead (Okta: issue, okta-sdk-python 435).
        """
        if len(rows) < page.limit:
            return (self.self_link(page.limit),)
        return (self.self_link(page.limit), self.next_link(rows[-1], page.limit, list_name))

    def cut_page(
        self, rows: list[Resource], page: Page, list_name: str
    ) -> tuple[list[Resource], tuple[str, ...]]:
        """The rows of the page, and its links: next only when there is a row more (recorded)."""
        shown = rows[: page.limit]
        own = self.self_link(page.limit)
        if len(rows) == len(shown):
            return shown, (own,)
        return shown, (own, self.next_link(shown[-1], page.limit, list_name))

    def _query(self, limit: int) -> dict[str, str]:
        unsorted = set() if "sortBy" in self.query else {"sortOrder"}
        names = self.repeated.union(_REPEATED) - unsorted
        repeated = {key: value for key, value in self.query.items() if key in names}
        return {"limit": str(limit), **repeated}
