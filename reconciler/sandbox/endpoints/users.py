"""The endpoints of users, but for the lifecycle."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import (
    Failure,
    invalid_search,
    not_found,
    search_and_filter,
    validation_failed,
    wrong_user_status,
)
from reconciler.sandbox.callers.access_token import ServiceCaller
from reconciler.sandbox.changes import users as accounts
from reconciler.sandbox.changes.groups import add_member
from reconciler.sandbox.changes.log_events import user_target
from reconciler.sandbox.changes.transaction import record
from reconciler.sandbox.ids import new_id
from reconciler.sandbox.request import Answer, Call
from reconciler.sandbox.resources import sparse_fields, user_profile, users
from reconciler.sandbox.resources.groups import encode_groups
from reconciler.sandbox.resources.user_lifecycle import STILL_MOVING, Refusal
from reconciler.sandbox.resources.user_profile import Secrets
from reconciler.sandbox.resources.users import encode_user, encode_users, new_user_body
from reconciler.sandbox.search import queries, user_index
from reconciler.sandbox.search.expression import ExpressionError
from reconciler.sandbox.search.filters import USER_FILTER, USER_SEARCH, Condition, Grammar
from reconciler.sandbox.search.paging import Page, parse_page
from reconciler.sandbox.search.queries import group_by_id
from reconciler.sandbox.search.user_index import Progress
from reconciler.sandbox.storage.clock import stamp
from reconciler.sandbox.storage.rows import Resource, decode_body, profile_of

_MOST: Final = 200
_MOST_Q: Final = 10


_EXTERNAL_PROVIDERS: Final = frozenset({"FEDERATION", "SOCIAL"})
_ACTIVATED: Final = ("user.lifecycle.activate", "Activate Okta user")


def list_users(call: Call) -> Answer:
    """A page of users; only an expression can show a deprovisioned one (Okta: issue).

    `search` and `q` read the index, the rest reads the users themselves.
    """
    if "search" in call.query and "filter" in call.query:
        raise search_and_filter()
    if "search" in call.query:
        return _search(call, _parse_condition(USER_SEARCH, call.query["search"]))
    if call.query.get("q") and "filter" not in call.query:
        return _search_prefix(call)
    asked = parse_page(
        call.query.get("after"),
        call.query.get("limit"),
        default=_MOST,
        most=_MOST,
        list_name="users",
    )
    if "filter" in call.query:
        condition = _parse_condition(USER_FILTER, call.query["filter"])
        rows = queries.select_matching(call.core.database, "users", condition, asked)
    else:
        rows = queries.list_users(call.core.database, asked)
    return Answer(body=_encode_list(call, rows), links=call.page_links(rows, asked, "users"))


def one_user(call: Call) -> Answer:
    """The user by id, login or short name; `me` is the owner of the token."""
    row = user_of_path(call)
    body = encode_user(row.id, call.show_user(row).body, call.base)
    omitted = sparse_fields.parse_omissions(call.headers.get("content-type"))
    if omitted or "fields" in call.query:
        body = msgspec.json.encode(_reduce(call, decode_body(body), omitted))
    return Answer(body=body, etag=users.etag(row.body))


def groups_of_user(call: Call) -> Answer:
    """A page of the groups that the user is in, Everyone included (Okta: recorded)."""
    row = user_of_path(call)
    list_name = f"groups of {row.id}"
    asked = parse_page(
        call.query.get("after"),
        call.query.get("limit"),
        default=_MOST,
        most=_MOST,
        list_name=list_name,
    )
    ahead = replace(asked, limit=asked.limit + 1)
    rows = queries.list_groups_of(call.core.database, row.no, ahead)
    shown = rows[: asked.limit]
    links = [call.self_link(asked.limit)]
    if len(rows) > len(shown):
        links.append(call.next_link(shown[-1], asked.limit, list_name))
    body = encode_groups(((each.id, each.body) for each in shown), call.base)
    return Answer(body=body, links=tuple(links))


def create_user(call: Call) -> Answer:
    """A new user; 200, never 201 (Okta: recorded)."""
    body = call.json()
    user_profile.check_keys(body)
    wanted = user_profile.complete_profile(user_profile.read_attributes(body))
    has_provider = call.query.get("provider", "").lower() == "true"
    given = user_profile.read_secrets(body, str(wanted["login"]), has_provider=has_provider)
    status = _first_status(call, given)
    with call.write() as transaction:
        user_profile.check_login_free(call.core.database, str(wanted["login"]), None)
        now = stamp(transaction.now)
        made = new_user_body(new_id("user"), status, wanted, now, given)
        user = accounts.create_user(transaction, made)
        if status != "STAGED":
            record(transaction, *_ACTIVATED, user_target(user))
        for group_id in _group_ids(body):
            group = group_by_id(call.core.database, group_id)
            if group is None:
                raise not_found(group_id, "UserGroup")
            add_member(transaction, group, user)
    return _answer_with(call, user)


def update_user(call: Call) -> Answer:
    """The user with those attributes changed that the body gives; null takes one away."""
    return _edit(call, is_partial=True)


def replace_user(call: Call) -> Answer:
    """The user with the body's profile and no other attribute.

    A body of credentials alone changes these and leaves the profile (Okta: recorded).
    """
    return _edit(call, is_partial=False)


def failure_of(refusal: Refusal) -> Failure:
    """What is not done, as an answer."""
    return Failure(refusal.http, refusal.code, refusal.summary, *refusal.causes)


def user_of_path(call: Call) -> Resource:
    """The user that the path names."""
    name = call.parameters["user"]
    if name == "me":
        if isinstance(call.caller, ServiceCaller):
            raise not_found(
                "me", "User"
            )  # a service app has no user; what Okta answers is not known
        return call.caller.owner
    row = queries.find_user(call.core.database, name)
    if row is None:
        raise not_found(name, "User")
    return row


def _search_prefix(call: Call) -> Answer:
    """`q` has no pages: ten users, or as many as the limit says (Okta: documented)."""
    asked = parse_page(
        None, call.query.get("limit"), default=_MOST_Q, most=_MOST, list_name="users"
    )
    rows = user_index.search_prefix(
        call.core.database, call.query["q"], asked.limit, _index_instant(call)
    )
    return Answer(body=_encode_list(call, rows), links=(call.self_link(asked.limit),))


def _search(call: Call, condition: Condition) -> Answer:
    """A page of what the index finds, by id or, with `sortBy`, by place in the order asked for."""
    order = call.query.get("sortBy")
    list_name = f"users by {order} {_is_descending(call)}" if order else "users"
    asked = parse_page(
        call.query.get("after"),
        call.query.get("limit"),
        default=_MOST,
        most=_MOST,
        list_name=list_name,
    )
    walked = user_index.parse_progress(asked.after)
    database = call.core.database
    if order:
        rows = user_index.search_users(database, condition, user_index.ALL, _index_instant(call))
        rows = queries.sort_by(rows, order, is_descending=_is_descending(call))
        place = int(walked.behind or 0)
        rows = rows[place : place + asked.limit]
        behind = str(place + len(rows))
    else:
        ahead = Page(after=walked.behind, limit=asked.limit)
        rows = user_index.search_users(database, condition, ahead, _index_instant(call))
        behind = rows[-1].id if rows else ""
    position = Progress(walked.given + len(rows), behind).position()
    last = [each._replace(position=position) for each in rows]
    return Answer(body=_encode_list(call, rows), links=call.page_links(last, asked, list_name))


def _is_descending(call: Call) -> bool:
    return call.query.get("sortOrder", "asc").lower() == "desc"


def _index_instant(call: Call) -> float | None:
    """The instant that the index has come to; None when it is up to date."""
    lag = max(call.request_info.index_lag, call.core.options().index_lag)
    return call.core.clock.seconds() - lag if lag else None


def _parse_condition(grammar: Grammar, text: str) -> Condition:
    try:
        return grammar.read(text)
    except ExpressionError as error:
        raise invalid_search() from error


def _encode_list(call: Call, rows: list[Resource]) -> bytes:
    """The users as a list, each as much of it as the request asks for."""
    body = encode_users(((row.id, row.body) for row in call.show_users(rows)), call.base)
    omitted = sparse_fields.parse_omissions(call.headers.get("content-type"))
    if not omitted and "fields" not in call.query:
        return body
    whole = msgspec.json.decode(body, type=list[dict[str, object]])
    return msgspec.json.encode([_reduce(call, user, omitted) for user in whole])


def _reduce(call: Call, user: Mapping[str, object], omitted: frozenset[str]) -> dict[str, object]:
    lean = sparse_fields.omit(user, omitted)
    return (
        sparse_fields.parse_fields(call.query["fields"]).select(lean)
        if "fields" in call.query
        else lean
    )


def _edit(call: Call, *, is_partial: bool) -> Answer:
    body = call.json()
    user_profile.check_keys(body)
    with call.write() as transaction:
        user = user_of_path(call)
        users.check_if_match(call.headers.get("if-match"), user.body)
        now = decode_body(user.body)
        if now.get("transitioningToStatus"):
            raise failure_of(STILL_MOVING)
        if now["status"] == "DEPROVISIONED":
            if call.core.options().choices.update_deprovisioned == "404":
                raise not_found(call.parameters["user"], "User")
            raise wrong_user_status()
        is_partial = is_partial or ("profile" not in body and "credentials" in body)
        old = profile_of(user) if is_partial else {}
        wanted = user_profile.complete_profile({**old, **user_profile.read_attributes(body)})
        user_profile.check_login_free(call.core.database, str(wanted["login"]), user.id)
        given = user_profile.read_secrets(body, str(wanted["login"]))
        user = accounts.set_profile(transaction, user, wanted, given)
    return _answer_with(call, user)


def _first_status(call: Call, given: Secrets) -> str:
    """Without a password one has to set one first, but who signs in elsewhere (Okta: OpenAPI)."""
    if call.query.get("activate", "true").lower() == "false":
        return "STAGED"
    if call.query.get("nextLogin") == "changePassword":
        if not given.has_password:
            raise validation_failed("password", "password: The field cannot be left blank")
        return "PASSWORD_EXPIRED"
    is_elsewhere = given.provider is not None and given.provider["type"] in _EXTERNAL_PROVIDERS
    return "ACTIVE" if given.has_password or is_elsewhere else "PROVISIONED"


def _group_ids(body: Mapping[str, object]) -> list[str]:
    """The groups that a new user is put into (Okta: OpenAPI)."""
    given = body.get("groupIds")
    return [str(each) for each in given] if isinstance(given, list) else []


def _answer_with(call: Call, user: Resource) -> Answer:
    """The user; only a read says which version it is of (Okta: recorded)."""
    return Answer(body=encode_user(user.id, call.show_user(user).body, call.base))
