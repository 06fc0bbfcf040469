"""Changing the org; every change that is one leaves a row in the System Log.

Writing what is already so changes nothing and logs nothing (Okta: issue, okta-mcp-server 39).
`lastMembershipUpdated` is left as it is: Okta does not move it at once (Okta: recorded).
"""

import sqlite3
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from reconciler.sandbox.bodies import credentials, decoded
from reconciler.sandbox.directory import Stored
from reconciler.sandbox.instants import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who changes something, and through what: a token, or by hand when there is none."""

    id: str
    login: str
    name: str
    token_id: str | None = None
    request_id: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An open write transaction, with its author and its instant."""

    connection: sqlite3.Connection
    author: Author
    now: datetime

    def run(self, sql: str, *parameters: object) -> int:
        """How many rows a statement changed."""
        return self.connection.execute(sql, parameters).rowcount


def add_member(moment: Moment, group: Stored, user: Stored) -> bool:
    """The user is in the group; true when that is a change."""
    sql = "INSERT OR IGNORE INTO members VALUES (?, ?)"
    if not moment.run(sql, group.no, user.no):
        return False
    _note(moment, group, user, is_added=True)
    return True


def remove_member(moment: Moment, group: Stored, user: Stored) -> bool:
    """The user is not in the group; true when that is a change."""
    sql = "DELETE FROM members WHERE group_no = ? AND user_no = ?"
    if not moment.run(sql, group.no, user.no):
        return False
    _note(moment, group, user, is_added=False)
    return True


def create_group(moment: Moment, group_id: str, name: str, body: bytes) -> Stored:
    """The group is there, with no members."""
    moment.run(
        "INSERT INTO groups (id, name_lower, type, body) VALUES (?, ?, 'OKTA_GROUP', ?)",
        group_id,
        name.lower(),
        body,
    )
    (number,) = moment.connection.execute("SELECT last_insert_rowid()").fetchone()
    made = Stored(number, group_id, body)
    _log(moment, "group.lifecycle.create", "Create Okta group", _group_target(made))
    return made


def change_group(moment: Moment, group: Stored, profile: Mapping[str, object]) -> Stored:
    """The group has this profile and no other attribute."""
    now = stamp(moment.now)
    body = msgspec.json.encode(
        {**decoded(group.body), "lastUpdated": now, "profile": dict(profile)}
    )
    name = str(profile["name"]).lower()
    moment.run("UPDATE groups SET name_lower = ?, body = ? WHERE no = ?", name, body, group.no)
    changed = Stored(group.no, group.id, body)
    _log(moment, "group.profile.update", "Update Okta group", _group_target(changed))
    return changed


def delete_group(moment: Moment, group: Stored) -> None:
    """The group and its memberships are gone."""
    moment.run("DELETE FROM members WHERE group_no = ?", group.no)
    moment.run("DELETE FROM changes WHERE group_no = ?", group.no)
    moment.run("DELETE FROM groups WHERE no = ?", group.no)
    _log(moment, "group.lifecycle.delete", "Delete Okta group", _group_target(group))


def set_status(moment: Moment, user: Stored, status: str) -> None:
    """The user has this status; Everyone holds all who are not deprovisioned."""
    body = decoded(user.body)
    now = stamp(moment.now)
    email = str(_profile(body)["email"])
    body |= {"status": status, "statusChanged": now, "lastUpdated": now}
    body["credentials"] = credentials(email, status)
    if body["activated"] is None and status != "STAGED":
        body["activated"] = now
    sql = "UPDATE users SET status = ?, body = ? WHERE no = ?"
    moment.run(sql, status, msgspec.json.encode(body), user.no)
    if status == "DEPROVISIONED":
        moment.run(
            "DELETE FROM members WHERE user_no = ? AND group_no IN"
            " (SELECT no FROM groups WHERE type = 'BUILT_IN' AND name_lower = 'everyone')",
            user.no,
        )
    else:
        moment.run(
            "INSERT OR IGNORE INTO members SELECT no, ? FROM groups"
            " WHERE type = 'BUILT_IN' AND name_lower = 'everyone'",
            user.no,
        )
    event = _STATUS_EVENTS.get(status, "user.account.update_profile")
    _log(moment, event, "Change user status", _user_target(user))


def rename_login(moment: Moment, user: Stored, login: str) -> None:
    """The user signs in with another login; the id and the email stay."""
    body = decoded(user.body)
    body |= {
        "profile": {**_profile(body), "login": login},
        "lastUpdated": stamp(moment.now),
    }
    sql = "UPDATE users SET login_lower = ?, body = ? WHERE no = ?"
    moment.run(sql, login.lower(), msgspec.json.encode(body), user.no)
    _log(moment, "user.account.update_profile", "Update user profile", _user_target(user))


def delete_user(moment: Moment, user: Stored) -> None:
    """The user and all memberships are gone."""
    moment.run("DELETE FROM members WHERE user_no = ?", user.no)
    moment.run("DELETE FROM changes WHERE user_no = ?", user.no)
    moment.run("DELETE FROM users WHERE no = ?", user.no)
    event = "user.lifecycle.delete.completed"
    _log(moment, event, "Delete user", _user_target(user))


_STATUS_EVENTS = {
    "ACTIVE": "user.lifecycle.activate",
    "DEPROVISIONED": "user.lifecycle.deactivate",
    "SUSPENDED": "user.lifecycle.suspend",
    "LOCKED_OUT": "user.account.lock",
    "PASSWORD_EXPIRED": "user.account.expire_password",
    "RECOVERY": "user.account.reset_password",
}


def _note(moment: Moment, group: Stored, user: Stored, *, is_added: bool) -> None:
    """A membership change is logged, and remembered for readers that lag behind."""
    now = moment.now.timestamp()
    moment.run("INSERT INTO changes VALUES (?, ?, ?, ?)", now, group.no, user.no, is_added)
    event, text = (
        ("group.user_membership.add", "Add user to group membership")
        if is_added
        else ("group.user_membership.remove", "Remove user from group membership")
    )
    _log(moment, event, text, _user_target(user), _group_target(group))


def _log(moment: Moment, event: str, text: str, *targets: dict[str, object]) -> None:
    author = moment.author
    row = {
        "uuid": str(uuid.uuid4()),
        "published": stamp(moment.now),
        "eventType": event,
        "version": "0",
        "severity": "INFO",
        "displayMessage": text,
        "actor": _target(author.id, "User", author.login, author.name),
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": list(targets),
        "transaction": {
            "type": "WEB",
            "id": author.request_id or uuid.uuid4().hex,
            "detail": {"requestApiTokenId": author.token_id} if author.token_id else {},
        },
        "debugContext": {"debugData": {"requestId": author.request_id, "requestUri": author.uri}},
    }
    moment.run("INSERT INTO log (body) VALUES (?)", msgspec.json.encode(row))


def _profile(body: Mapping[str, object]) -> dict[str, object]:
    return msgspec.convert(body["profile"], dict[str, object])


def _user_target(user: Stored) -> dict[str, object]:
    profile = _profile(decoded(user.body))
    name = f"{profile['firstName']} {profile['lastName']}"
    return _target(user.id, "User", str(profile["login"]), name)


def _group_target(group: Stored) -> dict[str, object]:
    name = str(_profile(decoded(group.body))["name"])
    return _target(group.id, "UserGroup", "unknown", name)


def _target(each: str, kind: str, alternate: str, name: str) -> dict[str, object]:
    return {
        "id": each,
        "type": kind,
        "alternateId": alternate,
        "displayName": name,
        "detailEntry": None,
    }
