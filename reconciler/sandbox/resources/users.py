"""Users and groups as JSON, stored without `_links` so that any host can answer with its own."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.resources.user_profile import OKTA, Secrets
from reconciler.sandbox.storage.clock import stamp
from reconciler.sandbox.storage.rows import decode_body
from reconciler.sandbox.world.model import OWN_PROVIDERS, User

_WITHOUT_PASSWORD: Final = frozenset({"STAGED", "PROVISIONED"})

# Which lifecycle links a single user carries, by status (Okta: recorded; LOCKED_OUT assumed).
_USUAL_LINKS: Final = (
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


# Weak or strong, with 64 hexadecimal digits (Okta: recorded); `*` is any version (RFC 9110).
_IF_MATCH: Final = re.compile(r'\*|(?:W/)?"(?P<digest>[0-9a-fA-F]{64})"')


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
        "statusChanged": _stamp_or_none(user.status_changed)
        or activated
        or (created if has_password else None),
        "lastLogin": _stamp_or_none(user.last_login),
        "lastUpdated": activated or created,
        "passwordChanged": _stamp_or_none(user.password_changed) or (created if is_set else None),
        "type": {"id": derived_id("type", "default")},
        "profile": {
            "firstName": user.first_name,
            "lastName": user.last_name,
            "mobilePhone": None,
            "secondEmail": None,
            "login": user.login,
            "email": user.email,
            **{key: value for key, value in _work_attributes(user) if value},
        },
        "credentials": _seeded_credentials(user),
    }
    return body


def new_user_body(
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
        "credentials": credentials_body(str(profile["email"]), given),
    }


def credentials_body(email: str, given: Secrets) -> dict[str, object]:
    """What a user signs in with; who has no password shows no email either (Okta: recorded)."""
    emails = [{"value": email, "status": "VERIFIED", "type": "PRIMARY"}]
    return {
        **({"password": {}, "emails": emails} if given.has_password else {}),
        **({"recovery_question": {"question": given.question}} if given.question else {}),
        "provider": dict(given.provider or OKTA),
    }


def hide_password(shown: Mapping[str, object]) -> dict[str, object]:
    """The credentials of a deprovisioned user, who keeps the email (Okta: recorded)."""
    return {key: value for key, value in shown.items() if key != "password"}


def hide_emails(body: bytes) -> bytes:
    """The stored user as an org shows one that keeps addresses to itself (Okta: recorded)."""
    user = decode_body(body)
    shown = msgspec.convert(user["credentials"], dict[str, object])
    kept = {key: value for key, value in shown.items() if key != "emails"}
    return msgspec.json.encode({**user, "credentials": kept})


def encode_users(rows: Iterable[tuple[str, bytes]], base: str) -> bytes:
    """The stored users as one JSON list; an item of a list links to itself only."""
    line = f'%b,"_links":{{"self":{{"href":"{base}/api/v1/users/%b"}}}}}}'.encode()
    return b"[%b]" % b",".join(line % (body[:-1], each.encode()) for each, body in rows)


def encode_user(user_id: str, body: bytes, base: str) -> bytes:
    """The stored user as JSON, with the links to what may happen next."""
    user = decode_body(body)
    names = _LINKS.get(str(user["status"]), _USUAL_LINKS)
    links = {name: _link(name, user_id, f"{base}/api/v1") for name in names}
    return b'%b,"_links":%b}' % (body[:-1], msgspec.json.encode(links))


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


def _work_attributes(user: User) -> Iterator[tuple[str, str]]:
    yield "title", user.title
    yield "department", user.department
    yield "managerId", user.manager_id
    yield "manager", user.manager


def _has_password(user: User) -> bool:
    if user.has_password is None:
        return user.status not in _WITHOUT_PASSWORD and user.provider in OWN_PROVIDERS
    return user.has_password


def _stamp_or_none(instant: datetime | None) -> str | None:
    return None if instant is None else stamp(instant)


def _seeded_credentials(user: User) -> dict[str, object]:
    given = Secrets(
        has_password=_has_password(user),
        question=user.recovery_question or None,
        provider={"type": user.provider, "name": user.provider_name},
    )
    shown = credentials_body(user.email, given)
    return hide_password(shown) if user.status == "DEPROVISIONED" else shown


def etag(body: bytes) -> str:
    """The tag of a stored user: weak, as Okta's are (Okta: recorded)."""
    return f'W/"{hashlib.sha256(body).hexdigest()}"'


def check_if_match(given: str | None, body: bytes) -> None:
    """An update may go on: it names no version, or the present one.

    The codes are documented; the texts are not known.
    """
    if given is None:
        return
    tag = _IF_MATCH.fullmatch(given.strip())
    if tag is None:
        raise Failure(400, "E0000242", "The If-Match header is not a valid ETag.")
    if tag["digest"] is not None and tag["digest"].lower() not in etag(body):
        raise Failure(412, "E0000231", "The ETag does not match the current version.")
