"""The search index of users: what `search` and `q` read, which runs behind the users themselves.

A walk through search results ends after 50,000 of them (Okta: issue, okta-sdk-dotnet 323), so a
search's cursor also carries how many were given.
"""

from typing import Final, NamedTuple

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.search import queries
from reconciler.sandbox.search.filters import Condition
from reconciler.sandbox.search.paging import Page
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.storage.rows import Resource, decode_body, profile_of

MOST: Final = 50_000
"""How many results a walk can give."""

ALL: Final = Page(limit=10_000_000)
"""More than any org has."""


class Progress(NamedTuple):
    """How far a walk has come: how many results it gave, and behind which id or place it is."""

    given: int = 0
    behind: str = ""

    def position(self) -> str:
        """Both in the one text that a cursor holds."""
        return f"{self.given} {self.behind}"


def parse_progress(position: str) -> Progress:
    """How far the walk has come whose cursor holds this text; none goes on for ever."""
    given, _, behind = position.partition(" ")
    walked = Progress(int(given or 0), behind)
    if walked.given >= MOST:
        raise Failure(400, "E0000031", "Invalid search criteria.", "Invalid search query.")
    return walked


def search_users(
    database: Database, condition: Condition, page: Page, since: float | None
) -> list[Resource]:
    """A page of the users the question holds for, as they were at that instant; None is now."""
    old = _former_users(database, since)
    if not old:
        return queries.select_matching(database, "users", condition, page)
    ahead = Page(after=page.after, limit=page.limit + len(old))
    fresh = [
        row
        for row in queries.select_matching(database, "users", condition, ahead)
        if row.no not in old
    ]
    stale = [
        row
        for row in old.values()
        if row is not None and row.id > page.after and condition.matches(decode_body(row.body))
    ]
    return queries.sort_by_id(fresh + stale)[: page.limit]


def search_prefix(database: Database, text: str, limit: int, since: float | None) -> list[Resource]:
    """Users whose first name, last name or email starts with the text, as they were."""
    old = _former_users(database, since)
    rows = queries.find_users_starting(database, text, limit + len(old))
    fresh = [row for row in rows if row.no not in old]
    stale = [row for row in old.values() if row is not None and _starts_with(row, text.lower())]
    return queries.sort_by_id(fresh + stale)[:limit]


def _starts_with(row: Resource, text: str) -> bool:
    names = profile_of(row)
    is_alive = decode_body(row.body)["status"] != "DEPROVISIONED"
    values = (str(names[key]).lower() for key in ("firstName", "lastName", "email"))
    return is_alive and any(value.startswith(text) for value in values)


def _former_users(database: Database, since: float | None) -> dict[int, Resource | None]:
    """The users that have changed after an instant, as they were at it; None was not yet there."""
    if since is None:
        return {}
    old: dict[int, Resource | None] = {}
    for no, user_id, body in database.rows(
        "SELECT user_no, id, body FROM past_users WHERE at > ? ORDER BY rowid", (since,)
    ):
        old.setdefault(no, None if body is None else Resource(no, user_id, body))
    return old
