"""The search index of groups: what `search` and `q` read, which may run behind the groups."""

from collections.abc import Iterable, Mapping

from reconciler.sandbox.resources.users_and_groups import decoded
from reconciler.sandbox.search import queries
from reconciler.sandbox.search.filters import Question
from reconciler.sandbox.search.paging import Page
from reconciler.sandbox.search.queries import Stored, profile
from reconciler.sandbox.storage.database import Database

_ALL = Page(limit=10_000_000)


def found(database: Database, question: Question, page: Page, since: float | None) -> list[Stored]:
    """A page of the groups the question holds for, as they were at that instant; None is now."""
    former = _former(database, since)
    ahead = Page(after=page.after, limit=page.limit + len(former))
    rows = queries.asked(database, "groups", question, ahead)
    old = (
        row
        for row in former.values()
        if row is not None and row.id > page.after and question.holds(decoded(row.body))
    )
    fresh = (row for row in rows if row.no not in former)
    return queries.by_id([*fresh, *old])[: page.limit]


def starting(
    database: Database, text: str, limit: int, question: Question | None, since: float | None
) -> list[Stored]:
    """Groups whose name starts with the text, as they were at that instant."""
    former = _former(database, since)
    rows = queries.groups_starting(database, text, limit, question)
    old = (
        row
        for row in former.values()
        if row is not None
        and str(profile(row)["name"]).lower().startswith(text.lower())
        and (question is None or question.holds(decoded(row.body)))
    )
    fresh = (row for row in rows if row.no not in former)
    return queries.by_name([*fresh, *old])[: min(limit, queries.LONGEST_Q)]


def sorted_by(
    database: Database, question: Question, attribute: str, order: str, since: float | None
) -> list[Stored]:
    """All groups the question holds for by an attribute, in any case, then by id (Okta: OpenAPI).

    Those that have no such attribute stand last; `order` is `asc` unless it is `desc` (assumed).
    """
    rows = found(database, question, _ALL, since)
    named = [row for row in rows if _value(row, attribute) is not None]
    named.sort(key=lambda row: str(_value(row, attribute)).lower(), reverse=order.lower() == "desc")
    return [*named, *(row for row in rows if _value(row, attribute) is None)]


def numbered(rows: Iterable[Stored], page: Page) -> list[Stored]:
    """The rows of the page, each with its place in the list for a cursor's position."""
    places = list(enumerate(rows, start=1))[page.number : page.number + page.limit]
    return [row._replace(position=str(place)) for place, row in places]


def _value(row: Stored, attribute: str) -> object:
    value: object = decoded(row.body)
    for part in attribute.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _former(database: Database, since: float | None) -> dict[int, Stored | None]:
    """The groups that have changed after an instant, as they were at it; None was not yet there."""
    if since is None:
        return {}
    found: dict[int, Stored | None] = {}
    sql = "SELECT group_no, id, body FROM former_groups WHERE at > ? ORDER BY rowid"
    for no, group_id, body in database.rows(sql, (since,)):
        found.setdefault(no, None if body is None else Stored(no, group_id, body))
    return found
