"""Who is in which group: the bare change, its event, and its trace for readers that lag."""

from collections.abc import Mapping

from reconciler.sandbox.directory import Stored
from reconciler.sandbox.events import group_target, user_target
from reconciler.sandbox.moment import Moment, record


def put(
    moment: Moment, group: Stored, user: Stored, debug: Mapping[str, str] | None = None
) -> bool:
    """The user is in the group; true when that is a change."""
    sql = "INSERT OR IGNORE INTO members VALUES (?, ?, ?)"
    if not moment.run(sql, group.no, user.id, user.no):
        return False
    _trace(moment, group, user, is_added=True)
    event, text = "group.user_membership.add", "Add user to group membership"
    record(moment, event, text, user_target(user), group_target(group), debug=debug)
    return True


def take(
    moment: Moment, group: Stored, user: Stored, debug: Mapping[str, str] | None = None
) -> bool:
    """The user is not in the group; true when that is a change."""
    sql = "DELETE FROM members WHERE group_no = ? AND user_id = ?"
    if not moment.run(sql, group.no, user.id):
        return False
    _trace(moment, group, user, is_added=False)
    event, text = "group.user_membership.remove", "Remove user from group membership"
    record(moment, event, text, user_target(user), group_target(group), debug=debug)
    return True


def _trace(moment: Moment, group: Stored, user: Stored, *, is_added: bool) -> None:
    now = moment.now.timestamp()
    moment.run("INSERT INTO changes VALUES (?, ?, ?, ?)", now, group.no, user.no, is_added)
