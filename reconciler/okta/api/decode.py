"""Wire to nouns. What is not as Okta documents is `IncompleteReadError`, never half a result."""

from datetime import UTC, datetime
from sys import intern

import msgspec

from reconciler.model.directory import AccountProfile, DirectoryGroup, DirectoryUser
from reconciler.model.ids import OktaGroupId, OktaOrgId, OktaUserId
from reconciler.okta import wire
from reconciler.okta.responses.body import decode_body, malformed_error
from reconciler.okta.responses.response import Answer

__all__ = [
    "decode_group",
    "decode_groups",
    "decode_org_id",
    "decode_profile",
    "decode_profiles",
    "decode_user",
    "decode_wire_users",
    "to_user",
]

_USER = msgspec.json.Decoder(wire.User)
_USERS = msgspec.json.Decoder(list[wire.User])
_PERSON = msgspec.json.Decoder(wire.Person)
_PEOPLE = msgspec.json.Decoder(list[wire.Person])
_GROUP = msgspec.json.Decoder(wire.Group)
_GROUPS = msgspec.json.Decoder(list[wire.Group])
_ORGANIZATION = msgspec.json.Decoder(wire.Organization)


def decode_wire_users(answer: Answer) -> list[wire.User]:
    """The people of one page as Okta wrote them; `roster` makes nouns of them."""
    return decode_body(_USERS, answer)


def decode_user(answer: Answer) -> DirectoryUser:
    """The one person."""
    return to_user(decode_body(_USER, answer), answer)


def decode_profile(answer: Answer) -> AccountProfile:
    """The one person, with what tells them apart."""
    return _to_profile(decode_body(_PERSON, answer), answer)


def decode_profiles(answer: Answer) -> tuple[AccountProfile, ...]:
    """The people of one page, with what tells them apart."""
    return tuple(_to_profile(item, answer) for item in decode_body(_PEOPLE, answer))


def decode_groups(answer: Answer) -> tuple[DirectoryGroup, ...]:
    """The groups of one page."""
    return tuple(_to_group(item, answer) for item in decode_body(_GROUPS, answer))


def decode_group(answer: Answer) -> DirectoryGroup:
    """The one group."""
    return _to_group(decode_body(_GROUP, answer), answer)


def decode_org_id(answer: Answer) -> OktaOrgId:
    """The id of the org that answered."""
    return OktaOrgId(_check_id(decode_body(_ORGANIZATION, answer).id, answer))


def to_user(item: wire.User, answer: Answer) -> DirectoryUser:
    """The person a wire object means."""
    profile = item.profile
    if not profile.login or not item.status:
        raise malformed_error(answer, "a user has no login or no status")
    return DirectoryUser(
        id=OktaUserId(_check_id(item.id, answer)),
        login=profile.login,
        status=intern(item.status),
        email=profile.email or "",
        name=" ".join(filter(None, (profile.first_name, profile.last_name))),
        created_at=_to_utc(item.created),
        activated_at=_to_utc(item.activated),
        status_changed_at=_to_utc(item.status_changed),
        provider=_provider(item.credentials),
        moving_to=intern(item.transitioning_to_status) if item.transitioning_to_status else "",
    )


def _to_profile(item: wire.Person, answer: Answer) -> AccountProfile:
    profile = item.profile
    return AccountProfile(
        user=to_user(item, answer),
        manager=profile.manager or "",
        department=profile.department or "",
        title=profile.title or "",
        last_login_at=_to_utc(item.last_login),
        password_changed_at=_to_utc(item.password_changed),
    )


def _provider(credentials: wire.Credentials | None) -> str:
    """Who keeps the password; a few words for all people, so each is held once."""
    provider = credentials.provider if credentials else None
    return intern(provider.type) if provider and provider.type else ""


def _to_group(item: wire.Group, answer: Answer) -> DirectoryGroup:
    if not item.profile.name or not item.type:
        raise malformed_error(answer, "a group has no name or no type")
    return DirectoryGroup(
        id=OktaGroupId(_check_id(item.id, answer)),
        name=item.profile.name,
        type=item.type,
        description=item.profile.description or "",
        has_admin_role=_admin_role(item),
        app_count=item.embedded.stats.apps_count if item.embedded and item.embedded.stats else None,
    )


def _admin_role(item: wire.Group) -> bool | None:
    """Whether the group makes its members admins, under any of the spellings seen."""
    stats = item.embedded.stats if item.embedded else None
    if stats is None:
        return None
    spellings = (stats.has_admin_privlege, stats.has_admin_privilege, stats.has_admin_privileges)
    return None if all(one is None for one in spellings) else any(spellings)


def _check_id(text: str, answer: Answer) -> str:
    if not wire.is_id(text):
        raise malformed_error(answer, "an id has characters that no Okta id has")
    return text


def _to_utc(instant: datetime | None) -> datetime | None:
    """The instant in UTC; Okta writes it so, and then there is nothing to convert."""
    return instant if instant is None or instant.tzinfo is UTC else instant.astimezone(UTC)
