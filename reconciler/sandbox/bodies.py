"""Users and groups as JSON, stored without `_links` so that any host can answer with its own."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.world import Group, User

_LOGO: Final = "https://ok12static.oktacdn.com/assets/img/logos/groups/odyssey/okta-"
_LOGOS: Final = [
    {"name": size, "href": f"{_LOGO}{size}.png", "type": "image/png"}
    for size in ("medium", "large")
]
_OBJECT_CLASSES: Final = {"APP_GROUP": "okta:windows_security_principal"}

# Which lifecycle links a single user carries, by status (Okta: recorded; LOCKED_OUT assumed).
_ALIVE: Final = (
    "suspend",
    "schema",
    "resetPassword",
    "forgotPassword",
    "expirePassword",
    "changeRecoveryQuestion",
    "self",
    "resetFactors",
    "type",
    "changePassword",
    "deactivate",
)
_LINKS: Final[Mapping[str, tuple[str, ...]]] = {
    "STAGED": ("schema", "activate", "self", "type"),
    "PROVISIONED": (
        "suspend",
        "schema",
        "resetPassword",
        "reactivate",
        "self",
        "type",
        "deactivate",
    ),
    "SUSPENDED": ("schema", "unsuspend", "self", "resetFactors", "type", "deactivate"),
    "DEPROVISIONED": ("activate", "delete", "schema", "self", "type"),
    "RECOVERY": ("schema", "resetPassword", "reactivate", "self", "type", "deactivate"),
    "LOCKED_OUT": ("schema", "unlock", "resetPassword", "self", "type", "deactivate"),
}
_PATHS: Final = {
    "suspend": "/lifecycle/suspend",
    "unsuspend": "/lifecycle/unsuspend",
    "activate": "/lifecycle/activate",
    "reactivate": "/lifecycle/reactivate",
    "deactivate": "/lifecycle/deactivate",
    "unlock": "/lifecycle/unlock",
    "resetPassword": "/lifecycle/reset_password",
    "expirePassword": "/lifecycle/expire_password",
    "resetFactors": "/lifecycle/reset_factors",
    "forgotPassword": "/credentials/forgot_password",
    "changeRecoveryQuestion": "/credentials/change_recovery_question",
    "changePassword": "/credentials/change_password",
}


def user_body(user: User, created: str, activated: str | None) -> dict[str, object]:
    """The user as Okta shows one, without links."""
    body: dict[str, object] = {
        "id": user.id,
        "status": user.status,
        "created": created,
        "activated": activated,
        "statusChanged": activated or created,
        "lastLogin": None,
        "lastUpdated": activated or created,
        "passwordChanged": None if user.status in {"STAGED", "PROVISIONED"} else created,
        "type": {"id": derived_id("type", "default")},
        "profile": {
            "firstName": user.first_name,
            "lastName": user.last_name,
            "mobilePhone": None,
            "secondEmail": None,
            "login": user.login,
            "email": user.email,
        },
        "credentials": credentials(user.email, user.status),
    }
    return body


def credentials(email: str, status: str) -> dict[str, object]:
    """What a user signs in with; a deprovisioned one has no password (Okta: recorded)."""
    rest: dict[str, object] = {
        "emails": [{"value": email, "status": "VERIFIED", "type": "PRIMARY"}],
        "provider": {"type": "OKTA", "name": "OKTA"},
    }
    return rest if status == "DEPROVISIONED" else {"password": {}, **rest}


def group_body(group: Group, created: str, touched: str) -> dict[str, object]:
    """The group as Okta shows one, without links; `touched` is its last membership change."""
    return {
        "id": group.id,
        "created": created,
        "lastUpdated": created,
        "lastMembershipUpdated": touched,
        "objectClass": [_OBJECT_CLASSES.get(group.type, "okta:user_group")],
        "type": group.type,
        "profile": {"name": group.name, "description": group.description},
    }


def user_list(rows: Iterable[tuple[str, bytes]], base: str) -> bytes:
    """The stored users as one JSON list; an item of a list links to itself only."""
    line = f'%b,"_links":{{"self":{{"href":"{base}/api/v1/users/%b"}}}}}}'.encode()
    return b"[%b]" % b",".join(line % (body[:-1], each.encode()) for each, body in rows)


def group_list(rows: Iterable[tuple[str, bytes]], base: str) -> bytes:
    """The stored groups as one JSON list."""
    return b"[%b]" % b",".join(group_item(each, body, base) for each, body in rows)


def group_item(group_id: str, body: bytes, base: str) -> bytes:
    """The stored group as JSON, with its links."""
    address = f"{base}/api/v1/groups/{group_id}"
    links = {
        "logo": _LOGOS,
        "users": {"href": f"{address}/users"},
        "apps": {"href": f"{address}/apps"},
    }
    return b'%b,"_links":%b}' % (body[:-1], msgspec.json.encode(links))


def user_item(user_id: str, body: bytes, base: str) -> bytes:
    """The stored user as JSON, with the links to what may happen next."""
    user = decoded(body)
    names = _LINKS.get(str(user["status"]), _ALIVE)
    links = {name: _link(name, user_id, f"{base}/api/v1") for name in names}
    return b'%b,"_links":%b}' % (body[:-1], msgspec.json.encode(links))


def decoded(body: bytes) -> dict[str, object]:
    """A stored body as plain values."""
    return msgspec.json.decode(body, type=dict[str, object])


def _link(name: str, user_id: str, api: str) -> dict[str, str]:
    home = f"{api}/users/{user_id}"
    match name:
        case "self":
            return {"href": home}
        case "schema":
            return {"href": f"{api}/meta/schemas/user/{derived_id('schema', 'default')}"}
        case "type":
            return {"href": f"{api}/meta/types/user/{derived_id('type', 'default')}"}
        case "delete":
            return {"href": home, "method": "DELETE"}
        case _:
            return {"href": home + _PATHS[name], "method": "POST"}
