"""The endpoint of a user's dashboard: which apps a person sees there (Okta: OpenAPI)."""

import msgspec

from reconciler.sandbox import users
from reconciler.sandbox.bodies import decoded
from reconciler.sandbox.call import Answer, Call
from reconciler.sandbox.directory import Stored
from reconciler.sandbox.ids import derived_id

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
