"""Reading the org: one user, one group, a page of either, a page of members.

Lists stand by id, but all users by status and then id, and all groups by name (Okta: recorded).
No client should rely on it: Okta promises no order.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from reconciler.sandbox.search.filters import Condition
from reconciler.sandbox.search.paging import Page
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.storage.rows import Resource, decode_body, profile_of, value_at

_BATCH: Final = 1000
LONGEST_Q: Final = 300
_LISTED: Final = (
    *("STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED"),
    *("LOCKED_OUT", "SUSPENDED"),
)
"""The statuses in the order of a list of all users: the first five recorded, the rest assumed."""


def sort_by_id(rows: Iterable[Resource]) -> list[Resource]:
    """The rows in the order of their ids, which are their positions."""
    return [row._replace(position=row.id) for row in sorted(rows, key=lambda row: row.id)]


def sort_by_name(groups: Iterable[Resource]) -> list[Resource]:
    """The groups in the order of their names, in any case, then of their ids."""
    return sorted(groups, key=lambda row: (str(profile_of(row)["name"]).lower(), row.id))


def sort_by(
    rows: Iterable[Resource], attribute: str, *, is_descending: bool = False
) -> list[Resource]:
    """The rows in the order of an attribute, in any case, and then of their ids (Okta: OpenAPI).

    Those without the attribute stand last (assumed).
    """
    path = attribute.split(".")
    valued = [(value_at(decode_body(row.body), *path), row) for row in sort_by_id(rows)]
    having = [(str(value).lower(), row) for value, row in valued if value is not None]
    ordered = sorted(having, key=lambda pair: pair[0], reverse=is_descending)
    return [row for _, row in ordered] + [row for value, row in valued if value is None]


def find_user(database: Database, id_or_login: str) -> Resource | None:
    """The user with this id, login, or login up to its `@` when only one has that."""
    wanted = id_or_login.lower()
    sql = "SELECT no, id, body FROM users WHERE"
    found = database.rows(f"{sql} id = ?", (id_or_login,))
    found = found or database.rows(f"{sql} login_lower = ?", (wanted,))
    if not found and "@" not in wanted:
        # "A" is the character after "@": the range holds every login that starts with it.
        bounds = (f"{wanted}@", f"{wanted}A")
        found = database.rows(f"{sql} login_lower >= ? AND login_lower < ? LIMIT 2", bounds)
    return Resource(*found[0]) if len(found) == 1 else None


def user_by_id(database: Database, user_id: str) -> Resource | None:
    """The user with this id."""
    row = database.first("SELECT no, id, body FROM users WHERE id = ?", (user_id,))
    return None if row is None else Resource(*row)


def group_by_id(database: Database, group_id: str) -> Resource | None:
    """The group with this id."""
    row = database.first("SELECT no, id, body FROM groups WHERE id = ?", (group_id,))
    return None if row is None else Resource(*row)


def select_matching(
    database: Database, table: Literal["users", "groups"], condition: Condition, page: Page
) -> list[Resource]:
    """A page of those users or groups that the question holds for, by id."""
    found: list[Resource] = []
    is_sure = condition.has_only_keys()
    for row in _candidates(database, table, condition.keys(), page.after):
        if is_sure or condition.matches(decode_body(row.body)):
            found.append(row)
            if len(found) == page.limit:
                break
    return found


def list_users(database: Database, page: Page) -> list[Resource]:
    """A page of all users but the deprovisioned ones; status and id are the position (recorded)."""
    start, after = page.after[:1] or "0", page.after[1:]
    found: list[Resource] = []
    for place, status in list(enumerate(_LISTED))[int(start) :]:
        rows = database.rows(
            "SELECT no, id, body, ? || id FROM users WHERE status = ? AND id > ?"
            " ORDER BY id LIMIT ?",
            (str(place), status, after, page.limit - len(found)),
        )
        found += [Resource(*row) for row in rows]
        after = ""
        if len(found) == page.limit:
            break
    return found


def find_users_starting(database: Database, text: str, limit: int) -> list[Resource]:
    """Users whose first name, last name or email starts with the text; not the deprovisioned."""
    rows = database.rows(
        "SELECT no, id, body FROM users WHERE +status <> 'DEPROVISIONED' AND"
        " (instr(first_lower, ?1) = 1 OR instr(last_lower, ?1) = 1 OR instr(email_lower, ?1) = 1)"
        " ORDER BY id LIMIT ?2",
        (text.lower(), limit),
    )
    return [Resource(*row) for row in rows]


def list_groups(database: Database, page: Page) -> list[Resource]:
    """A page of all groups; name and id are the position."""
    name, _, group_id = page.after.rpartition("\n")
    rows = database.rows(
        "SELECT no, id, body, name_lower || char(10) || id FROM groups"
        " WHERE (name_lower, id) > (?, ?) ORDER BY name_lower, id LIMIT ?",
        (name, group_id, page.limit),
    )
    return [Resource(*row) for row in rows]


def find_groups_starting(
    database: Database, text: str, limit: int, condition: Condition | None
) -> list[Resource]:
    """Groups whose name starts with the text; at most 300 (Okta: issue, okta-sdk-java 750)."""
    rows = database.rows(
        "SELECT no, id, body FROM groups WHERE instr(name_lower, ?) = 1 ORDER BY name_lower, id",
        (text.lower(),),
    )
    found = [Resource(*row) for row in rows]
    if condition is not None:
        found = [row for row in found if condition.matches(decode_body(row.body))]
    return found[: min(limit, LONGEST_Q)]


def list_members(database: Database, group_no: int, page: Page) -> list[Resource]:
    """A page of a group's members, whatever their status, by id."""
    rows = database.rows(
        "SELECT u.no, u.id, u.body, u.id FROM members m JOIN users u ON u.no = m.user_no"
        " WHERE m.group_no = ? AND m.user_id > ? ORDER BY m.user_id LIMIT ?",
        (group_no, page.after, page.limit),
    )
    return [Resource(*row) for row in rows]


