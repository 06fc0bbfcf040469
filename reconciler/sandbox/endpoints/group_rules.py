"""The endpoints of group rules that read."""

from typing import Final

import msgspec

from reconciler.sandbox.api_errors import not_found
from reconciler.sandbox.changes import group_rules
from reconciler.sandbox.endpoints import groups
from reconciler.sandbox.request import Answer, Call
from reconciler.sandbox.resources.group_rules import group_ids_of
from reconciler.sandbox.search import queries
from reconciler.sandbox.search.paging import parse_page
from reconciler.sandbox.storage.rows import Resource, decode_body, profile_of

_DEFAULT: Final = 50
_MOST: Final = 200
_MAP: Final = "groupIdToGroupNameMap"


def list_rules(call: Call) -> Answer:
    """A page of rules; `search` is a word of their names (Okta: recorded, matching assumed)."""
    asked = parse_page(
        call.query.get("after"),
        call.query.get("limit"),
        default=_DEFAULT,
        most=_MOST,
        list_name="rules",
    )
    word = call.query.get("search", "").lower()
    rows = call.core.database.rows(
        "SELECT no, id, body FROM rules WHERE no > ? ORDER BY no", (asked.number,)
    )
    found = [Resource(*row) for row in rows]
    found = [row for row in found if word in str(decode_body(row.body)["name"]).lower()]
    shown, links = call.cut_page(found, asked, "rules")
    return Answer(body=_encode_list(call, shown), links=links)


def one_rule(call: Call) -> Answer:
    """The rule."""
    rule_id = call.parameters["rule"]
    row = call.core.database.first("SELECT no, id, body FROM rules WHERE id = ?", (rule_id,))
    if row is None:
        raise not_found(rule_id, "GroupRule")
    return Answer(body=_encode_rule(call, Resource(*row)))


def rules_of_member(call: Call) -> Answer:
    """The rules that manage a membership, whole; none for a manual one (shape assumed).

    Who is no member has none either (assumed).
    """
    group = groups.group_of_path(call)
    user = queries.user_by_id(call.core.database, call.parameters["user"])
    if user is None:
        raise not_found(call.parameters["user"], "User")
    rows = call.core.database.rows(group_rules.MANAGING_RULES_SQL, (group.no, user.no))
    return Answer(body=_encode_list(call, [Resource(*row) for row in rows]))


def _encode_list(call: Call, rules: list[Resource]) -> bytes:
    return b"[%b]" % b",".join(_encode_rule(call, rule) for rule in rules)


def _encode_rule(call: Call, rule: Resource) -> bytes:
    if call.query.get("expand") != _MAP:
        return rule.body
    names = {}
    for group_id in group_ids_of(decode_body(rule.body)):
        group = queries.group_by_id(call.core.database, group_id)
        if group is not None:
            names[group_id] = profile_of(group)["name"]
    embedded = msgspec.json.encode({_MAP: names})
    return b'%b,"_embedded":%b}' % (rule.body[:-1], embedded)
