"""Okta's JSON, only the fields that are read; everything else is skipped unread.

Wrong types and missing fields fail the whole body. Statuses and types stay strings: Okta may add
one. Timestamps must carry their zone.
"""

from datetime import datetime
from typing import Annotated

import msgspec

__all__ = ["Cause", "Group", "GroupProfile", "OktaError", "Organization", "User", "UserProfile"]

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class UserProfile(msgspec.Struct, gc=False, rename="camel"):
    """A user's profile (Okta: users API)."""

    login: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class User(msgspec.Struct, gc=False):
    """A user, alone or as a member of a group (Okta: users API)."""

    id: str
    status: str
    profile: UserProfile
    created: Instant | None = None
    activated: Instant | None = None


class GroupProfile(msgspec.Struct, gc=False):
    """A group's profile; `description` is null when unset (Okta: groups API)."""

    name: str
    description: str | None = None


class Group(msgspec.Struct, gc=False):
    """A group (Okta: groups API)."""

    id: str
    type: str
    profile: GroupProfile


class Organization(msgspec.Struct, gc=False):
    """The answer of `/.well-known/okta-organization`."""

    id: str


class Cause(msgspec.Struct, gc=False, rename="camel"):
    """One of an error's causes."""

    error_summary: str = ""


class OktaError(msgspec.Struct, gc=False, rename="camel"):
    """Okta's error object; only the code is meant for decisions (Okta: error codes)."""

    error_code: str
    error_summary: str = ""
    error_id: str = ""
    error_causes: list[Cause] | None = None
