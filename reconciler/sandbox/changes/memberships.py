"""Who is in which group: the bare change, its event, and its trace for readers that lag."""

from collections.abc import Mapping

import msgspec

from reconciler.sandbox.changes.log_events import group_target, user_target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.storage.clock import stamp
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.storage.rows import Resource, decode_body
from reconciler.sandbox.world.options import Options


def insert_member(
    transaction: Transaction,
    group: Resource,
    user: Resource,
    debug: Mapping[str, str] | None = None,
) -> bool:
    """The user is in the group; true when that is a change."""
    sql = "INSERT OR IGNORE INTO members VALUES (?, ?, ?)"
    if not transaction.run(sql, group.no, user.id, user.no):
        return False
    _record_change(transaction, group, user, is_added=True)
    event, text = "group.user_membership.add", "Add user to group membership"
    record(transaction, event, text, user_target(user), group_target(group), debug=debug)
    return True


def delete_member(
    transaction: Transaction,
    group: Resource,
    user: Resource,
    debug: Mapping[str, str] | None = None,
) -> bool:
    """The user is not in the group; true when that is a change."""
    sql = "DELETE FROM members WHERE group_no = ? AND user_id = ?"
    if not transaction.run(sql, group.no, user.id):
        return False
    _record_change(transaction, group, user, is_added=False)
    event, text = "group.user_membership.remove", "Remove user from group membership"
    record(transaction, event, text, user_target(user), group_target(group), debug=debug)
    return True


def update_group_timestamps(database: Database, now: float) -> None:
    """Groups say when their members last changed, as far as that shows by now."""
    if database.first("SELECT 1 FROM touches WHERE due <= ?", (now,)) is None:
        return
    with database.write() as connection:
        late = "SELECT g.no, g.body, max(t.at) FROM touches t JOIN groups g ON g.no = t.group_no"
        moved = connection.execute(f"{late} WHERE t.due <= ? GROUP BY g.no", (now,)).fetchall()
        for no, body, at in moved:
            later = msgspec.json.encode({**decode_body(body), "lastMembershipUpdated": at})
            connection.execute("UPDATE groups SET body = ? WHERE no = ?", (later, no))
        connection.execute("DELETE FROM touches WHERE due <= ?", (now,))


def _record_change(
    transaction: Transaction, group: Resource, user: Resource, *, is_added: bool
) -> None:
    now = transaction.now.timestamp()
    transaction.run("INSERT INTO changes VALUES (?, ?, ?, ?)", now, group.no, user.no, is_added)
    (options,) = transaction.connection.execute("SELECT body FROM options").fetchone()
    due = now + msgspec.json.decode(options, type=Options).touch_lag
    transaction.run("INSERT INTO touches VALUES (?, ?, ?)", due, stamp(transaction.now), group.no)
