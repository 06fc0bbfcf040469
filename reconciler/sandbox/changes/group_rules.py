"""Who is fed into which groups by the group rules, at the seed and at every change of a user.

A rule whose world lists its people feeds these; another one feeds whom its expression means, as
far as that has one of the simple documented forms `user.department=="Sales"`,
`isMemberOfGroup("00g…")`, `isMemberOfAnyGroup(…)` and `isMemberOfGroupName("…")`; any other
expression is kept and feeds no one. Case matters (assumed). Only an ACTIVE rule manages those it
has fed; deactivating one leaves them in the group (Okta: documented). A deprovisioned user is
neither fed nor taken out (assumed: deactivation ends no membership).
"""

import json
import re
import sqlite3
from dataclasses import replace
from typing import Final, NamedTuple

import msgspec

from reconciler.sandbox.api_errors import validation_failed
from reconciler.sandbox.changes import memberships
from reconciler.sandbox.changes.log_events import rule_target, user_target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.resources.group_rules import (
    exclude_user,
    excluded_ids,
    expression_of,
    group_ids_of,
)
from reconciler.sandbox.storage.clock import stamp
from reconciler.sandbox.storage.rows import Resource, decode_body
from reconciler.sandbox.world.model import MOST_EXCLUDED

MANAGING_RULES_SQL: Final = (
    "SELECT r.no, r.id, r.body FROM fed f JOIN rules r ON r.no = f.rule_no"
    " WHERE f.group_no = ? AND f.user_no = ? AND r.status = 'ACTIVE' ORDER BY r.no"
)
"""The active rules that manage the membership of a group and a user, given by number."""

_ACTIVE: Final = "status = 'ACTIVE'"
_OF_MEMBERS: Final = f"{_ACTIVE} AND listed IS NULL AND CAST(body AS TEXT) LIKE '%isMemberOf%'"
_EQUAL: Final = re.compile(r"""user\.(\w+)\s*==\s*(?:"([^"\\]*)"|'([^'\\]*)')""")
_MEMBER: Final = re.compile(
    r'(isMemberOfGroup|isMemberOfAnyGroup|isMemberOfGroupName)\(\s*("[^"]*"(?:\s*,\s*"[^"]*")*)\s*\)'
)


class _Selection(NamedTuple):
    """Users, as a query of their numbers."""

    sql: str
    parameters: tuple[object, ...]


class _Rule(NamedTuple):
    """An active rule, its people, and the numbers of its groups."""

    stored: Resource
    people: _Selection
    groups: tuple[int, ...]


def apply_rules_at_seed(connection: sqlite3.Connection) -> None:
    """Every rule has fed its people, and no event says so: the org was found like this."""
    _add_manual_members(connection)
    for rule in _rules(connection, _ACTIVE):
        _feed_everyone(connection, rule)
    rules = _rules(connection, _OF_MEMBERS)
    while sum(_feed_everyone(connection, rule) for rule in rules):
        pass


def apply_rules(transaction: Transaction, user: Resource, *, is_profile_same: bool = False) -> None:
    """Every active rule feeds the user where it holds, and no longer where it does not.

    When only memberships have changed, only the rules that ask for these can hold otherwise.
    """
    status = "SELECT 1 FROM users WHERE no = ? AND status <> 'DEPROVISIONED'"
    if transaction.connection.execute(status, (user.no,)).fetchone() is None:
        return
    rules = _rules(transaction.connection, _OF_MEMBERS if is_profile_same else _ACTIVE)
    system = replace(transaction, author=transaction.author.as_system())
    for _ in rules:  # a rule may wait for another one; rules that wait for each other may not end
        if not sum(_apply_rule(system, rule, user) for rule in rules):
            break


