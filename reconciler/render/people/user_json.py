"""One person as plain data, for programs: the same as is read, by stable names."""

from collections.abc import Iterable
from datetime import date, datetime

from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import Grant
from reconciler.model.diagnostics import Span
from reconciler.model.directory import AccountProfile
from reconciler.planning.holdings import HeldApp, HeldGroup, Named

__all__ = ["apps_plain", "groups_plain", "profile_plain", "show_plain"]

Plain = dict[str, object]


def show_plain(
    profile: AccountProfile, named: Named, groups: Iterable[HeldGroup], now: datetime
) -> Plain:
    """The account, every grant with its phase, the files, and the bound groups."""
    return {
        "format": "reconciler.user/1",
        "as_of": now.isoformat(),
        **profile_plain(profile),
        "protected": named.protected,
        "grants": [
            {**_grant(grant), "phase": grant.validity.phase(now).value} for grant in named.grants
        ],
        "declarations": [_declaration(each) for each in named.declarations],
        "groups": [_group(held) for held in groups if held.bindings],
    }


def groups_plain(login: str, groups: Iterable[HeldGroup], unread: Iterable[str]) -> Plain:
    """Every group, with its bindings and the live grants behind it."""
    return {
        "format": "reconciler.user-groups/1",
        "login": login,
        "groups": [_group(held) for held in groups],
        "unread": list(unread),
    }


def apps_plain(
    login: str, apps: Iterable[HeldApp], unread_why: str, unread_groups: Iterable[HeldGroup]
) -> Plain:
    """Every app, how it is assigned, and the bound groups that give it."""
    return {
        "format": "reconciler.user-apps/1",
        "login": login,
        "source": "dashboard" if unread_why else "assignments",
        "unread_why": unread_why,
        "unread_groups": [held.group.id for held in unread_groups],
        "apps": [
            {
                "label": app.label,
                "is_direct": app.is_direct,
                "groups": [_group(held) for held in app.groups],
            }
            for app in apps
        ],
    }


def profile_plain(profile: AccountProfile) -> Plain:
    """Who it is."""
    user = profile.user
    return {
        "id": user.id,
        "login": user.login,
        "email": user.email,
        "name": user.name,
        "status": user.status,
        "status_changed_at": _text(user.status_changed_at),
        "moving_to": user.moving_to,
        "provider": user.provider,
        "manager": profile.manager,
        "department": profile.department,
        "title": profile.title,
        "last_login_at": _text(profile.last_login_at),
        "password_changed_at": _text(profile.password_changed_at),
    }


def _grant(grant: Grant) -> Plain:
    return {
        "tool": grant.tool,
        "entitlement": grant.entitlement,
        "subject": grant.subject,
        "ticket": grant.approval.ticket,
        "starts": grant.starts.written if grant.starts else None,
        "expires": grant.expires.written if grant.expires else None,
        "revoked": _text(grant.revoked.at if grant.revoked else None),
        "origin": _place(grant.origin),
    }


def _declaration(declared: AccountDeclaration) -> Plain:
    return {
        "state": declared.state.value if declared.state else None,
        "until": _text(declared.until),
        "reason": declared.reason,
        "requests": {
            part.value: _text(request.requested_at) for part, request in declared.requests
        },
        "origin": _place(declared.origin),
    }


def _group(held: HeldGroup) -> Plain:
    return {
        "id": held.group.id,
        "name": held.group.name,
        "type": held.group.type,
        "bindings": [binding.name for binding in held.bindings],
        "grants": [_grant(grant) for grant in held.grants],
    }


def _text(at: date | None) -> str | None:
    return at.isoformat() if at is not None else None


def _place(origin: Span | None) -> str | None:
    return f"{origin.path}:{origin.line}" if origin else None
