"""Which apps there are, and who has them: by a group, or in person, which then counts."""

from collections.abc import Iterator
from typing import NamedTuple

from reconciler.sandbox.search.expression import Comparison, Expression, Not
from reconciler.sandbox.search.filters import Condition
from reconciler.sandbox.search.paging import Page
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.storage.rows import Resource, decode_body

# The users who have an app, with the day of their own assignment and the first group that has it;
# deactivation ends a user's assignments (Okta: documented).
_ASSIGNED = """SELECT u.no, u.id, u.body,
    (SELECT at FROM app_users WHERE app_no = ?1 AND user_no = u.no) AS at,
    (SELECT a.rowid FROM app_groups a JOIN members m ON m.group_no = a.group_no
        WHERE a.app_no = ?1 AND m.user_no = u.no ORDER BY a.rowid LIMIT 1) AS way
    FROM users u WHERE u.status <> 'DEPROVISIONED'"""


class Assignment(NamedTuple):
    """A user who has an app since an instant; no group when it is in person."""

    user: Resource
    at: str
    group_id: str | None


class GroupAssignment(NamedTuple):
    """A group that has an app; the first one assigned has priority 0."""

    group: Resource
    at: str
    priority: int


def app_by_id(database: Database, app_id: str) -> Resource | None:
    """The app with this id."""
    row = database.first("SELECT no, id, body FROM apps WHERE id = ?", (app_id,))
    return None if row is None else Resource(*row)


def apps_after(database: Database, after: int, condition: Condition | None) -> Iterator[Resource]:
    """The apps that the question holds for, in order; `user.id` means one who has the app."""
    users = set() if condition is None else _compared_values(condition.tree, "user.id")
    sql = "SELECT no, id, body FROM apps WHERE no > ? ORDER BY no"
    for app in (Resource(*row) for row in database.rows(sql, (after,))):
        if condition is None:
            yield app
            continue
        have = [user for user in users if assignment(database, app.no, user) is not None]
        with_groups = "SELECT g.id FROM app_groups a JOIN groups g ON g.no = a.group_no"
        rows = database.rows(f"{with_groups} WHERE a.app_no = ?", (app.no,))
        groups = [group_id for (group_id,) in rows]
        shown = {**decode_body(app.body), "user": {"id": have}, "group": {"id": groups}}
        if condition.matches(shown):
            yield app


def apps_of_group(database: Database, group_no: int, page: Page) -> list[Resource]:
    """A page of the apps assigned to a group."""
    rows = database.rows(
        "SELECT p.no, p.id, p.body FROM app_groups a JOIN apps p ON p.no = a.app_no"
        " WHERE a.group_no = ? AND p.no > ? ORDER BY p.no LIMIT ?",
        (group_no, page.number, page.limit),
    )
    return [Resource(*row) for row in rows]


def groups_of_app(database: Database, app_no: int, page: Page, q: str) -> list[GroupAssignment]:
    """A page of the groups that have an app, by priority (Okta: recorded); `q` starts the name."""
    rows = database.rows(
        "SELECT g.no, g.id, g.body, CAST(a.rowid AS TEXT), a.at, (SELECT count(*) FROM app_groups b"
        "  WHERE b.app_no = a.app_no AND b.rowid < a.rowid)"
        " FROM app_groups a JOIN groups g ON g.no = a.group_no"
        " WHERE a.app_no = ? AND a.rowid > ? AND instr(g.name_lower, ?) = 1"
        " ORDER BY a.rowid LIMIT ?",
        (app_no, page.number, q.lower(), page.limit),
    )
    return [GroupAssignment(Resource(*row[:4]), row[4], row[5]) for row in rows]


def users_of_app(database: Database, app_no: int, page: Page, q: str) -> list[Assignment]:
    """A page of the users who have an app, in the order in which they got it (Okta: recorded).

    `q` starts their login, first name, last name or email (Okta: OpenAPI).
    """
    having = (
        f"{_ASSIGNED} AND u.no IN (SELECT user_no FROM app_users WHERE app_no = ?1"  # noqa: S608 -- own text
        " UNION SELECT m.user_no FROM app_groups a JOIN members m ON m.group_no = a.group_no"
        " WHERE a.app_no = ?1) AND (instr(u.login_lower, ?4) = 1 OR instr(u.first_lower, ?4) = 1"
        " OR instr(u.last_lower, ?4) = 1 OR instr(u.email_lower, ?4) = 1)"
    )
    # Who got it in person stands by the assignment, who has it by a group behind them by id.
    since = "coalesce(at, (SELECT g.at FROM app_groups g WHERE g.rowid = way))"
    own = "(SELECT printf('%016d', a.rowid) FROM app_users a WHERE app_no = ?1 AND user_no = no)"
    sql = (
        f"SELECT * FROM (SELECT *, {since} || coalesce({own}, id) AS place FROM ({having}))"  # noqa: S608 -- own text
        " WHERE place > ?2 ORDER BY place LIMIT ?3"
    )
    found = []
    for *row, place in database.rows(sql, (app_no, page.after, page.limit, q.lower())):
        each = _assignment(database, *row)
        found.append(each._replace(user=each.user._replace(position=place)))
    return found


def assignment(database: Database, app_no: int, user_id: str) -> Assignment | None:
    """How a user has an app; None when they have not."""
    row = database.first(f"{_ASSIGNED} AND u.id = ?2", (app_no, user_id))
    if row is None or (row[3] is None and row[4] is None):
        return None
    return _assignment(database, *row)


def _assignment(
    database: Database, no: int, user_id: str, body: bytes, at: str | None, way: int | None
) -> Assignment:
    user = Resource(no, user_id, body)
    if at is not None:
        return Assignment(user, at, None)
    sql = "SELECT a.at, g.id FROM app_groups a JOIN groups g ON g.no = a.group_no WHERE a.rowid = ?"
    ((since, group_id),) = database.rows(sql, (way,))
    return Assignment(user, since, group_id)


def _compared_values(tree: Expression, attribute: str) -> set[str]:
    """The values that an attribute is compared with."""
    if isinstance(tree, Comparison):
        return {str(tree.value)} if tree.attribute == attribute else set()
    terms = [tree.term] if isinstance(tree, Not) else tree.terms
    return {value for term in terms for value in _compared_values(term, attribute)}
