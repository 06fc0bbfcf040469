"""What `expand` puts into a list: statistics and apps of groups, rules of memberships."""

import json
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from reconciler.sandbox.request import Call
from reconciler.sandbox.resources.groups import encode_group, source_id_of
from reconciler.sandbox.resources.users import encode_users
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.storage.rows import Resource

_APP = ("id", "name", "label", "signOnMode")


def encode_groups(call: Call, rows: Sequence[Resource]) -> list[bytes]:
    """The groups as JSON, with `stats` and `app` when `expand` asks for them (Okta: OpenAPI)."""
    wanted = {each.strip() for each in call.query.get("expand", "").split(",")}
    if not wanted & {"stats", "app"}:
        return [encode_group(row.id, row.body, call.base) for row in rows]
    stats = _stats(call, rows) if "stats" in wanted else {}
    apps = _source_apps(call.core.database) if "app" in wanted else {}
    made = []
    for row in rows:
        embedded: dict[str, object] = {"stats": stats[row.id]} if stats else {}
        source = source_id_of(row.body)
        if source in apps:
            embedded["app"] = apps[source]
        made.append(encode_group(row.id, row.body, call.base, embedded))
    return made


def encode_members(call: Call, group_no: int, rows: Sequence[Resource]) -> bytes:
    """The members as JSON, each with the rules that manage the membership, if that is asked.

    No rule is an empty list: the membership is manual. The key is absent when it was not
    asked for, or when the org does not know the option (Okta: documented, its shape reported).
    """
    rows = call.show_users(rows)
    if not wants_rules(call):
        return encode_users(((row.id, row.body) for row in rows), call.base)
    rules = _rules_by_user(call.core.database, group_no, [row.no for row in rows])
    made = []
    for row in rows:
        links = {"self": {"href": f"{call.base}/api/v1/users/{row.id}"}}
        embedded = {"group-rules": rules.get(row.no, [])}
        rest = msgspec.json.encode({"_links": links, "_embedded": embedded})
        made.append(row.body[:-1] + b"," + rest[1:])
    return b"[%b]" % b",".join(made)


def wants_rules(call: Call) -> bool:
    """Whether a member list is to say by which rule each member is there."""
    asked = (each.strip() for each in call.query.get("expand", "").split(","))
    return "group-rules" in asked and call.core.options().choices.attribution == "known"


def _stats(call: Call, rows: Iterable[Resource]) -> Mapping[str, object]:
    database = call.core.database
    spelling = call.core.options().choices.stats_spelling
    rows = list(rows)
    numbers = json.dumps([row.no for row in rows])
    users = _counts(database, "members", numbers)
    apps = _counts(database, "app_groups", numbers)
    admins = {row[0] for row in database.rows("SELECT group_id FROM group_roles")}
    return {
        row.id: {
            "usersCount": users.get(row.no, 0),
            "appsCount": apps.get(row.no, 0),
            "groupPushMappingsCount": 0,
            spelling: row.id in admins,
        }
        for row in rows
    }


def _counts(database: Database, table: str, numbers: str) -> dict[int, int]:
    sql = (
        f"SELECT group_no, count(*) FROM {table}"  # noqa: S608 -- own names
        " WHERE group_no IN (SELECT value FROM json_each(?)) GROUP BY group_no"
    )
    return dict(database.rows(sql, (numbers,)))


def _source_apps(database: Database) -> dict[str | None, object]:
    rows = database.rows("SELECT id, body FROM apps")
    apps = {each: msgspec.json.decode(body, type=dict[str, object]) for each, body in rows}
    return {each: {key: body[key] for key in _APP} for each, body in apps.items()}


def _rules_by_user(database: Database, group_no: int, users: list[int]) -> dict[int, list[object]]:
    found: dict[int, list[object]] = {}
    for user_no, rule_id, name in database.rows(
        "SELECT f.user_no, r.id, r.name FROM fed f JOIN rules r ON r.no = f.rule_no"
        " WHERE f.group_no = ? AND r.status = 'ACTIVE'"
        " AND f.user_no IN (SELECT value FROM json_each(?)) ORDER BY r.no",
        (group_no, json.dumps(users)),
    ):
        found.setdefault(user_no, []).append({"id": rule_id, "name": name})
    return found
