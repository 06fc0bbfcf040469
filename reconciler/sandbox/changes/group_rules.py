"""Who is fed into which groups by the group rules, at the seed and at every change of a user.

A rule whose world lists its people feeds these; another one feeds whom its expression means, as
far as that has one of the simple documented forms `user.department=="Sales"`,
`isMemberOfGroup("00g…")`, `isMemberOfAnyGroup(…)` and `isMemberOfGroupName("…")`; any other
expression is kept and feeds nobody. Case matters (assumed). Only an ACTIVE rule manages those it
has fed; deactivating one leaves them in the group (Okta: documented). A deprovisioned user is
neither fed nor taken out (assumed: deactivation ends no membership).
"""

import json
import re
import sqlite3
from dataclasses import replace
from typing import Final, NamedTuple

import msgspec

from reconciler.sandbox.api_errors import not_valid
from reconciler.sandbox.changes import memberships
from reconciler.sandbox.changes.log_events import rule_target, user_target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.resources.group_rule import excluded, excluding, expression_of, groups_of
from reconciler.sandbox.resources.users_and_groups import decoded
from reconciler.sandbox.search.queries import Stored
from reconciler.sandbox.storage.clock import stamp
from reconciler.sandbox.world.model import MOST_EXCLUDED

FEEDERS: Final = (
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

    stored: Stored
    people: _Selection
    groups: tuple[int, ...]


def fill(connection: sqlite3.Connection) -> None:
    """Every rule has fed its people, and no event says so: the org was found like this."""
    _leave_behind(connection)
    for rule in _rules(connection, _ACTIVE):
        _poured(connection, rule)
    rules = _rules(connection, _OF_MEMBERS)
    while sum(_poured(connection, rule) for rule in rules):
        pass


def reconsider(transaction: Transaction, user: Stored, *, is_profile_same: bool = False) -> None:
    """Every active rule feeds the user where it holds, and no longer where it does not.

    When only memberships have changed, only the rules that ask for these can hold otherwise.
    """
    status = "SELECT 1 FROM users WHERE no = ? AND status <> 'DEPROVISIONED'"
    if transaction.connection.execute(status, (user.no,)).fetchone() is None:
        return
    rules = _rules(transaction.connection, _OF_MEMBERS if is_profile_same else _ACTIVE)
    system = replace(transaction, author=transaction.author.as_system())
    for _ in rules:  # a rule may wait for another one; rules that wait for each other may not end
        if not sum(_followed(system, rule, user) for rule in rules):
            break


def exclude(transaction: Transaction, group: Stored, user: Stored) -> None:
    """Every rule that feeds the user into the group does so no more, whatever it says.

    That is what taking somebody out of a rule's group does (Okta: documented); in its other
    groups the person stays, by hand (assumed). A hundred people fit on the list; what Okta
    answers to one more is not known: here the removal is refused.
    """
    for rule in feeders(transaction.connection, group.no, user.no):
        people = excluded(decoded(rule.body))
        if len(people) >= MOST_EXCLUDED:
            raise not_valid("exclude", f"exclude: A rule excludes at most {MOST_EXCLUDED} users")
        body = excluding(decoded(rule.body), user.id, stamp(transaction.now))
        transaction.run(
            "UPDATE rules SET body = ? WHERE no = ?", msgspec.json.encode(body), rule.no
        )
        transaction.run("DELETE FROM fed WHERE rule_no = ? AND user_no = ?", rule.no, user.no)
        system = replace(transaction, author=transaction.author.as_system())
        event = "group.user_membership.rule.add_exclusion"
        text = "Add user to group rule exclusion list"
        record(system, event, text, user_target(user), rule_target(rule))


def feeders(connection: sqlite3.Connection, group_no: int, user_no: int) -> list[Stored]:
    """The active rules that manage a membership; none for one that was made by hand."""
    return [Stored(*row) for row in connection.execute(FEEDERS, (group_no, user_no))]


def set_status(transaction: Transaction, rule: Stored, status: str) -> None:
    """The rule is ACTIVE and has fed its people, or is not and has left them in their groups."""
    body = {**decoded(rule.body), "status": status, "lastUpdated": stamp(transaction.now)}
    sql = "UPDATE rules SET status = ?, body = ? WHERE no = ?"
    transaction.run(sql, status, msgspec.json.encode(body), rule.no)
    if status != "ACTIVE":
        transaction.run("DELETE FROM fed WHERE rule_no = ?", rule.no)
        event, text = "group.user_membership.rule.deactivated", "Deactivate group rule"
        record(transaction, event, text, rule_target(rule))
        return
    rows = transaction.connection.execute("SELECT no, id, body FROM users ORDER BY no").fetchall()
    for row in rows:
        reconsider(transaction, Stored(*row))


def lose_group(transaction: Transaction, group: Stored) -> None:
    """The group is no rule's any more; a rule that fed it is INVALID (Okta: recorded)."""
    transaction.run("DELETE FROM fed WHERE group_no = ?", group.no)
    for no, _, raw in transaction.connection.execute("SELECT no, id, body FROM rules").fetchall():
        body = decoded(raw)
        if group.id in groups_of(body):
            body |= {"status": "INVALID", "allGroupsValid": False}
            sql = "UPDATE rules SET status = 'INVALID', body = ? WHERE no = ?"
            transaction.run(sql, msgspec.json.encode(body), no)


def _leave_behind(connection: sqlite3.Connection) -> None:
    """The people that the world lists for a rule that is not active are in its groups by hand."""
    for rule in _rules(connection, "status <> 'ACTIVE' AND listed IS NOT NULL"):
        for group in rule.groups:
            connection.execute(
                "INSERT OR IGNORE INTO members SELECT ?, id, no FROM users"  # noqa: S608 -- own text
                f" WHERE no IN ({rule.people.sql})",
                (group, *rule.people.parameters),
            )


def _poured(connection: sqlite3.Connection, rule: _Rule) -> bool:
    """Whether the rule had anybody left to feed."""
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


def _followed(transaction: Transaction, rule: _Rule, user: Stored) -> bool:
    """Whether the rule, now or no longer holding for the user, changed anything."""
    sql = f"SELECT 1 FROM ({rule.people.sql}) WHERE no = ?"  # noqa: S608 -- own text
    found = transaction.connection.execute(sql, (*rule.people.parameters, user.no)).fetchone()
    write = _let_go if found is None else _feed
    return sum(write(transaction, rule, group, user) for group in rule.groups) > 0


def _feed(transaction: Transaction, rule: _Rule, group_no: int, user: Stored) -> bool:
    no = rule.stored.no
    if not transaction.run("INSERT OR IGNORE INTO fed VALUES (?, ?, ?)", group_no, user.no, no):
        return False
    memberships.put(transaction, _group(transaction, group_no), user, _because(rule))
    return True


def _let_go(transaction: Transaction, rule: _Rule, group_no: int, user: Stored) -> bool:
    """Who is fed by no other rule leaves the group, even if a hand had put them there before."""
    sql = "DELETE FROM fed WHERE group_no = ? AND user_no = ? AND rule_no = ?"
    if not transaction.run(sql, group_no, user.no, rule.stored.no):
        return False
    if not feeders(transaction.connection, group_no, user.no):
        memberships.take(transaction, _group(transaction, group_no), user, _because(rule))
    return True


def _because(rule: _Rule) -> dict[str, str]:
    return {"triggeredByGroupRuleId": rule.stored.id}


def _group(transaction: Transaction, group_no: int) -> Stored:
    sql = "SELECT no, id, body FROM groups WHERE no = ?"
    return Stored(*transaction.connection.execute(sql, (group_no,)).fetchone())


def _rules(connection: sqlite3.Connection, which: str) -> list[_Rule]:
    """The rules whose people can be told."""
    sql = f"SELECT no, id, body, listed FROM rules WHERE {which} ORDER BY no"  # noqa: S608 -- own text
    found = []
    for no, rule_id, raw, listed in connection.execute(sql).fetchall():
        body = decoded(raw)
        people = _listed(listed) if listed is not None else _meant(expression_of(body))
        if people is not None:
            kept = people.sql + " AND id NOT IN (SELECT value FROM json_each(?))"  # noqa: S608 -- own text
            chosen = _Selection(kept, (*people.parameters, json.dumps(excluded(body))))
            found.append(_Rule(Stored(no, rule_id, raw), chosen, _numbers(connection, body)))
    return found


def _listed(listed: str) -> _Selection:
    sql = "SELECT no FROM users WHERE id IN (SELECT value FROM json_each(?))"
    return _Selection(sql, (listed,))


def _meant(expression: str) -> _Selection | None:
    """The users whom an expression means; None when it has none of the forms that are known."""
    alive = "SELECT no FROM users WHERE +status <> 'DEPROVISIONED' AND"
    equal = _EQUAL.fullmatch(expression.strip())
    if equal is not None:
        return _equal(alive, equal[1], equal[2] if equal[3] is None else equal[3])
    member = _MEMBER.fullmatch(expression.strip())
    if member is None:
        return None
    key = "json_extract(CAST(body AS TEXT), '$.profile.name')" if "Name" in member[1] else "id"
    groups = f"SELECT no FROM groups WHERE {key} IN (SELECT value FROM json_each(?))"  # noqa: S608 -- own text
    sql = f"{alive} no IN (SELECT user_no FROM members WHERE group_no IN ({groups}))"  # noqa: S608 -- own text
    return _Selection(sql, (json.dumps(re.findall(r'"([^"]*)"', member[2])),))


def _equal(alive: str, attribute: str, value: str) -> _Selection:
    """Finding an index or the bytes first spares reading a hundred thousand bodies."""
    column = {"login": "login_lower = ?", "email": "email_lower = ?"}.get(attribute)
    needle = b'"%b":%b' % (attribute.encode(), msgspec.json.encode(value))
    first = (column, value.lower()) if column else ("instr(body, ?)", needle)
    sql = f"{alive} {first[0]} AND json_extract(CAST(body AS TEXT), '$.profile.' || ?) = ?"
    return _Selection(sql, (first[1], attribute, value))


def _numbers(connection: sqlite3.Connection, body: dict[str, object]) -> tuple[int, ...]:
    sql = "SELECT no FROM groups WHERE id IN (SELECT value FROM json_each(?)) ORDER BY no"
    return tuple(row[0] for row in connection.execute(sql, (json.dumps(groups_of(body)),)))
