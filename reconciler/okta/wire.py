"""Okta's JSON, only the fields that are read; everything else is skipped unread.

Wrong types and missing fields fail the whole body. Statuses and types stay strings: Okta may add
one. Timestamps must carry their zone.
"""

import re
from datetime import datetime
from typing import Annotated

import msgspec

__all__ = [
    "App",
    "Group",
    "GroupProfile",
    "Member",
    "OktaError",
    "Organization",
    "Person",
    "Role",
    "Rule",
    "RuleRef",
    "User",
    "UserProfile",
    "is_id",
]

Instant = Annotated[datetime, msgspec.Meta(tz=True)]

# Okta's ids have 20 letters and digits; invented ones also `_` and `-`, all safe in a path.
_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")


def is_id(text: str) -> bool:
    """Whether the text can be an Okta id, and so stand in a path unescaped."""
    return _ID.fullmatch(text) is not None


class UserProfile(msgspec.Struct, gc=False, rename="camel"):
    """A user's profile (Okta: users API)."""

    login: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class Provider(msgspec.Struct, gc=False):
    """Who keeps a user's password (Okta: authentication provider)."""

    type: str | None = None


class Credentials(msgspec.Struct, gc=False):
    """How a user signs in; of all that Okta shows, this is all that is read."""

    provider: Provider | None = None


class User(msgspec.Struct, gc=False, rename="camel"):
    """A user, alone or as a member of a group (Okta: users API)."""

    id: str
    status: str
    profile: UserProfile
    created: Instant | None = None
    activated: Instant | None = None
    status_changed: Instant | None = None
    transitioning_to_status: str | None = None
    credentials: Credentials | None = None


class PersonProfile(UserProfile):
    """A user's profile with what tells two people of one name apart."""

    department: str | None = None
    manager: str | None = None
    title: str | None = None


class Person(User, kw_only=True):
    """One user with more about them than a list is read for."""

    profile: PersonProfile
    last_login: Instant | None = None
    password_changed: Instant | None = None


class RuleRef(msgspec.Struct, gc=False):
    """A rule as a membership names it (Okta: `expand=group-rules`)."""

    id: str


class MemberEmbedded(msgspec.Struct, gc=False):
    """What is embedded in a member; the key is absent where Okta does not say."""

    group_rules: list[RuleRef] | None = msgspec.field(name="group-rules", default=None)


class Member(User):
    """A member of a group, with the rules that put them there."""

    embedded: MemberEmbedded | None = msgspec.field(name="_embedded", default=None)


class AssignUserToGroups(msgspec.Struct, gc=False, rename="camel"):
    """The groups a rule puts people into."""

    group_ids: list[str] = []


class RuleActions(msgspec.Struct, gc=False, rename="camel"):
    """What a rule does."""

    assign_user_to_groups: AssignUserToGroups | None = None


class Rule(msgspec.Struct, gc=False):
    """A group rule (Okta: group rules API)."""

    id: str
    status: str
    actions: RuleActions | None = None


class App(msgspec.Struct, gc=False):
    """An app that is assigned to a group (Okta: groups API)."""

    id: str
    label: str


class AppUser(msgspec.Struct, gc=False):
    """How a user came to have an app: `USER` by themselves, `GROUP` through a group."""

    scope: str | None = None


class AppEmbedded(msgspec.Struct, gc=False):
    """What `expand=user/…` embeds in an app."""

    user: AppUser | None = None


class UserApp(App):
    """An app that is assigned to a user (Okta: apps API)."""

    embedded: AppEmbedded | None = msgspec.field(name="_embedded", default=None)


class AppLink(msgspec.Struct, gc=False):
    """An app on a user's own dashboard (Okta: assigned app links)."""

    label: str


class Role(msgspec.Struct, gc=False):
    """An admin role of a user (Okta: roles API)."""

    type: str
    status: str = "ACTIVE"


class Stats(msgspec.Struct, gc=False):
    """What `expand=stats` embeds in a group. Okta's own spelling of the last field has varied."""

    apps_count: int | None = msgspec.field(name="appsCount", default=None)
    has_admin_privlege: bool | None = msgspec.field(name="hasAdminPrivlege", default=None)
    has_admin_privilege: bool | None = msgspec.field(name="hasAdminPrivilege", default=None)
    has_admin_privileges: bool | None = msgspec.field(name="hasAdminPrivileges", default=None)


class GroupEmbedded(msgspec.Struct, gc=False):
    """What is embedded in a group."""

    stats: Stats | None = None


class GroupProfile(msgspec.Struct, gc=False):
    """A group's profile; `description` is null when unset (Okta: groups API)."""

    name: str
    description: str | None = None


class Group(msgspec.Struct, gc=False):
    """A group (Okta: groups API)."""

    id: str
    type: str
    profile: GroupProfile
    embedded: GroupEmbedded | None = msgspec.field(name="_embedded", default=None)


class Organization(msgspec.Struct, gc=False):
    """The answer of `/.well-known/okta-organization`."""

    id: str


class OktaError(msgspec.Struct, gc=False, rename="camel"):
    """Okta's error object; only the code is meant for decisions (Okta: error codes)."""

    error_code: str
    error_summary: str = ""
    error_id: str = ""
