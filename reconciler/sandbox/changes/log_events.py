"""An event of the System Log, as Okta shows one (Okta: recorded, LogEvent)."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from reconciler.sandbox.storage.clock import precise_stamp
from reconciler.sandbox.storage.rows import Resource, decode_body, profile_of

Target = dict[str, object]

_CONSOLE: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

# Names that events had before 2018, and still carry (Okta: documented); the rest have none here.
_LEGACY: Final[Mapping[str, str]] = {
    "group.user_membership.add": "core.user_group_member.user_add",
    "group.user_membership.remove": "core.user_group_member.user_remove",
    "group.user_membership.rule.add_exclusion": "core.user.added_to_rule_exclusion",
    "group.user_membership.rule.deactivated": "cvd.group_rule_deactivated",
    "group.user_membership.rule.invalidate": "cvd.group_rule_invalidated",
    "group.user_membership.rule.trigger": "cvd.group_rule_triggered",
    "user.account.lock": "core.user_auth.account_locked",
    "user.account.privilege.grant": "core.user.admin_privilege.granted",
    "user.account.privilege.revoke": "core.user.admin_privilege.revoked",
    "user.account.reset_password": "core.user.config.user_status.password_reset",
    "user.account.unlock": "core.user_auth.account_auto_unlocked",
    "user.account.unlock_by_admin": "core.user_auth.account_unlocked_by_admin",
    "user.account.update_password": "core.user.config.password_update.success",
    "user.account.update_profile": "core.user.config.profile_update.success",
    "user.lifecycle.activate": "core.user.config.user_activated",
    "user.lifecycle.create": "core.user.config.user_creation.success",
    "user.lifecycle.deactivate": "core.user.config.user_deactivated",
    "user.lifecycle.delete.completed": "core.user.config.user_status.delete.completed",
    "user.lifecycle.delete.initiated": "core.user.config.user_status.delete.initiated",
    "user.lifecycle.reactivate": "core.user.config.user_reactivation.success",
    "user.lifecycle.suspend": "core.user.config.user_status.suspended",
    "user.lifecycle.unsuspend": "core.user.config.user_status.unsuspended",
    "user.session.clear": "core.user_auth.session_clear",
}


class Outcome(NamedTuple):
    """How what an event tells of ended, and how grave that is."""

    result: str = "SUCCESS"
    reason: str | None = None
    severity: str = "INFO"


DONE: Final = Outcome()
"""What was asked for was done."""


class EventKind(NamedTuple):
    """What an event is called, and what it says to people."""

    name: str
    text: str
    outcome: Outcome = DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who changes something, and through what: a token, or the admin console when there is none."""

    id: str
    login: str
    name: str
    token_id: str | None = None
    request_id: str = ""
    uri: str = ""
    kind: str = "User"
    query: str = ""
    agent: str = ""
    address: str = ""

    def as_system(self) -> "Author":
        """Okta itself, doing something because of the same request."""
        return Author(
            id="spr" + self.id[3:],
            login="system@okta.com",
            name="Okta System",
            kind="SystemPrincipal",
            request_id=self.request_id,
            uri=self.uri,
            query=self.query,
        )


def build_event(
    author: Author,
    now: datetime,
    kind: EventKind,
    targets: tuple[Target, ...],
    debug: Mapping[str, str],
) -> dict[str, object]:
    """The event that this author's change leaves."""
    request_id = author.request_id or uuid.uuid4().hex
    detail = {"requestApiTokenId": author.token_id} if author.token_id else {}
    return {
        "actor": target(author.id, author.kind, author.login, author.name),
        "client": _client(author),
        "device": None,
        "authenticationContext": _session(),
        "displayMessage": kind.text,
        "eventType": kind.name,
        "outcome": {"result": kind.outcome.result, "reason": kind.outcome.reason},
        "published": precise_stamp(now),
        "securityContext": dict.fromkeys(("asNumber", "asOrg", "isp", "domain", "isProxy")),
        "severity": kind.outcome.severity,
        "debugContext": {"debugData": {**_debug(author, request_id), **debug}},
        "legacyEventType": _LEGACY.get(kind.name),
        "transaction": {"type": "WEB", "id": request_id, "detail": detail},
        "uuid": str(uuid.uuid4()),
        "version": "0",
        "request": {"ipChain": _chain(author)},
        "target": list(targets) or None,
    }


def target(each: str, kind: str, alternate: str, name: str) -> Target:
    """An actor, or a thing that an event is about."""
    return {
        "id": each,
        "type": kind,
        "alternateId": alternate,
        "displayName": name,
        "detailEntry": None,
    }


def user_target(user: Resource) -> Target:
    """A user that an event is about."""
    names = profile_of(user)
    name = f"{names.get('firstName')} {names.get('lastName')}"
    return target(user.id, "User", str(names["login"]), name)


def group_target(group: Resource) -> Target:
    """A group that an event is about; its other name is always unknown (Okta: recorded)."""
    return target(group.id, "UserGroup", "unknown", str(profile_of(group)["name"]))


def rule_target(rule: Resource) -> Target:
    """A group rule that an event is about; how Okta names its type is assumed."""
    return target(rule.id, "GroupRule", "unknown", str(decode_body(rule.body)["name"]))


def app_target(app: Resource) -> Target:
    """An app that an event is about."""
    label = str(decode_body(app.body)["label"])
    return target(app.id, "AppInstance", label, label)


def _client(author: Author) -> dict[str, object]:
    """Where a change came from; Okta itself comes from nowhere (Okta: recorded)."""
    if author.kind == "SystemPrincipal":
        names = ("userAgent", "zone", "device", "id", "ipAddress", "geographicalContext")
        return dict.fromkeys(names)
    is_console = author.token_id is None and author.kind == "User"
    agent = {
        "rawUserAgent": author.agent or (_CONSOLE if is_console else ""),
        "os": "Linux" if is_console else "Unknown",
        "browser": "FIREFOX" if is_console else "UNKNOWN",
    }
    return {
        "userAgent": agent,
        "zone": "null",
        "device": "Computer" if is_console else "Unknown",
        "id": None if author.kind == "User" else author.id,
        "ipAddress": author.address or "127.0.0.1",
        "geographicalContext": None,
    }


def _session() -> dict[str, object]:
    names = ("authenticationProvider", "credentialProvider", "credentialType", "issuer")
    return {
        **dict.fromkeys((*names, "interface")),
        "authenticationStep": 0,
        "externalSessionId": "trs" + secrets.token_urlsafe(16),
    }


def _debug(author: Author, request_id: str) -> dict[str, str]:
    uri = author.uri or "/admin"
    return {"requestId": request_id, "requestUri": uri, "url": f"{uri}?{author.query}"}


def _chain(author: Author) -> list[dict[str, object]]:
    if author.kind == "SystemPrincipal":
        return []
    ip = author.address or "127.0.0.1"
    return [{"ip": ip, "geographicalContext": None, "version": "V4", "source": None}]
