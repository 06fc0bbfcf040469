"""The endpoints of apps that read."""

import re
from dataclasses import replace
from itertools import islice
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import invalid_search, not_found, validation_failed
from reconciler.sandbox.endpoints import groups, users
from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.request import Answer, Call
from reconciler.sandbox.resources.apps import app_group_body, app_user_body, encode_app
from reconciler.sandbox.resources.groups import encode_group
from reconciler.sandbox.resources.users import encode_user
from reconciler.sandbox.search import app_queries
from reconciler.sandbox.search.expression import ExpressionError
from reconciler.sandbox.search.filters import APP_FILTER, Condition
from reconciler.sandbox.search.paging import Page, parse_page
from reconciler.sandbox.storage.rows import Resource, decode_body

_DEFAULT: Final = 20
_MOST: Final = 200
_DEFAULT_USERS: Final = 50
_MOST_USERS: Final = 500
_EXPAND_USER: Final = re.compile(r"user/([^/,]+)")


_OWN_APPS_SQL = "SELECT app_no FROM app_users WHERE user_no = ?"
_APPS_BY_GROUP_SQL = (
    "SELECT g.app_no FROM app_groups g JOIN members m ON m.group_no = g.group_no"
    " WHERE m.user_no = ?"
)


def list_apps(call: Call) -> Answer:
    """A page of apps of any status, whose name or label starts with `q` (Okta: OpenAPI)."""
    asked = _parse_page(call, _DEFAULT, _MOST, "apps")
    user = _expanded_user(call)
    apps = app_queries.apps_after(call.core.database, asked.number, _parse_condition(call))
    text = call.query.get("q", "").lower()
    found = list(islice((app for app in apps if _starts_with(app, text)), asked.limit + 1))
    shown, links = call.cut_page(found, asked, "apps")
    items = [encode_app(app, call.base, _embed_user(call, app, user)) for app in shown]
    return Answer(body=b"[%b]" % b",".join(items), links=links)


def one_app(call: Call) -> Answer:
    """The app."""
    app = _app_of_path(call)
    return Answer(body=encode_app(app, call.base, _embed_user(call, app, _expanded_user(call))))


def list_groups(call: Call) -> Answer:
    """A page of the groups assigned to the app."""
    app = _app_of_path(call)
    list_name = f"groups of {app.id}"
    asked = _parse_page(call, _DEFAULT, _MOST, list_name)
    kind = _expand_kind(call, frozenset({"group", "metadata"}))
    q = call.query.get("q", "")
    rows = app_queries.groups_of_app(call.core.database, app.no, _one_more(asked), q)
    shown, links = call.cut_page([row.group for row in rows], asked, list_name)
    items = [
        app_group_body(app.id, row.group.id, row.at, row.priority, call.base)
        | _embed(kind, encode_group(row.group.id, row.group.body, call.base))
        for row in rows[: len(shown)]
    ]
    return Answer(body=msgspec.json.encode(items), links=links)


def list_users(call: Call) -> Answer:
    """A page of the users who have the app."""
    app = _app_of_path(call)
    list_name = f"users of {app.id}"
    asked = _parse_page(call, _DEFAULT_USERS, _MOST_USERS, list_name)
    kind = _expand_kind(call, frozenset({"user"}))
    q = call.query.get("q", "")
    rows = app_queries.users_of_app(call.core.database, app.no, _one_more(asked), q)
    shown, links = call.cut_page([row.user for row in rows], asked, list_name)
    whole = call.show_users(shown) if kind else shown
    items = [
        app_user_body(app.id, row.user, row.at, row.group_id, call.base)
        | _embed(kind, encode_user(user.id, user.body, call.base))
        for row, user in zip(rows, whole, strict=False)
    ]
    return Answer(body=msgspec.json.encode(items), links=links)


