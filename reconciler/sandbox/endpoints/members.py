"""The endpoints of memberships."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from reconciler.sandbox.api_errors import (
    no_such_search,
    not_found,
    not_permitted,
    not_valid,
    wrong_status,
)
from reconciler.sandbox.changes import groups as writes
from reconciler.sandbox.changes.transaction import Transaction
from reconciler.sandbox.endpoints import expand, groups
from reconciler.sandbox.request import NO_CONTENT, Answer, Call
from reconciler.sandbox.resources.users_and_groups import decoded
from reconciler.sandbox.search import queries
from reconciler.sandbox.search.expression import ExpressionError
from reconciler.sandbox.search.filters import MEMBER_SEARCH, Question
from reconciler.sandbox.search.paging import Page, page
from reconciler.sandbox.search.queries import Stored

_MOST: Final = 1000
_DEPROVISIONED: Final = "user: The user is deprovisioned"


def list_members(call: Call) -> Answer:
    """A page of members of any status; `filter` is ignored (Okta: issue, okta-sdk-python 245)."""
    group = groups.named(call)
    of = f"members of {group.id}"
    asked = page(call.query.get("after"), call.query.get("limit"), default=_MOST, most=_MOST, of=of)
    question = _question(call)
    rows: list[Stored] = []
    size = asked.limit if question is None else _MOST
    for row in _members(call, group, asked.after, size):
        if question is None or question.holds(decoded(row.body)):
            rows.append(row)
        if len(rows) == asked.limit:
            break
    body = expand.member_list(call, group.no, rows)
    return Answer(body=body, links=_linking(call).links(rows, asked, of))


def add_member(call: Call) -> Answer:
    """The user is a member; 204 whether or not that is new (Okta: recorded)."""
    with call.core.database.write() as connection:
        group, user = _ends(call)
        choice = call.core.options().choices.add_deprovisioned
        if decoded(user.body)["status"] == "DEPROVISIONED" and choice != "204":
            raise wrong_status() if choice == "403" else not_valid("user", _DEPROVISIONED)
        writes.add_member(_moment(call, connection), group, user)
    return NO_CONTENT


def remove_member(call: Call) -> Answer:
    """The user is no member, and no rule feeds them any more; 204 whether or not that is new."""
    with call.core.database.write() as connection:
        group, user = _ends(call)
        is_change = writes.remove_member(_moment(call, connection), group, user)
        if not is_change and call.core.options().choices.remove_non_member == "404":
            raise not_found(user.id, "User")
    return NO_CONTENT


def _members(call: Call, group: Stored, after: str, size: int) -> Iterator[Stored]:
    """Members in order, read so many at a time."""
    database = call.core.database
    options = call.core.options()
    lag = max(call.visit.lag, options.member_lag)
    since = call.core.clock.seconds() - lag
    is_empty = bool(lag) and options.choices.lagging_members == "empty"
    if is_empty and queries.has_changed(database, group.no, since):
        return
    while True:
        asked = Page(after=after, limit=size)
        if lag:
            rows = queries.members_before(database, group.no, asked, since)
        else:
            rows = queries.members(database, group.no, asked)
        yield from rows
        if len(rows) < size:
            return
        after = rows[-1].id


def _question(call: Call) -> Question | None:
    """What `search` asks of the members (Okta: documented; which attributes is assumed)."""
    if "search" not in call.query:
        return None
    try:
        return MEMBER_SEARCH.read(call.query["search"])
    except ExpressionError as error:
        raise no_such_search() from error


def _linking(call: Call) -> Call:
    """The call whose links repeat no more than Okta's do."""
    plain = {key: value for key, value in call.query.items() if key in {"after", "search"}}
    if expand.is_attributed(call) and call.core.options().choices.expand_in_next == "kept":
        plain["expand"] = call.query["expand"]
    return replace(call, query=plain, kept=frozenset({"expand"}))


def _ends(call: Call) -> tuple[Stored, Stored]:
    """The group and the user, looked for in this order; only an OKTA_GROUP can be written.

    Okta answers 403 for built-in groups and those of apps, even to a super admin (Okta: issue).
    """
    group = groups.named(call)
    user = queries.user_by_id(call.core.database, call.parameters["user"])
    if user is None:
        raise not_found(call.parameters["user"], "User")
    if groups.type_of(group) != "OKTA_GROUP":
        raise not_permitted()
    return group, user


def _moment(call: Call, connection: sqlite3.Connection) -> Transaction:
    return Transaction(connection=connection, author=call.author(), now=call.core.clock.now())