def exclude_user_from_rules(transaction: Transaction, group: Resource, user: Resource) -> None:
    """Every rule that feeds the user into the group does so no more, whatever it says.

    That is what removing a person from a rule's group does (Okta: documented); in its other
    groups the person stays as a manual member (assumed). A list holds a hundred; what Okta answers
    to one more is not known: here the removal is refused.
    """
    for rule in managing_rules(transaction.connection, group.no, user.no):
        people = excluded_ids(decode_body(rule.body))
        if len(people) >= MOST_EXCLUDED:
            raise validation_failed(
                "exclude", f"exclude: A rule excludes at most {MOST_EXCLUDED} users"
            )
        body = exclude_user(decode_body(rule.body), user.id, stamp(transaction.now))
        transaction.run(
            "UPDATE rules SET body = ? WHERE no = ?", msgspec.json.encode(body), rule.no
        )
        transaction.run("DELETE FROM fed WHERE rule_no = ? AND user_no = ?", rule.no, user.no)
        system = replace(transaction, author=transaction.author.as_system())
        event = "group.user_membership.rule.add_exclusion"
        text = "Add user to group rule exclusion list"
        record(system, event, text, user_target(user), rule_target(rule))


def managing_rules(connection: sqlite3.Connection, group_no: int, user_no: int) -> list[Resource]:
    """The active rules that manage a membership; none for a manual one."""
    return [Resource(*row) for row in connection.execute(MANAGING_RULES_SQL, (group_no, user_no))]


def set_status(transaction: Transaction, rule: Resource, status: str) -> None:
    """The rule is ACTIVE and has fed its people, or is not and has left them in their groups."""
    body = {**decode_body(rule.body), "status": status, "lastUpdated": stamp(transaction.now)}
    sql = "UPDATE rules SET status = ?, body = ? WHERE no = ?"
    transaction.run(sql, status, msgspec.json.encode(body), rule.no)
    if status != "ACTIVE":
        transaction.run("DELETE FROM fed WHERE rule_no = ?", rule.no)
        event, text = "group.user_membership.rule.deactivated", "Deactivate group rule"
        record(transaction, event, text, rule_target(rule))
        return
    rows = transaction.connection.execute("SELECT no, id, body FROM users ORDER BY no").fetchall()
    for row in rows:
        apply_rules(transaction, Resource(*row))


def invalidate_rules_of(transaction: Transaction, group: Resource) -> None:
    """The group is no rule's any more; a rule that fed it is INVALID (Okta: recorded)."""
    transaction.run("DELETE FROM fed WHERE group_no = ?", group.no)
    for no, _, raw in transaction.connection.execute("SELECT no, id, body FROM rules").fetchall():
        body = decode_body(raw)
        if group.id in group_ids_of(body):
            body |= {"status": "INVALID", "allGroupsValid": False}
            sql = "UPDATE rules SET status = 'INVALID', body = ? WHERE no = ?"
            transaction.run(sql, msgspec.json.encode(body), no)


def _add_manual_members(connection: sqlite3.Connection) -> None:
    """The people that the world lists for an inactive rule are manual members of its groups."""
    for rule in _rules(connection, "status <> 'ACTIVE' AND listed IS NOT NULL"):
        for group in rule.groups:
            connection.execute(
                "INSERT OR IGNORE INTO members SELECT ?, id, no FROM users"  # noqa: S608 -- own text
                f" WHERE no IN ({rule.people.sql})",
                (group, *rule.people.parameters),
            )


def _feed_everyone(connection: sqlite3.Connection, rule: _Rule) -> bool:
    """Whether the rule added anyone."""
    before = connection.total_changes
    for group in rule.groups:
        connection.execute(
            f"INSERT OR IGNORE INTO fed SELECT ?, no, ? FROM ({rule.people.sql})",  # noqa: S608 -- own text
            (group, rule.stored.no, *rule.people.parameters),
        )
    connection.execute(
        "INSERT OR IGNORE INTO members SELECT f.group_no, u.id, u.no"
        " FROM fed f JOIN users u ON u.no = f.user_no WHERE f.rule_no = ?",
        (rule.stored.no,),
    )
    return connection.total_changes > before


def _apply_rule(transaction: Transaction, rule: _Rule, user: Resource) -> bool:
    """Whether the rule, now or no longer holding for the user, changed anything."""
    sql = f"SELECT 1 FROM ({rule.people.sql}) WHERE no = ?"  # noqa: S608 -- own text
    found = transaction.connection.execute(sql, (*rule.people.parameters, user.no)).fetchone()
    write = _stop_feeding if found is None else _feed
    return sum(write(transaction, rule, group, user) for group in rule.groups) > 0


