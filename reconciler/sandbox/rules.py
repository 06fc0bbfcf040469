"""The endpoints of group rules that read."""

from typing import Final

import msgspec

from reconciler.sandbox import directory, feeding, groups
from reconciler.sandbox.bodies import decoded
from reconciler.sandbox.call import Answer, Call
from reconciler.sandbox.directory import Stored
from reconciler.sandbox.failures import not_found
from reconciler.sandbox.paging import page
from reconciler.sandbox.rulebody import groups_of

_DEFAULT: Final = 50
_MOST: Final = 200
_MAP: Final = "groupIdToGroupNameMap"


def list_rules(call: Call) -> Answer:
    """A page of rules; `search` is a word of their names (Okta: recorded, matching assumed)."""
    asked = page(
        call.query.get("after"), call.query.get("limit"), default=_DEFAULT, most=_MOST, of="rules"
    )
    word = call.query.get("search", "").lower()
    rows = call.core.database.rows(
        "SELECT no, id, body FROM rules WHERE no > ? ORDER BY no", (asked.number,)
    )
    found = [Stored(*row) for row in rows]
    found = [row for row in found if word in str(decoded(row.body)["name"]).lower()]
    shown, links = call.cut(found, asked, "rules")
    return Answer(body=_list(call, shown), links=links)


def one_rule(call: Call) -> Answer:
    """The rule."""
    rule_id = call.parameters["rule"]
    row = call.core.database.first("SELECT no, id, body FROM rules WHERE id = ?", (rule_id,))
    if row is None:
        raise not_found(rule_id, "GroupRule")
    return Answer(body=_item(call, Stored(*row)))


def rules_of_member(call: Call) -> Answer:
    """The rules that manage a membership, whole; none for a manual one (shape assumed).

    Who is no member has none either (assumed).
    """
    group = groups.named(call)
    user = directory.user_by_id(call.core.database, call.parameters["user"])
    if user is None:
        raise not_found(call.parameters["user"], "User")
    rows = call.core.database.rows(feeding.FEEDERS, (group.no, user.no))
    return Answer(body=_list(call, [Stored(*row) for row in rows]))


def _list(call: Call, rules: list[Stored]) -> bytes:
    return b"[%b]" % b",".join(_item(call, rule) for rule in rules)


def _item(call: Call, rule: Stored) -> bytes:
    if call.query.get("expand") != _MAP:
        return rule.body
    names = {}
    for group_id in groups_of(decoded(rule.body)):
        group = directory.group_by_id(call.core.database, group_id)
        if group is not None:
            names[group_id] = directory.profile(group)["name"]
    embedded = msgspec.json.encode({_MAP: names})
    return b'%b,"_embedded":%b}' % (rule.body[:-1], embedded)
