"""The endpoints of memberships."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from reconciler.sandbox.api_errors import (
    invalid_search,
    not_found,
    not_permitted,
    validation_failed,
    wrong_user_status,
)
from reconciler.sandbox.changes import groups as writes
from reconciler.sandbox.endpoints import expand, groups
from reconciler.sandbox.request import NO_CONTENT, Answer, Call
from reconciler.sandbox.search import queries
from reconciler.sandbox.search.expression import ExpressionError
from reconciler.sandbox.search.filters import MEMBER_SEARCH, Condition
from reconciler.sandbox.search.paging import Page, parse_page
from reconciler.sandbox.storage.rows import Resource, decode_body

_MOST: Final = 1000
_DEPROVISIONED: Final = "user: The user is deprovisioned"


def list_members(call: Call) -> Answer:
    """A page of members of any status; `filter` is ignored (Okta: issue, okta-sdk-python 245)."""
    group = groups.group_of_path(call)
    list_name = f"members of {group.id}"
    asked = parse_page(
        call.query.get("after"),
        call.query.get("limit"),
        default=_MOST,
        most=_MOST,
        list_name=list_name,
    )
    condition = _parse_condition(call)
    rows: list[Resource] = []
    size = asked.limit if condition is None else _MOST
    for row in _read_members(call, group, asked.after, size):
        if condition is None or condition.matches(decode_body(row.body)):
            rows.append(row)
        if len(rows) == asked.limit:
            break
    body = expand.encode_members(call, group.no, rows)
    return Answer(body=body, links=_call_for_links(call).page_links(rows, asked, list_name))


def add_member(call: Call) -> Answer:
    """The user is a member; 204 whether or not that is new (Okta: recorded)."""
    with call.write() as transaction:
        group, user = _group_and_user(call)
        choice = call.core.options().choices.add_deprovisioned
        if decode_body(user.body)["status"] == "DEPROVISIONED" and choice != "204":
            raise (
                wrong_user_status()
                if choice == "403"
                else validation_failed("user", _DEPROVISIONED)
            )
        writes.add_member(transaction, group, user)
    return NO_CONTENT


def remove_member(call: Call) -> Answer:
    """The user is no member, and no rule feeds them any more; 204 whether or not that is new."""
    with call.write() as transaction:
        group, user = _group_and_user(call)
        is_change = writes.remove_member(transaction, group, user)
        if not is_change and call.core.options().choices.remove_non_member == "404":
            raise not_found(user.id, "User")
    return NO_CONTENT


def _read_members(call: Call, group: Resource, after: str, size: int) -> Iterator[Resource]:
    """Members in order, read so many at a time."""
    database = call.core.database
    options = call.core.options()
    lag = max(call.request_info.lag, options.member_lag)
    since = call.core.clock.seconds() - lag
    is_empty = bool(lag) and options.choices.lagging_members == "empty"
    if is_empty and queries.has_changed(database, group.no, since):
        return
    while True:
        asked = Page(after=after, limit=size)
        if lag:
            rows = queries.list_members_before(database, group.no, asked, since)
        else:
            rows = queries.list_members(database, group.no, asked)
        yield from rows
        if len(rows) < size:
            return
        after = rows[-1].id


def _parse_condition(call: Call) -> Condition | None:
    """What `search` asks of the members (Okta: documented; which attributes is assumed)."""
    if "search" not in call.query:
        return None
    try:
        return MEMBER_SEARCH.read(call.query["search"])
    except ExpressionError as error:
        raise invalid_search() from error


def _call_for_links(call: Call) -> Call:
    """The call whose links repeat no more than Okta's do."""
    plain = {key: value for key, value in call.query.items() if key in {"after", "search"}}
    if expand.wants_rules(call) and call.core.options().choices.expand_in_next == "kept":
        plain["expand"] = call.query["expand"]
    return replace(call, query=plain, repeated=frozenset({"expand"}))


def _group_and_user(call: Call) -> tuple[Resource, Resource]:
    """The group and the user, looked for in this order; only an OKTA_GROUP can be written.

    Okta answers 403 for built-in groups and those of apps, even to a super admin (Okta: issue).
    """
    group = groups.group_of_path(call)
    user = queries.user_by_id(call.core.database, call.parameters["user"])
    if user is None:
        raise not_found(call.parameters["user"], "User")
    if groups.type_of(group) != "OKTA_GROUP":
        raise not_permitted()
    return group, user