def _feed(transaction: Transaction, rule: _Rule, group_no: int, user: Resource) -> bool:
    no = rule.stored.no
    if not transaction.run("INSERT OR IGNORE INTO fed VALUES (?, ?, ?)", group_no, user.no, no):
        return False
    memberships.insert_member(transaction, _group(transaction, group_no), user, _trigger(rule))
    return True


def _stop_feeding(transaction: Transaction, rule: _Rule, group_no: int, user: Resource) -> bool:
    """A user fed by no other rule leaves the group, even one who was a manual member before."""
    sql = "DELETE FROM fed WHERE group_no = ? AND user_no = ? AND rule_no = ?"
    if not transaction.run(sql, group_no, user.no, rule.stored.no):
        return False
    if not managing_rules(transaction.connection, group_no, user.no):
        memberships.delete_member(transaction, _group(transaction, group_no), user, _trigger(rule))
    return True


def _trigger(rule: _Rule) -> dict[str, str]:
    return {"triggeredByGroupRuleId": rule.stored.id}


def _group(transaction: Transaction, group_no: int) -> Resource:
    sql = "SELECT no, id, body FROM groups WHERE no = ?"
    return Resource(*transaction.connection.execute(sql, (group_no,)).fetchone())


def _rules(connection: sqlite3.Connection, which: str) -> list[_Rule]:
    """The rules whose people can be determined."""
    sql = f"SELECT no, id, body, listed FROM rules WHERE {which} ORDER BY no"  # noqa: S608 -- own text
    found = []
    for no, rule_id, raw, listed in connection.execute(sql).fetchall():
        body = decode_body(raw)
        people = (
            _select_listed(listed)
            if listed is not None
            else _select_by_expression(expression_of(body))
        )
        if people is not None:
            kept = people.sql + " AND id NOT IN (SELECT value FROM json_each(?))"  # noqa: S608 -- own text
            chosen = _Selection(kept, (*people.parameters, json.dumps(excluded_ids(body))))
            found.append(
                _Rule(Resource(no, rule_id, raw), chosen, _group_numbers(connection, body))
            )
    return found


def _select_listed(listed: str) -> _Selection:
    sql = "SELECT no FROM users WHERE id IN (SELECT value FROM json_each(?))"
    return _Selection(sql, (listed,))


def _select_by_expression(expression: str) -> _Selection | None:
    """The users whom an expression means; None when it has none of the forms that are known."""
    alive = "SELECT no FROM users WHERE +status <> 'DEPROVISIONED' AND"
    equal = _EQUAL.fullmatch(expression.strip())
    if equal is not None:
        return _select_equal(alive, equal[1], equal[2] if equal[3] is None else equal[3])
    member = _MEMBER.fullmatch(expression.strip())
    if member is None:
        return None
    key = "json_extract(CAST(body AS TEXT), '$.profile.name')" if "Name" in member[1] else "id"
    groups = f"SELECT no FROM groups WHERE {key} IN (SELECT value FROM json_each(?))"  # noqa: S608 -- own text
    sql = f"{alive} no IN (SELECT user_no FROM members WHERE group_no IN ({groups}))"  # noqa: S608 -- own text
    return _Selection(sql, (json.dumps(re.findall(r'"([^"]*)"', member[2])),))


def _select_equal(alive: str, attribute: str, value: str) -> _Selection:
    """Finding an index or the bytes first spares reading a hundred thousand bodies."""
    column = {"login": "login_lower = ?", "email": "email_lower = ?"}.get(attribute)
    needle = b'"%b":%b' % (attribute.encode(), msgspec.json.encode(value))
    first = (column, value.lower()) if column else ("instr(body, ?)", needle)
    sql = f"{alive} {first[0]} AND json_extract(CAST(body AS TEXT), '$.profile.' || ?) = ?"
    return _Selection(sql, (first[1], attribute, value))


def _group_numbers(connection: sqlite3.Connection, body: dict[str, object]) -> tuple[int, ...]:
    sql = "SELECT no FROM groups WHERE id IN (SELECT value FROM json_each(?)) ORDER BY no"
    return tuple(row[0] for row in connection.execute(sql, (json.dumps(group_ids_of(body)),)))
