"""The search index of users: what `search` and `q` read, which runs behind the users themselves.

A walk through search results ends after 50,000 of them (Okta: issue, okta-sdk-dotnet 323), so a
search's cursor also carries how many were given.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.resources.users_and_groups import decoded
from reconciler.sandbox.search import queries
from reconciler.sandbox.search.filters import Question
from reconciler.sandbox.search.paging import Page
from reconciler.sandbox.search.queries import Stored, profile
from reconciler.sandbox.storage.database import Database

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


def progress(position: str) -> Progress:
    """How far the walk has come whose cursor holds this text; none goes on for ever."""
    given, _, behind = position.partition(" ")
    found = Progress(int(given or 0), behind)
    if found.given >= MOST:
        raise Failure(400, "E0000031", "Invalid search criteria.", "Invalid search query.")
    return found


def found(database: Database, question: Question, page: Page, since: float | None) -> list[Stored]:
    """A page of the users the question holds for, as they were at that instant; None is now."""
    old = _past(database, since)
    if not old:
        return queries.asked(database, "users", question, page)
    ahead = Page(after=page.after, limit=page.limit + len(old))
    fresh = [row for row in queries.asked(database, "users", question, ahead) if row.no not in old]
    stale = [
        row
        for row in old.values()
        if row is not None and row.id > page.after and question.holds(decoded(row.body))
    ]
    return queries.by_id(fresh + stale)[: page.limit]


def sorted_by(rows: list[Stored], attribute: str, *, is_descending: bool = False) -> list[Stored]:
    """The users in the order of an attribute, and then of their ids (Okta: OpenAPI).

    Who has no such attribute stands last (assumed).
    """
    by_id = [(_value(row, attribute), row) for row in sorted(rows, key=lambda row: row.id)]
    having = [(str(value).lower(), row) for value, row in by_id if value is not None]
    ordered = sorted(having, key=lambda pair: pair[0], reverse=is_descending)
    return [row for _, row in ordered] + [row for value, row in by_id if value is None]


def _value(row: Stored, attribute: str) -> object:
    value: object = decoded(row.body)
    for part in attribute.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def starting(database: Database, text: str, limit: int, since: float | None) -> list[Stored]:
    """Users whose first name, last name or email starts with the text, as they were."""
    old = _past(database, since)
    rows = queries.users_starting(database, text, limit + len(old))
    fresh = [row for row in rows if row.no not in old]
    stale = [row for row in old.values() if row is not None and _starts(row, text.lower())]
    return queries.by_id(fresh + stale)[:limit]


def _starts(row: Stored, text: str) -> bool:
    names = profile(row)
    is_alive = decoded(row.body)["status"] != "DEPROVISIONED"
    values = (str(names[key]).lower() for key in ("firstName", "lastName", "email"))
    return is_alive and any(value.startswith(text) for value in values)


def _past(database: Database, since: float | None) -> dict[int, Stored | None]:
    """The users that have changed after an instant, as they were at it; None was not yet there."""
    if since is None:
        return {}
    old: dict[int, Stored | None] = {}
    for no, user_id, body in database.rows(
        "SELECT user_no, id, body FROM past_users WHERE at > ? ORDER BY rowid", (since,)
    ):
        old.setdefault(no, None if body is None else Stored(no, user_id, body))
    return old
