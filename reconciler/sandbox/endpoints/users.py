"""The endpoints of users that read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import (
    no_such_search,
    not_found,
    not_valid,
    two_questions,
    wrong_status,
)
from reconciler.sandbox.callers.access_token import ServiceCaller
from reconciler.sandbox.changes import users as accounts
from reconciler.sandbox.changes.groups import add_member
from reconciler.sandbox.changes.log_events import user_target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.ids import new_id
from reconciler.sandbox.request import Answer, Call
from reconciler.sandbox.resources import sparse_fields, user_profile, users_and_groups
from reconciler.sandbox.resources.user_profile import Secrets
from reconciler.sandbox.resources.users_and_groups import (
    decoded,
    fresh_user,
    group_list,
    user_item,
    user_list,
)
from reconciler.sandbox.search import queries, user_index
from reconciler.sandbox.search.expression import ExpressionError
from reconciler.sandbox.search.filters import USER_FILTER, USER_SEARCH, Grammar, Question
from reconciler.sandbox.search.paging import Page, page
from reconciler.sandbox.search.queries import Stored, group_by_id, profile
from reconciler.sandbox.search.user_index import Progress
from reconciler.sandbox.storage.clock import stamp

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
        rows = queries.asked(call.core.database, "users", question, asked)
    else:
        rows = queries.users_alive(call.core.database, asked)
    return Answer(body=_shown(call, rows), links=call.links(rows, asked, "users"))


def one_user(call: Call) -> Answer:
    """The user by id, login or short name; `me` is the owner of the token."""
    row = named(call)
    body = user_item(row.id, call.account(row).body, call.base)
    omitted = sparse_fields.omissions(call.headers.get("content-type"))
    if omitted or "fields" in call.query:
        body = msgspec.json.encode(_lean(call, decoded(body), omitted))
    return Answer(body=body, etag=users_and_groups.of(row.body))


def groups_of_user(call: Call) -> Answer:
    """A page of the groups that the user is in, Everyone included (Okta: recorded)."""
    row = named(call)
    of = f"groups of {row.id}"
    asked = page(call.query.get("after"), call.query.get("limit"), default=_MOST, most=_MOST, of=of)
    ahead = replace(asked, limit=asked.limit + 1)
    rows = queries.groups_of(call.core.database, row.no, ahead)
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
    row = queries.user(call.core.database, name)
    if row is None:
        raise not_found(name, "User")
    return row


def _starting(call: Call) -> Answer:
    """`q` has no pages: ten users, or as many as the limit says (Okta: documented)."""
    asked = page(None, call.query.get("limit"), default=_MOST_Q, most=_MOST, of="users")
    rows = user_index.starting(call.core.database, call.query["q"], asked.limit, _since(call))
    return Answer(body=_shown(call, rows), links=(call.self_link(asked.limit),))


def _searched(call: Call, question: Question) -> Answer:
    """A page of what the index finds, by id or, with `sortBy`, by place in the order asked for."""
    order = call.query.get("sortBy")
    of = f"users by {order} {_is_descending(call)}" if order else "users"
    asked = page(call.query.get("after"), call.query.get("limit"), default=_MOST, most=_MOST, of=of)
    walked = user_index.progress(asked.after)
    database = call.core.database
    if order:
        rows = user_index.found(database, question, user_index.ALL, _since(call))
        rows = user_index.sorted_by(rows, order, is_descending=_is_descending(call))
        place = int(walked.behind or 0)
        rows = rows[place : place + asked.limit]
        behind = str(place + len(rows))
    else:
        ahead = Page(after=walked.behind, limit=asked.limit)
        rows = user_index.found(database, question, ahead, _since(call))
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
    omitted = sparse_fields.omissions(call.headers.get("content-type"))
    if not omitted and "fields" not in call.query:
        return body
    whole = msgspec.json.decode(body, type=list[dict[str, object]])
    return msgspec.json.encode([_lean(call, user, omitted) for user in whole])


def _lean(call: Call, user: Mapping[str, object], omitted: frozenset[str]) -> dict[str, object]:
    lean = sparse_fields.without(user, omitted)
    return sparse_fields.parse(call.query["fields"]).of(lean) if "fields" in call.query else lean


_ELSEWHERE: Final = frozenset({"FEDERATION", "SOCIAL"})
_ACTIVATED: Final = ("user.lifecycle.activate", "Activate Okta user")


def create_user(call: Call) -> Answer:
    """A new user; 200, never 201 (Okta: recorded)."""
    body = call.json()
    user_profile.check_keys(body)
    wanted = user_profile.checked(user_profile.given(body))
    has_provider = call.query.get("provider", "").lower() == "true"
    given = user_profile.secrets(body, str(wanted["login"]), has_provider=has_provider)
    status = _first_status(call, given)
    with call.core.database.write() as connection:
        user_profile.check_free(call.core.database, str(wanted["login"]), None)
        transaction = Transaction(
            connection=connection, author=call.author(), now=call.core.clock.now()
        )
        now = stamp(transaction.now)
        made = fresh_user(new_id("user"), status, wanted, now, given)
        user = accounts.create(transaction, made)
        if status != "STAGED":
            record(transaction, *_ACTIVATED, user_target(user))
        for group_id in _groups_of(body):
            group = group_by_id(call.core.database, group_id)
            if group is None:
                raise not_found(group_id, "UserGroup")
            add_member(transaction, group, user)
    return _answer(call, user)


def update_user(call: Call) -> Answer:
    """The user with those attributes changed that the body gives; null takes one away."""
    return _edited(call, is_partial=True)


def replace_user(call: Call) -> Answer:
    """The user with the body's profile and no other attribute.

    A body of credentials alone changes these and leaves the profile (Okta: recorded).
    """
    return _edited(call, is_partial=False)


def _edited(call: Call, *, is_partial: bool) -> Answer:
    body = call.json()
    user_profile.check_keys(body)
    with call.core.database.write() as connection:
        user = named(call)
        users_and_groups.check(call.headers.get("if-match"), user.body)
        if decoded(user.body)["status"] == "DEPROVISIONED":
            if call.core.options().choices.update_deprovisioned == "404":
                raise not_found(call.parameters["user"], "User")
            raise wrong_status()
        is_partial = is_partial or ("profile" not in body and "credentials" in body)
        old = profile(user) if is_partial else {}
        wanted = user_profile.checked({**old, **user_profile.given(body)})
        user_profile.check_free(call.core.database, str(wanted["login"]), user.id)
        transaction = Transaction(
            connection=connection, author=call.author(), now=call.core.clock.now()
        )
        given = user_profile.secrets(body, str(wanted["login"]))
        user = accounts.set_profile(transaction, user, wanted, given)
    return _answer(call, user)


def _first_status(call: Call, given: Secrets) -> str:
    """Without a password one has to set one first, but who signs in elsewhere (Okta: OpenAPI)."""
    if call.query.get("activate", "true").lower() == "false":
        return "STAGED"
    if call.query.get("nextLogin") == "changePassword":
        if not given.has_password:
            raise not_valid("password", "password: The field cannot be left blank")
        return "PASSWORD_EXPIRED"
    is_elsewhere = given.provider is not None and given.provider["type"] in _ELSEWHERE
    return "ACTIVE" if given.has_password or is_elsewhere else "PROVISIONED"


def _groups_of(body: Mapping[str, object]) -> list[str]:
    """The groups that a new user is put into (Okta: OpenAPI)."""
    given = body.get("groupIds")
    return [str(each) for each in given] if isinstance(given, list) else []


def _answer(call: Call, user: Stored) -> Answer:
    """The user; only a read says which version it is of (Okta: recorded)."""
    return Answer(body=user_item(user.id, call.account(user).body, call.base))
