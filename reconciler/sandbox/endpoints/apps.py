"""The endpoints of apps that read."""

import re
from dataclasses import replace
from itertools import islice
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import no_such_search, not_found, not_valid
from reconciler.sandbox.endpoints import groups, users
from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.request import Answer, Call
from reconciler.sandbox.resources.users_and_groups import decoded, group_item, user_item
from reconciler.sandbox.search import app_queries
from reconciler.sandbox.search.app_resources import app_group, app_item, app_user
from reconciler.sandbox.search.expression import ExpressionError
from reconciler.sandbox.search.filters import APP_FILTER, Question
from reconciler.sandbox.search.paging import Page, page
from reconciler.sandbox.search.queries import Stored

_DEFAULT: Final = 20
_MOST: Final = 200
_DEFAULT_USERS: Final = 50
_MOST_USERS: Final = 500
_EXPANDED: Final = re.compile(r"user/([^/,]+)")


def list_apps(call: Call) -> Answer:
    """A page of apps of any status, whose name or label starts with `q` (Okta: OpenAPI)."""
    asked = _page(call, _DEFAULT, _MOST, "apps")
    user = _expanded(call)
    apps = app_queries.apps_after(call.core.database, asked.number, _question(call))
    text = call.query.get("q", "").lower()
    found = list(islice((app for app in apps if _starts(app, text)), asked.limit + 1))
    shown, links = call.cut(found, asked, "apps")
    items = [app_item(app, call.base, _embedded(call, app, user)) for app in shown]
    return Answer(body=b"[%b]" % b",".join(items), links=links)


def one_app(call: Call) -> Answer:
    """The app."""
    app = _named(call)
    return Answer(body=app_item(app, call.base, _embedded(call, app, _expanded(call))))


def list_groups(call: Call) -> Answer:
    """A page of the groups assigned to the app."""
    app = _named(call)
    of = f"groups of {app.id}"
    asked = _page(call, _DEFAULT, _MOST, of)
    kind = _held(call, frozenset({"group", "metadata"}))
    q = call.query.get("q", "")
    rows = app_queries.groups_of_app(call.core.database, app.no, _ahead(asked), q)
    shown, links = call.cut([row.group for row in rows], asked, of)
    items = [
        app_group(app.id, row.group.id, row.at, row.priority, call.base)
        | _embedding(kind, group_item(row.group.id, row.group.body, call.base))
        for row in rows[: len(shown)]
    ]
    return Answer(body=msgspec.json.encode(items), links=links)


def list_users(call: Call) -> Answer:
    """A page of the users who have the app."""
    app = _named(call)
    of = f"users of {app.id}"
    asked = _page(call, _DEFAULT_USERS, _MOST_USERS, of)
    kind = _held(call, frozenset({"user"}))
    q = call.query.get("q", "")
    rows = app_queries.users_of_app(call.core.database, app.no, _ahead(asked), q)
    shown, links = call.cut([row.user for row in rows], asked, of)
    whole = call.accounts(shown) if kind else shown
    items = [
        app_user(app.id, row.user, row.at, row.group_id, call.base)
        | _embedding(kind, user_item(user.id, user.body, call.base))
        for row, user in zip(rows, whole, strict=False)
    ]
    return Answer(body=msgspec.json.encode(items), links=links)


def list_of_group(call: Call) -> Answer:
    """A page of the apps assigned to a group."""
    group = groups.named(call)
    of = f"apps of {group.id}"
    asked = _page(call, _DEFAULT, _MOST, of)
    rows = app_queries.apps_of_group(call.core.database, group.no, _ahead(asked))
    shown, links = call.cut(rows, asked, of)
    items = [app_item(app, call.base) for app in shown]
    return Answer(body=b"[%b]" % b",".join(items), links=links)


def _held(call: Call, known: frozenset[str]) -> str | None:
    """What each assignment is to hold; what it cannot is refused (assumed, as of an app)."""
    kind = call.query.get("expand")
    if kind is not None and kind not in known:
        raise not_valid("RequestParams", "Expand query is malformed.")
    return kind


def _embedding(kind: str | None, item: bytes) -> dict[str, object]:
    """The whole user or group; a bookmark's groups bring no metadata (its shape is assumed)."""
    if kind is None:
        return {}
    return {"_embedded": {kind: {} if kind == "metadata" else decoded(item)}}


def _page(call: Call, default: int, most: int, of: str) -> Page:
    return page(call.query.get("after"), call.query.get("limit"), default=default, most=most, of=of)


def _ahead(asked: Page) -> Page:
    return replace(asked, limit=asked.limit + 1)


def _named(call: Call) -> Stored:
    app = app_queries.app_by_id(call.core.database, call.parameters["app"])
    if app is None:
        raise not_found(call.parameters["app"], "AppInstance")
    return app


def _question(call: Call) -> Question | None:
    if "filter" not in call.query:
        return None
    try:
        return APP_FILTER.read(call.query["filter"])
    except ExpressionError as error:
        raise no_such_search() from error


def _starts(app: Stored, text: str) -> bool:
    body = decoded(app.body)
    return any(str(body[key]).lower().startswith(text) for key in ("name", "label"))


def _expanded(call: Call) -> str | None:
    """The user whose assignment is to stand in each app."""
    text = call.query.get("expand")
    if text is None:
        return None
    match = _EXPANDED.fullmatch(text)
    if match is None:
        raise not_valid("RequestParams", "Expand query is malformed.")
    return match[1]


def _embedded(call: Call, app: Stored, user_id: str | None) -> dict[str, object] | None:
    """Nothing when the user does not have the app (assumed)."""
    if user_id is None:
        return None
    found = app_queries.assignment(call.core.database, app.no, user_id)
    if found is None:
        return None
    return {"user": app_user(app.id, found.user, found.at, found.group_id, call.base)}


_OWN = "SELECT app_no FROM app_users WHERE user_no = ?"
_BY_GROUP = (
    "SELECT g.app_no FROM app_groups g JOIN members m ON m.group_no = g.group_no"
    " WHERE m.user_no = ?"
)


def list_links(call: Call) -> Answer:
    """The active apps that the user has, directly or by a group, without pages."""
    user = users.named(call)
    sql = (
        "SELECT no, id, body FROM apps WHERE status = 'ACTIVE'"  # noqa: S608 -- own words
        f" AND (no IN ({_OWN}) OR no IN ({_BY_GROUP})) ORDER BY no"
    )
    rows = call.core.database.rows(sql, (user.no, user.no))
    links = [_link(call, user, Stored(*row), at) for at, row in enumerate(rows)]
    return Answer(body=msgspec.json.encode(links))


def _link(call: Call, user: Stored, app: Stored, order: int) -> dict[str, object]:
    body = decoded(app.body)
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
