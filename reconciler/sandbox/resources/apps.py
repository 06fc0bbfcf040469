"""Apps and their assignments as JSON; an app is stored without `_links`, as groups are."""

from collections.abc import Mapping
from typing import Final

import msgspec

from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.storage.rows import Resource, decode_body
from reconciler.sandbox.world.model import App

_LOGO: Final = "https://ok12static.oktacdn.com/assets/img/logos/bookmark-app.png"
_NO_VPN: Final = {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}


def app_body(app: App, org_id: str, created: str) -> dict[str, object]:
    """The app as Okta shows a bookmark (Okta: recorded)."""
    return {
        "id": app.id,
        "orn": f"orn:okta:idp:{org_id}:apps:{app.name}:{app.id}",
        "name": app.name,
        "label": app.label,
        "status": app.status,
        "lastUpdated": created,
        "created": created,
        "accessibility": {
            "selfService": False,
            "errorRedirectUrl": None,
            "loginRedirectUrl": None,
        },
        "visibility": {
            "autoLaunch": False,
            "autoSubmitToolbar": False,
            "hide": {"iOS": False, "web": False},
            "appLinks": {"login": True},
        },
        "features": [],
        "signOnMode": "BOOKMARK",
        "credentials": {
            "userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"},
            "signing": {},
        },
        "universalLogout": None,
        "settings": {
            "app": {"requestIntegration": False, "url": "https://example.com/"},
            "notifications": {"vpn": _NO_VPN},
            "manualProvisioning": False,
            "implicitAssignment": False,
            "notes": {"admin": None, "enduser": None},
        },
    }


def encode_app(app: Resource, base: str, embedded: Mapping[str, object] | None = None) -> bytes:
    """The stored app as JSON, with its links and what is embedded."""
    parts = [app.body[:-1], b',"_links":', msgspec.json.encode(_links(app, base))]
    if embedded is not None:
        parts += [b',"_embedded":', msgspec.json.encode(embedded)]
    return b"".join((*parts, b"}"))


def app_user_body(
    app_id: str, user: Resource, at: str, group_id: str | None, base: str
) -> dict[str, object]:
    """A user's assignment, by a group or in person; its id is the user's (Okta: recorded)."""
    profile = msgspec.convert(decode_body(user.body)["profile"], dict[str, object])
    api = f"{base}/api/v1"
    links = {
        "app": {"href": f"{api}/apps/{app_id}"},
        "user": {"href": f"{api}/users/{user.id}"},
    }
    if group_id is not None:
        links["group"] = {"href": f"{api}/groups/{group_id}"}
    return {
        "id": user.id,
        "externalId": None,
        "created": at,
        "lastUpdated": at,
        "scope": "USER" if group_id is None else "GROUP",
        "status": "ACTIVE",
        "statusChanged": at,
        "passwordChanged": None,
        "syncState": "DISABLED",
        "credentials": {"userName": profile["login"]},
        "profile": {},
        "_links": links,
    }


def app_group_body(
    app_id: str, group_id: str, at: str, priority: int, base: str
) -> dict[str, object]:
    """A group's assignment."""
    api = f"{base}/api/v1"
    return {
        "id": group_id,
        "lastUpdated": at,
        "priority": priority,
        "profile": {},
        "_links": {
            "app": {"href": f"{api}/apps/{app_id}"},
            "self": {"href": f"{api}/apps/{app_id}/groups/{group_id}"},
            "group": {"href": f"{api}/groups/{group_id}"},
        },
    }


def _links(app: Resource, base: str) -> dict[str, object]:
    body = decode_body(app.body)
    api = f"{base}/api/v1"
    home = f"{api}/apps/{app.id}"
    login = f"{base}/home/{body['name']}/{app.id}/2557"
    turned = "deactivate" if body["status"] == "ACTIVE" else "activate"
    return {
        "uploadLogo": {"href": f"{home}/logo", "hints": {"allow": ["POST"]}},
        "appLinks": [{"name": "login", "href": login, "type": "text/html"}],
        "profileEnrollment": {"href": f"{api}/policies/{derived_id('policy', 'enrollment')}"},
        "policies": {"href": f"{home}/policies", "hints": {"allow": ["PUT"]}},
        "groups": {"href": f"{home}/groups"},
        "logo": [{"name": "medium", "href": _LOGO, "type": "image/png"}],
        "accessPolicy": {"href": f"{api}/policies/{derived_id('policy', 'access')}"},
        "users": {"href": f"{home}/users"},
        turned: {"href": f"{home}/lifecycle/{turned}"},
    }