def has_changed(database: Database, group_no: int, since: float) -> bool:
    """Whether any member was added or removed after an instant."""
    sql = "SELECT 1 FROM changes WHERE group_no = ? AND at > ?"
    return database.first(sql, (group_no, since)) is not None


def list_members_before(
    database: Database, group_no: int, page: Page, since: float
) -> list[Resource]:
    """A page of a group's members as they were at an instant: a reader that lags behind."""
    first: dict[int, bool] = {}
    for user_no, is_added in database.rows(
        "SELECT user_no, is_added FROM changes WHERE group_no = ? AND at > ? ORDER BY rowid",
        (group_no, since),
    ):
        first.setdefault(user_no, bool(is_added))
    hidden = json.dumps([user_no for user_no, is_added in first.items() if is_added])
    shown = json.dumps([user_no for user_no, is_added in first.items() if not is_added])
    rows = database.rows(
        "SELECT no, id, body, id FROM users WHERE no IN ("
        " SELECT user_no FROM members WHERE group_no = ?1"
        " AND user_no NOT IN (SELECT value FROM json_each(?2))"
        " UNION SELECT value FROM json_each(?3)) AND +id > ?4 ORDER BY +id LIMIT ?5",
        (group_no, hidden, shown, page.after, page.limit),
    )
    return [Resource(*row) for row in rows]


def list_groups_of(database: Database, user_no: int, page: Page) -> list[Resource]:
    """A page of the groups that a user is in, by id."""
    rows = database.rows(
        "SELECT g.no, g.id, g.body, g.id FROM members m JOIN groups g ON g.no = m.group_no"
        " WHERE m.user_no = ? AND +g.id > ? ORDER BY +g.id LIMIT ?",
        (user_no, page.after, page.limit),
    )
    return [Resource(*row) for row in rows]


def _candidates(
    database: Database,
    table: Literal["users", "groups"],
    keys: frozenset[tuple[str, str]] | None,
    after: str,
) -> Iterator[Resource]:
    """Rows that may be an answer, by id: by index when there are keys, else all of them."""
    where, key = "", "id"
    parameters: list[str] = []
    if keys is not None:
        parts = []
        for column in sorted({column for column, _ in keys}):
            values = [value for name, value in sorted(keys) if name == column]
            parts.append(
                f"SELECT no FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608 -- own names
            )
            parameters.append(json.dumps(values))
        # The sign keeps SQLite from walking all ids where a few rows are named.
        where, key = f"no IN ({' UNION '.join(parts)}) AND", "+id"
    while True:
        rows = database.rows(
            f"SELECT no, id, body, id FROM {table} WHERE {where} {key} > ? ORDER BY {key} LIMIT ?",  # noqa: S608 -- own names
            (*parameters, after, _BATCH),
        )
        yield from (Resource(*row) for row in rows)
        if len(rows) < _BATCH:
            return
        after = rows[-1][1]
