"""The endpoints of memberships."""

import sqlite3
from dataclasses import replace
from typing import Final

from reconciler.sandbox import directory, groups, writes
from reconciler.sandbox.bodies import decoded, user_list
from reconciler.sandbox.call import NO_CONTENT, Answer, Call
from reconciler.sandbox.directory import Stored
from reconciler.sandbox.failures import not_found, not_permitted, wrong_status
from reconciler.sandbox.paging import page
from reconciler.sandbox.writes import Moment

_MOST: Final = 1000


def list_members(call: Call) -> Answer:
    """A page of members of any status; `filter` is ignored (Okta: issue, okta-sdk-python 245)."""
    group = groups.named(call)
    of = f"members of {group.id}"
    asked = page(call.query.get("after"), call.query.get("limit"), default=_MOST, most=_MOST, of=of)
    database = call.core.database
    if call.visit.lag:
        since = call.core.clock.seconds() - call.visit.lag
        rows = directory.members_before(database, group.no, asked, since)
    else:
        rows = directory.members(database, group.no, asked)
    body = user_list(((row.id, row.body) for row in rows), call.base)
    plain = {key: value for key, value in call.query.items() if key == "after"}
    return Answer(body=body, links=replace(call, query=plain).links(rows, asked, of))


def add_member(call: Call) -> Answer:
    """The user is a member; 204 whether or not that is new (Okta: recorded)."""
    with call.core.database.write() as connection:
        group, user = _ends(call)
        if decoded(user.body)["status"] == "DEPROVISIONED":
            raise wrong_status()
        writes.add_member(_moment(call, connection), group, user)
    return NO_CONTENT


def remove_member(call: Call) -> Answer:
    """The user is no member; 204 whether or not that is new."""
    with call.core.database.write() as connection:
        group, user = _ends(call)
        writes.remove_member(_moment(call, connection), group, user)
    return NO_CONTENT


def _ends(call: Call) -> tuple[Stored, Stored]:
    """The group and the user, looked for in this order; only an OKTA_GROUP can be written.

    Okta answers 403 for built-in groups and those of apps, even to a super admin (Okta: issue).
    """
    group = groups.named(call)
    user = directory.user_by_id(call.core.database, call.parameters["user"])
    if user is None:
        raise not_found(call.parameters["user"], "User")
    if groups.type_of(group) != "OKTA_GROUP":
        raise not_permitted()
    return group, user


def _moment(call: Call, connection: sqlite3.Connection) -> Moment:
    return Moment(connection=connection, author=call.author(), now=call.core.clock.now())
