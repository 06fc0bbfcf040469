"""How people, groups, rules, apps and roles relate in one org.

Who put a member there has three values, never two: taking "unknown" for "manual" would remove
members that a rule added.
"""

from dataclasses import dataclass

import msgspec

from reconciler.model.directory import (
    AssignedApp,
    AttributedMembers,
    DirectoryUser,
    ReadFailure,
)
from reconciler.model.errors import ConnectorError
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.okta import wire
from reconciler.okta.api.decode import decode_groups, to_user
from reconciler.okta.api.pagination import fetch_all
from reconciler.okta.api.read_failures import to_read_failure
from reconciler.okta.api.search import equals
from reconciler.okta.requests.sender import Sender
from reconciler.okta.responses.body import decode_body
from reconciler.okta.responses.response import Answer
from reconciler.okta.wire import is_id

__all__ = [
    "fetch_app_links",
    "fetch_apps",
    "fetch_apps_of",
    "fetch_attributed_members",
    "fetch_client_roles",
    "fetch_groups_of",
    "fetch_is_fed",
    "fetch_roles",
    "fetch_rule_targets",
]

_RULES = msgspec.json.Decoder(list[wire.Rule])
_REFS = msgspec.json.Decoder(list[wire.RuleRef])
_MEMBERS = msgspec.json.Decoder(list[wire.Member])
_APPS = msgspec.json.Decoder(list[wire.App])
_USER_APPS = msgspec.json.Decoder(list[wire.UserApp])
_LINKS = msgspec.json.Decoder(list[wire.AppLink])
_ROLES = msgspec.json.Decoder(list[wire.Role])
_LIMIT = "200"
_MEMBERS_LIMIT = "1000"
_ACTIVE = "ACTIVE"


@dataclass(frozen=True, slots=True)
class _Member:
    """One member of one page; `is_fed` is None where Okta does not say."""

    user: DirectoryUser
    is_fed: bool | None

    @property
    def id(self) -> str:
        return self.user.id


async def fetch_rule_targets(sender: Sender) -> frozenset[OktaGroupId] | ReadFailure:
    """The groups that an active rule puts people into (Okta: group rules API)."""
    try:
        rules = await fetch_all(sender, "/api/v1/groups/rules", {"limit": _LIMIT}, _decode_rules)
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)
    return frozenset(
        OktaGroupId(group)
        for rule in rules
        if rule.status == _ACTIVE and rule.actions and rule.actions.assign_user_to_groups
        for group in rule.actions.assign_user_to_groups.group_ids
    )


async def fetch_attributed_members(
    sender: Sender, group: OktaGroupId
) -> AttributedMembers | ReadFailure:
    """Every member with who put them there (Okta: `expand=group-rules`, since 2026.06)."""
    path = f"/api/v1/groups/{group}/users"
    params = {"limit": _MEMBERS_LIMIT, "expand": "group-rules"}
    try:
        members = await fetch_all(sender, path, params, _decode_members)
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)
    return AttributedMembers(
        users=tuple(m.user for m in members),
        fed=frozenset(m.user.id for m in members if m.is_fed),
        unknown=frozenset(m.user.id for m in members if m.is_fed is None),
    )


async def fetch_is_fed(sender: Sender, group: OktaGroupId, user: OktaUserId) -> bool | ReadFailure:
    """Whether some rule manages this one membership."""
    url = sender.url(f"/api/v1/groups/{group}/users/{user}/group-rules")
    try:
        return bool(decode_body(_REFS, await sender.get(url)))
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)


async def fetch_apps(sender: Sender, group: OktaGroupId) -> tuple[str, ...] | ReadFailure:
    """The labels of the apps assigned to the group, in order."""
    path = f"/api/v1/groups/{group}/apps"
    try:
        apps = await fetch_all(sender, path, {"limit": _LIMIT}, _decode_apps)
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)
    return tuple(sorted(app.label for app in apps))


async def fetch_apps_of(sender: Sender, user: OktaUserId) -> tuple[AssignedApp, ...] | ReadFailure:
    """The user's apps in order, each with how they came to have it (Okta: `expand=user/…`)."""
    params = {"filter": equals("user.id", user), "expand": f"user/{user}", "limit": _LIMIT}
    try:
        apps = await fetch_all(sender, "/api/v1/apps", params, _decode_user_apps)
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)
    assigned = [AssignedApp(label=app.label, is_direct=_is_direct(app)) for app in apps]
    return tuple(sorted(assigned, key=lambda app: app.label))


async def fetch_groups_of(sender: Sender, user: OktaUserId) -> frozenset[OktaGroupId] | ReadFailure:
    """The user's groups, built-in ones too (Okta: user groups, pages of 200)."""
    path = f"/api/v1/users/{user}/groups"
    try:
        groups = await fetch_all(sender, path, {"limit": _LIMIT}, decode_groups)
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)
    return frozenset(group.id for group in groups)


async def fetch_roles(sender: Sender, user: OktaUserId) -> tuple[str, ...] | ReadFailure:
    """The user's admin roles, assigned or through a group; the list is not paged."""
    return await _fetch_roles(sender, f"/api/v1/users/{user}/roles")


async def fetch_client_roles(sender: Sender, client_id: str) -> tuple[str, ...] | ReadFailure:
    """The service app's admin roles (Okta: client roles, needs `okta.roles.read`)."""
    if not is_id(client_id):
        return ReadFailure(code="refused", detail=f"{client_id!r} is not a client id")
    return await _fetch_roles(sender, f"/oauth2/v1/clients/{client_id}/roles")


async def fetch_app_links(sender: Sender, user: OktaUserId) -> tuple[str, ...] | ReadFailure:
    """The labels on the user's dashboard, in order; the list is not paged (Okta: user API)."""
    url = sender.url(f"/api/v1/users/{user}/appLinks")
    try:
        links = decode_body(_LINKS, await sender.get(url))
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)
    return tuple(sorted(link.label for link in links))


async def _fetch_roles(sender: Sender, path: str) -> tuple[str, ...] | ReadFailure:
    try:
        roles = decode_body(_ROLES, await sender.get(sender.url(path)))
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)
    return tuple(sorted({role.type for role in roles if role.status == _ACTIVE}))


def _decode_rules(answer: Answer) -> list[wire.Rule]:
    return decode_body(_RULES, answer)


def _decode_apps(answer: Answer) -> list[wire.App]:
    return decode_body(_APPS, answer)


def _decode_user_apps(answer: Answer) -> list[wire.UserApp]:
    return decode_body(_USER_APPS, answer)


def _is_direct(app: wire.UserApp) -> bool | None:
    """By the scope, where it is one of the two that are known."""
    scope = app.embedded.user.scope if app.embedded and app.embedded.user else None
    return {"USER": True, "GROUP": False}.get(scope or "")


def _decode_members(answer: Answer) -> list[_Member]:
    return [
        _Member(user=to_user(item, answer), is_fed=_is_fed(item))
        for item in decode_body(_MEMBERS, answer)
    ]


def _is_fed(item: wire.Member) -> bool | None:
    rules = item.embedded.group_rules if item.embedded else None
    return None if rules is None else bool(rules)
