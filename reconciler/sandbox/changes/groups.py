"""Changes of groups, and of who is in them; every change leaves a row in the System Log.

Writing what is already so changes nothing and logs nothing (Okta: issue, okta-mcp-server 39).
`lastMembershipUpdated` moves later: Okta does not move it at once (Okta: recorded).
"""

from collections.abc import Mapping

import msgspec

from reconciler.sandbox.changes import group_rules, memberships
from reconciler.sandbox.changes.log_events import app_target, group_target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.storage.clock import stamp
from reconciler.sandbox.storage.rows import Resource, decode_body


def add_member(transaction: Transaction, group: Resource, user: Resource) -> bool:
    """The user is in the group; true when that is a change."""
    is_change = memberships.insert_member(transaction, group, user)
    if is_change:
        group_rules.apply_rules(transaction, user, is_profile_same=True)
    return is_change


def remove_member(transaction: Transaction, group: Resource, user: Resource) -> bool:
    """The user is not in the group, and no rule puts them back; true when that is a change."""
    group_rules.exclude_user_from_rules(transaction, group, user)
    is_change = memberships.delete_member(transaction, group, user)
    if is_change:
        group_rules.apply_rules(transaction, user, is_profile_same=True)
    return is_change


def create_group(transaction: Transaction, group_id: str, name: str, body: bytes) -> Resource:
    """The group is there, with no members."""
    transaction.run(
        "INSERT INTO groups (id, name_lower, type, body) VALUES (?, ?, 'OKTA_GROUP', ?)",
        group_id,
        name.lower(),
        body,
    )
    (number,) = transaction.connection.execute("SELECT last_insert_rowid()").fetchone()
    made = Resource(number, group_id, body)
    _remember_former(transaction, number, None)
    record(transaction, "group.lifecycle.create", "Create Okta group", group_target(made))
    return made


def change_group(
    transaction: Transaction, group: Resource, profile: Mapping[str, object]
) -> Resource:
    """The group has this profile and no other attribute."""
    now = stamp(transaction.now)
    body = msgspec.json.encode(
        {**decode_body(group.body), "lastUpdated": now, "profile": dict(profile)}
    )
    name = str(profile["name"]).lower()
    _remember_former(transaction, group.no, group)
    transaction.run("UPDATE groups SET name_lower = ?, body = ? WHERE no = ?", name, body, group.no)
    changed = Resource(group.no, group.id, body)
    record(transaction, "group.profile.update", "Update Okta group", group_target(changed))
    return changed


def delete_group(transaction: Transaction, group: Resource) -> None:
    """The group and its memberships are gone."""
    transaction.run("DELETE FROM members WHERE group_no = ?", group.no)
    transaction.run("DELETE FROM changes WHERE group_no = ?", group.no)
    transaction.run("DELETE FROM app_groups WHERE group_no = ?", group.no)
    group_rules.invalidate_rules_of(transaction, group)
    _remember_former(transaction, group.no, group)
    transaction.run("DELETE FROM groups WHERE no = ?", group.no)
    record(transaction, "group.lifecycle.delete", "Delete Okta group", group_target(group))


def assign_app(transaction: Transaction, app: Resource, group: Resource) -> bool:
    """The group has the app; true when that is a change."""
    sql = "INSERT OR IGNORE INTO app_groups VALUES (?, ?, ?)"
    if not transaction.run(sql, app.no, group.no, stamp(transaction.now)):
        return False
    event, text = "group.application_assignment.add", "Add application to group"
    record(transaction, event, text, group_target(group), app_target(app))
    return True


def _remember_former(transaction: Transaction, group_no: int, former: Resource | None) -> None:
    """Readers that lag behind will find the group as it was; None when it was not there."""
    group_id, body = (former.id, former.body) if former else (None, None)
    now = transaction.now.timestamp()
    transaction.run("INSERT INTO former_groups VALUES (?, ?, ?, ?)", now, group_no, group_id, body)