def list_apps_of_group(call: Call) -> Answer:
    """A page of the apps assigned to a group."""
    group = groups.group_of_path(call)
    list_name = f"apps of {group.id}"
    asked = _parse_page(call, _DEFAULT, _MOST, list_name)
    rows = app_queries.apps_of_group(call.core.database, group.no, _one_more(asked))
    shown, links = call.cut_page(rows, asked, list_name)
    items = [encode_app(app, call.base) for app in shown]
    return Answer(body=b"[%b]" % b",".join(items), links=links)


def list_links(call: Call) -> Answer:
    """The active apps that the user has, directly or by a group, without pages.

    Who is deprovisioned has none (Okta: documented).
    """
    user = users.user_of_path(call)
    if decode_body(user.body)["status"] == "DEPROVISIONED":
        return Answer(body=b"[]")
    sql = (
        "SELECT no, id, body FROM apps WHERE status = 'ACTIVE'"  # noqa: S608 -- own words
        f" AND (no IN ({_OWN_APPS_SQL}) OR no IN ({_APPS_BY_GROUP_SQL})) ORDER BY no"
    )
    rows = call.core.database.rows(sql, (user.no, user.no))
    links = [_link(call, user, Resource(*row), at) for at, row in enumerate(rows)]
    return Answer(body=msgspec.json.encode(links))


def _expand_kind(call: Call, known: frozenset[str]) -> str | None:
    """What each assignment is to hold; what it cannot is refused (assumed, as of an app)."""
    kind = call.query.get("expand")
    if kind is not None and kind not in known:
        raise validation_failed("RequestParams", "Expand query is malformed.")
    return kind


def _embed(kind: str | None, item: bytes) -> dict[str, object]:
    """The whole user or group; a bookmark's groups bring no metadata (its shape is assumed)."""
    if kind is None:
        return {}
    return {"_embedded": {kind: {} if kind == "metadata" else decode_body(item)}}


def _parse_page(call: Call, default: int, most: int, list_name: str) -> Page:
    return parse_page(
        call.query.get("after"),
        call.query.get("limit"),
        default=default,
        most=most,
        list_name=list_name,
    )


def _one_more(asked: Page) -> Page:
    return replace(asked, limit=asked.limit + 1)


def _app_of_path(call: Call) -> Resource:
    app = app_queries.app_by_id(call.core.database, call.parameters["app"])
    if app is None:
        raise not_found(call.parameters["app"], "AppInstance")
    return app


def _parse_condition(call: Call) -> Condition | None:
    if "filter" not in call.query:
        return None
    try:
        return APP_FILTER.read(call.query["filter"])
    except ExpressionError as error:
        raise invalid_search() from error


def _starts_with(app: Resource, text: str) -> bool:
    body = decode_body(app.body)
    return any(str(body[key]).lower().startswith(text) for key in ("name", "label"))


def _expanded_user(call: Call) -> str | None:
    """The user whose assignment is to stand in each app."""
    text = call.query.get("expand")
    if text is None:
        return None
    match = _EXPAND_USER.fullmatch(text)
    if match is None:
        raise validation_failed("RequestParams", "Expand query is malformed.")
    return match[1]


def _embed_user(call: Call, app: Resource, user_id: str | None) -> dict[str, object] | None:
    """Nothing when the user does not have the app (assumed)."""
    if user_id is None:
        return None
    found = app_queries.assignment(call.core.database, app.no, user_id)
    if found is None:
        return None
    return {"user": app_user_body(app.id, found.user, found.at, found.group_id, call.base)}


def _link(call: Call, user: Resource, app: Resource, order: int) -> dict[str, object]:
    body = decode_body(app.body)
    return {
        "id": derived_id("app link", f"{user.id} {app.id}"),
        "label": body["label"],
        "linkUrl": f"{call.base}/home/{body['name']}/{app.id}",
        "logoUrl": "https://ok12static.oktacdn.com/assets/img/logos/default.png",
        "appName": body["name"],
        "appInstanceId": app.id,
        "appAssignmentId": derived_id("app link", f"assignment {user.id} {app.id}"),
        "credentialsSetup": False,
        "hidden": False,
        "sortOrder": order,
    }
