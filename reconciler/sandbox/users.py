"""The endpoints of users that read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec

from reconciler.sandbox import directory, etag, fields, index
from reconciler.sandbox.bearer import ServiceCaller
from reconciler.sandbox.bodies import decoded, group_list, user_item, user_list
from reconciler.sandbox.call import Answer, Call
from reconciler.sandbox.directory import Stored
from reconciler.sandbox.expression import ExpressionError
from reconciler.sandbox.failures import no_such_search, not_found, two_questions
from reconciler.sandbox.grammar import USER_FILTER, USER_SEARCH, Grammar, Question
from reconciler.sandbox.index import Progress
from reconciler.sandbox.paging import Page, page

_MOST: Final = 200
_MOST_Q: Final = 10


def list_users(call: Call) -> Answer:
    """A page of users; only an expression can show a deprovisioned one (Okta: issue).

    `search` and `q` read the index, the rest reads the users themselves.
    """
    if "search" in call.query and "filter" in call.query:
        raise two_questions()
    if "search" in call.query:
        return _searched(call, _question(USER_SEARCH, call.query["search"]))
    if call.query.get("q") and "filter" not in call.query:
        return _starting(call)
    asked = page(
        call.query.get("after"), call.query.get("limit"), default=_MOST, most=_MOST, of="users"
    )
    if "filter" in call.query:
        question = _question(USER_FILTER, call.query["filter"])
        rows = directory.asked(call.core.database, "users", question, asked)
    else:
        rows = directory.users_alive(call.core.database, asked)
    return Answer(body=_shown(call, rows), links=call.links(rows, asked, "users"))


def one_user(call: Call) -> Answer:
    """The user by id, login or short name; `me` is the owner of the token."""
    row = named(call)
    body = user_item(row.id, call.account(row).body, call.base)
    omitted = fields.omissions(call.headers.get("content-type"))
    if omitted or "fields" in call.query:
        body = msgspec.json.encode(_lean(call, decoded(body), omitted))
    return Answer(body=body, etag=etag.of(row.body))


def groups_of_user(call: Call) -> Answer:
    """A page of the groups that the user is in, Everyone included (Okta: recorded)."""
    row = named(call)
    of = f"groups of {row.id}"
    asked = page(call.query.get("after"), call.query.get("limit"), default=_MOST, most=_MOST, of=of)
    ahead = replace(asked, limit=asked.limit + 1)
    rows = directory.groups_of(call.core.database, row.no, ahead)
    shown = rows[: asked.limit]
    links = [call.self_link(asked.limit)]
    if len(rows) > len(shown):
        links.append(call.next_link(shown[-1], asked.limit, of))
    body = group_list(((each.id, each.body) for each in shown), call.base)
    return Answer(body=body, links=tuple(links))


def named(call: Call) -> Stored:
    """The user that the path names."""
    name = call.parameters["user"]
    if name == "me":
        if isinstance(call.caller, ServiceCaller):
            raise not_found("me", "User")  # nobody is behind it; what Okta answers is not known
        return call.caller.owner
    row = directory.user(call.core.database, name)
    if row is None:
        raise not_found(name, "User")
    return row


def _starting(call: Call) -> Answer:
    """`q` has no pages: ten users, or as many as the limit says (Okta: documented)."""
    asked = page(None, call.query.get("limit"), default=_MOST_Q, most=_MOST, of="users")
    rows = index.starting(call.core.database, call.query["q"], asked.limit, _since(call))
    return Answer(body=_shown(call, rows), links=(call.self_link(asked.limit),))


def _searched(call: Call, question: Question) -> Answer:
    """A page of what the index finds, by id or, with `sortBy`, by place in the order asked for."""
    order = call.query.get("sortBy")
    of = f"users by {order} {_is_descending(call)}" if order else "users"
    asked = page(call.query.get("after"), call.query.get("limit"), default=_MOST, most=_MOST, of=of)
    walked = index.progress(asked.after)
    database = call.core.database
    if order:
        rows = index.found(database, question, index.ALL, _since(call))
        rows = index.sorted_by(rows, order, is_descending=_is_descending(call))
        place = int(walked.behind or 0)
        rows = rows[place : place + asked.limit]
        behind = str(place + len(rows))
    else:
        ahead = Page(after=walked.behind, limit=asked.limit)
        rows = index.found(database, question, ahead, _since(call))
        behind = rows[-1].id if rows else ""
    position = Progress(walked.given + len(rows), behind).position()
    last = [each._replace(position=position) for each in rows]
    return Answer(body=_shown(call, rows), links=call.links(last, asked, of))


def _is_descending(call: Call) -> bool:
    return call.query.get("sortOrder", "asc").lower() == "desc"


def _since(call: Call) -> float | None:
    """The instant that the index has come to; None when it is up to date."""
    lag = max(call.visit.index_lag, call.core.options().index_lag)
    return call.core.clock.seconds() - lag if lag else None


def _question(grammar: Grammar, text: str) -> Question:
    try:
        return grammar.read(text)
    except ExpressionError as error:
        raise no_such_search() from error


def _shown(call: Call, rows: list[Stored]) -> bytes:
    """The users as a list, each as much of it as the request asks for."""
    body = user_list(((row.id, row.body) for row in call.accounts(rows)), call.base)
    omitted = fields.omissions(call.headers.get("content-type"))
    if not omitted and "fields" not in call.query:
        return body
    whole = msgspec.json.decode(body, type=list[dict[str, object]])
    return msgspec.json.encode([_lean(call, user, omitted) for user in whole])


def _lean(call: Call, user: Mapping[str, object], omitted: frozenset[str]) -> dict[str, object]:
    lean = fields.without(user, omitted)
    return fields.parse(call.query["fields"]).of(lean) if "fields" in call.query else lean
