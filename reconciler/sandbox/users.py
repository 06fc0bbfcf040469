"""The endpoints of users that read."""

import hashlib
from typing import Final

from reconciler.sandbox import directory
from reconciler.sandbox.bodies import group_list, user_item, user_list
from reconciler.sandbox.call import Answer, Call
from reconciler.sandbox.directory import Stored
from reconciler.sandbox.expression import ExpressionError
from reconciler.sandbox.failures import no_such_search, not_found, two_questions
from reconciler.sandbox.grammar import USER_FILTER, USER_SEARCH
from reconciler.sandbox.paging import Page, page

_MOST: Final = 200
_MOST_Q: Final = 10


def list_users(call: Call) -> Answer:
    """A page of users; only an expression can show a deprovisioned one (Okta: issue)."""
    if "search" in call.query and "filter" in call.query:
        raise two_questions()
    if call.query.get("q") and not {"search", "filter"} & call.query.keys():
        return _starting(call)
    asked = page(
        call.query.get("after"), call.query.get("limit"), default=_MOST, most=_MOST, of="users"
    )
    rows = _page(call, asked)
    body = user_list(((row.id, row.body) for row in rows), call.base)
    return Answer(body=body, links=call.links(rows, asked, "users"))


def one_user(call: Call) -> Answer:
    """The user by id, login or short name; `me` is the owner of the token."""
    row = _named(call)
    body = user_item(row.id, row.body, call.base)
    return Answer(body=body, etag=f'W/"{hashlib.sha256(row.body).hexdigest()}"')


def groups_of_user(call: Call) -> Answer:
    """A page of the groups that the user is in, Everyone included (Okta: recorded)."""
    row = _named(call)
    of = f"groups of {row.id}"
    asked = page(call.query.get("after"), call.query.get("limit"), default=_MOST, most=_MOST, of=of)
    ahead = Page(after=asked.after, limit=asked.limit + 1)
    rows = directory.groups_of(call.core.database, row.no, ahead)
    shown = rows[: asked.limit]
    links = [call.self_link(asked.limit)]
    if len(rows) > len(shown):
        links.append(call.next_link(shown[-1], asked.limit, of))
    body = group_list(((each.id, each.body) for each in shown), call.base)
    return Answer(body=body, links=tuple(links))


def _starting(call: Call) -> Answer:
    """`q` has no pages: ten users, or as many as the limit says (Okta: documented)."""
    asked = page(None, call.query.get("limit"), default=_MOST_Q, most=_MOST, of="users")
    rows = directory.users_starting(call.core.database, call.query["q"], asked.limit)
    body = user_list(((row.id, row.body) for row in rows), call.base)
    return Answer(body=body, links=(call.self_link(asked.limit),))


def _page(call: Call, asked: Page) -> list[Stored]:
    for name, grammar in (("search", USER_SEARCH), ("filter", USER_FILTER)):
        if name in call.query:
            try:
                question = grammar.read(call.query[name])
            except ExpressionError as error:
                raise no_such_search() from error
            return directory.asked(call.core.database, "users", question, asked)
    return directory.users_alive(call.core.database, asked)


def _named(call: Call) -> Stored:
    name = call.parameters["user"]
    if name == "me":
        return call.caller.owner
    row = directory.user(call.core.database, name)
    if row is None:
        raise not_found(name, "User")
    return row
