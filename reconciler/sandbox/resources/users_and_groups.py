"""Users and groups as JSON, stored without `_links` so that any host can answer with its own."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.resources.user_profile import OKTA, Secrets
from reconciler.sandbox.storage.clock import stamp
from reconciler.sandbox.world.model import Group, User

_LOGO: Final = "https://ok12static.oktacdn.com/assets/img/logos/groups/odyssey/okta-"
_LOGOS: Final = [
    {"name": size, "href": f"{_LOGO}{size}.png", "type": "image/png"}
    for size in ("medium", "large")
]
_OBJECT_CLASSES: Final = {"APP_GROUP": "okta:windows_security_principal"}

_WITHOUT_PASSWORD: Final = frozenset({"STAGED", "PROVISIONED"})

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
    "STAGED": ("schema", "activate", "self", "resetFactors", "type"),
    "PROVISIONED": (
        "suspend",
        "schema",
        "resetPassword",
        "reactivate",
        "self",
        "resetFactors",
        "type",
        "deactivate",
    ),
    "SUSPENDED": ("schema", "unsuspend", "self", "resetFactors", "type", "deactivate"),
    "DEPROVISIONED": ("activate", "delete", "schema", "self", "resetFactors", "type"),
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
    """The user as Okta shows one, without links.

    One who is staged and has no password never changed status (Okta: recorded).
    """
    has_password = _has_password(user)
    is_set = has_password and user.status != "DEPROVISIONED"
    body: dict[str, object] = {
        "id": user.id,
        "status": user.status,
        "created": created,
        "activated": activated,
        "statusChanged": _told(user.status_changed)
        or activated
        or (created if has_password else None),
        "lastLogin": _told(user.last_login),
        "lastUpdated": activated or created,
        "passwordChanged": _told(user.password_changed) or (created if is_set else None),
        "type": {"id": derived_id("type", "default")},
        "profile": {
            "firstName": user.first_name,
            "lastName": user.last_name,
            "mobilePhone": None,
            "secondEmail": None,
            "login": user.login,
            "email": user.email,
            **({"department": user.department} if user.department else {}),
        },
        "credentials": _first_credentials(user),
    }
    return body


def fresh_user(
    user_id: str, status: str, profile: Mapping[str, object], now: str, given: Secrets
) -> dict[str, object]:
    """A user that was made at this instant, without links (Okta: recorded)."""
    return {
        "id": user_id,
        "status": status,
        "created": now,
        "activated": None if status == "STAGED" else now,
        "statusChanged": None if status == "STAGED" and not given.has_password else now,
        "lastLogin": None,
        "lastUpdated": now,
        "passwordChanged": now if given.has_password else None,
        "type": {"id": derived_id("type", "default")},
        "profile": dict(profile),
        "credentials": credentials(str(profile["email"]), given),
    }


def credentials(email: str, given: Secrets) -> dict[str, object]:
    """What a user signs in with; who has no password shows no email either (Okta: recorded)."""
    emails = [{"value": email, "status": "VERIFIED", "type": "PRIMARY"}]
    return {
        **({"password": {}, "emails": emails} if given.has_password else {}),
        **({"recovery_question": {"question": given.question}} if given.question else {}),
        "provider": dict(given.provider or OKTA),
    }


def without_password(shown: Mapping[str, object]) -> dict[str, object]:
    """The credentials of a deprovisioned user, who keeps the email (Okta: recorded)."""
    return {key: value for key, value in shown.items() if key != "password"}


def without_emails(body: bytes) -> bytes:
    """The stored user as an org shows one that keeps addresses to itself (Okta: recorded)."""
    user = decoded(body)
    shown = msgspec.convert(user["credentials"], dict[str, object])
    kept = {key: value for key, value in shown.items() if key != "emails"}
    return msgspec.json.encode({**user, "credentials": kept})


def group_body(
    group: Group, created: str, touched: str, source_id: str | None = None
) -> dict[str, object]:
    """The group as Okta shows one, without links; `touched` is its last membership change.

    `source_id` is the app that an APP_GROUP comes from (Okta: documented).
    """
    return {
        "id": group.id,
        "created": created,
        "lastUpdated": created,
        "lastMembershipUpdated": touched,
        "objectClass": [_OBJECT_CLASSES.get(group.type, "okta:user_group")],
        "type": group.type,
        "profile": {"name": group.name, "description": group.description},
        **({"source": {"id": source_id}} if source_id else {}),
    }


def user_list(rows: Iterable[tuple[str, bytes]], base: str) -> bytes:
    """The stored users as one JSON list; an item of a list links to itself only."""
    line = f'%b,"_links":{{"self":{{"href":"{base}/api/v1/users/%b"}}}}}}'.encode()
    return b"[%b]" % b",".join(line % (body[:-1], each.encode()) for each, body in rows)


def group_list(rows: Iterable[tuple[str, bytes]], base: str) -> bytes:
    """The stored groups as one JSON list."""
    return b"[%b]" % b",".join(group_item(each, body, base) for each, body in rows)


def group_item(
    group_id: str, body: bytes, base: str, embedded: Mapping[str, object] | None = None
) -> bytes:
    """The stored group as JSON, with its links and what was asked to stand in it."""
    address = f"{base}/api/v1/groups/{group_id}"
    links: dict[str, object] = {
        "logo": _LOGOS,
        "users": {"href": f"{address}/users"},
        "apps": {"href": f"{address}/apps"},
    }
    source = source_of(body) if b'"source":{' in body else None
    if source is not None:
        links["source"] = {"href": f"{base}/api/v1/apps/{source}"}
    item = b'%b,"_links":%b' % (body[:-1], msgspec.json.encode(links))
    if embedded is None:
        return item + b"}"
    return b'%b,"_embedded":%b}' % (item, msgspec.json.encode(embedded))


def source_of(body: bytes) -> str | None:
    """The id of the app that a stored group comes from."""
    source = decoded(body).get("source")
    return str(source["id"]) if isinstance(source, Mapping) else None


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


def _has_password(user: User) -> bool:
    if user.has_password is None:
        return user.status not in _WITHOUT_PASSWORD
    return user.has_password


def _told(instant: datetime | None) -> str | None:
    return None if instant is None else stamp(instant)


def _first_credentials(user: User) -> dict[str, object]:
    given = Secrets(has_password=_has_password(user), question=user.recovery_question or None)
    shown = credentials(user.email, given)
    return without_password(shown) if user.status == "DEPROVISIONED" else shown


# Weak or strong, with 64 hexadecimal digits (Okta: recorded); `*` is any version (RFC 9110).
_GIVEN: Final = re.compile(r'\*|(?:W/)?"(?P<digest>[0-9a-fA-F]{64})"')


def of(body: bytes) -> str:
    """The tag of a stored user: weak, as Okta's are (Okta: recorded)."""
    return f'W/"{hashlib.sha256(body).hexdigest()}"'


def check(given: str | None, body: bytes) -> None:
    """An update may go on: it names no version, or the present one.

    The codes are documented; the texts are not known.
    """
    if given is None:
        return
    tag = _GIVEN.fullmatch(given.strip())
    if tag is None:
        raise Failure(400, "E0000242", "The If-Match header is not a valid ETag.")
    if tag["digest"] is not None and tag["digest"].lower() not in of(body):
        raise Failure(412, "E0000231", "The ETag does not match the current version.")
