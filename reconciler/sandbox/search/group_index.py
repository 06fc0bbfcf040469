"""The search index of groups: what `search` and `q` read, which may run behind the groups."""

from collections.abc import Iterable

from reconciler.sandbox.search import queries
from reconciler.sandbox.search.filters import Condition
from reconciler.sandbox.search.paging import Page
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.storage.rows import Resource, decode_body, profile_of

_ALL = Page(limit=10_000_000)


def search_groups(
    database: Database, condition: Condition, page: Page, since: float | None
) -> list[Resource]:
    """A page of the groups the question holds for, as they were at that instant; None is now."""
    former = _former_groups(database, since)
    ahead = Page(after=page.after, limit=page.limit + len(former))
    rows = queries.select_matching(database, "groups", condition, ahead)
    old = (
        row
        for row in former.values()
        if row is not None and row.id > page.after and condition.matches(decode_body(row.body))
    )
    fresh = (row for row in rows if row.no not in former)
    return queries.sort_by_id([*fresh, *old])[: page.limit]


def search_prefix(
    database: Database, text: str, limit: int, condition: Condition | None, since: float | None
) -> list[Resource]:
    """Groups whose name starts with the text, as they were at that instant."""
    former = _former_groups(database, since)
    rows = queries.find_groups_starting(database, text, limit, condition)
    old = (
        row
        for row in former.values()
        if row is not None
        and str(profile_of(row)["name"]).lower().startswith(text.lower())
        and (condition is None or condition.matches(decode_body(row.body)))
    )
    fresh = (row for row in rows if row.no not in former)
    return queries.sort_by_name([*fresh, *old])[: min(limit, queries.LONGEST_Q)]


def search_sorted(
    database: Database, condition: Condition, attribute: str, order: str, since: float | None
) -> list[Resource]:
    """All groups the question holds for, sorted; `order` is `asc` unless it is `desc` (assumed)."""
    rows = search_groups(database, condition, _ALL, since)
    return queries.sort_by(rows, attribute, is_descending=order.lower() == "desc")


def cut_page(rows: Iterable[Resource], page: Page) -> list[Resource]:
    """The rows of the page, each with its place in the list for a cursor's position."""
    places = list(enumerate(rows, start=1))[page.number : page.number + page.limit]
    return [row._replace(position=str(place)) for place, row in places]


def _former_groups(database: Database, since: float | None) -> dict[int, Resource | None]:
    """The groups that have changed after an instant, as they were at it; None was not yet there."""
    if since is None:
        return {}
    former: dict[int, Resource | None] = {}
    sql = "SELECT group_no, id, body FROM former_groups WHERE at > ? ORDER BY rowid"
    for no, group_id, body in database.rows(sql, (since,)):
        former.setdefault(no, None if body is None else Resource(no, group_id, body))
    return former
