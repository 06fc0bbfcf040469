"""The endpoints that create users and change what they say."""

from collections.abc import Mapping
from typing import Final

from reconciler.sandbox import accounts, etag, profiles, users
from reconciler.sandbox.bodies import decoded, fresh_user, user_item
from reconciler.sandbox.call import Answer, Call
from reconciler.sandbox.directory import Stored, group_by_id, profile
from reconciler.sandbox.events import user_target
from reconciler.sandbox.failures import not_found, not_valid, wrong_status
from reconciler.sandbox.ids import new_id
from reconciler.sandbox.instants import stamp
from reconciler.sandbox.moment import Moment, record
from reconciler.sandbox.profiles import Secrets
from reconciler.sandbox.writes import add_member

_ELSEWHERE: Final = frozenset({"FEDERATION", "SOCIAL"})
_ACTIVATED: Final = ("user.lifecycle.activate", "Activate Okta user")


def create_user(call: Call) -> Answer:
    """A new user; 200, never 201 (Okta: recorded)."""
    body = call.json()
    profiles.check_keys(body)
    wanted = profiles.checked(profiles.given(body))
    has_provider = call.query.get("provider", "").lower() == "true"
    given = profiles.secrets(body, str(wanted["login"]), has_provider=has_provider)
    status = _first_status(call, given)
    with call.core.database.write() as connection:
        profiles.check_free(call.core.database, str(wanted["login"]), None)
        moment = Moment(connection=connection, author=call.author(), now=call.core.clock.now())
        now = stamp(moment.now)
        made = fresh_user(new_id("user"), status, wanted, now, given)
        user = accounts.create(moment, made)
        if status != "STAGED":
            record(moment, *_ACTIVATED, user_target(user))
        for group_id in _groups_of(body):
            group = group_by_id(call.core.database, group_id)
            if group is None:
                raise not_found(group_id, "UserGroup")
            add_member(moment, group, user)
    return _answer(call, user)


def update_user(call: Call) -> Answer:
    """The user with those attributes changed that the body gives; null takes one away."""
    return _edited(call, is_partial=True)


def replace_user(call: Call) -> Answer:
    """The user with the body's profile and no other attribute.

    A body of credentials alone changes these and leaves the profile (Okta: recorded).
    """
    return _edited(call, is_partial=False)


def _edited(call: Call, *, is_partial: bool) -> Answer:
    body = call.json()
    profiles.check_keys(body)
    with call.core.database.write() as connection:
        user = users.named(call)
        etag.check(call.headers.get("if-match"), user.body)
        if decoded(user.body)["status"] == "DEPROVISIONED":
            if call.core.options().choices.update_deprovisioned == "404":
                raise not_found(call.parameters["user"], "User")
            raise wrong_status()
        is_partial = is_partial or ("profile" not in body and "credentials" in body)
        old = profile(user) if is_partial else {}
        wanted = profiles.checked({**old, **profiles.given(body)})
        profiles.check_free(call.core.database, str(wanted["login"]), user.id)
        moment = Moment(connection=connection, author=call.author(), now=call.core.clock.now())
        given = profiles.secrets(body, str(wanted["login"]))
        user = accounts.set_profile(moment, user, wanted, given)
    return _answer(call, user)


def _first_status(call: Call, given: Secrets) -> str:
    """Without a password one has to set one first, but who signs in elsewhere (Okta: OpenAPI)."""
    if call.query.get("activate", "true").lower() == "false":
        return "STAGED"
    if call.query.get("nextLogin") == "changePassword":
        if not given.has_password:
            raise not_valid("password", "password: The field cannot be left blank")
        return "PASSWORD_EXPIRED"
    is_elsewhere = given.provider is not None and given.provider["type"] in _ELSEWHERE
    return "ACTIVE" if given.has_password or is_elsewhere else "PROVISIONED"


def _groups_of(body: Mapping[str, object]) -> list[str]:
    """The groups that a new user is put into (Okta: OpenAPI)."""
    given = body.get("groupIds")
    return [str(each) for each in given] if isinstance(given, list) else []


def _answer(call: Call, user: Stored) -> Answer:
    """The user; only a read says which version it is of (Okta: recorded)."""
    return Answer(body=user_item(user.id, call.account(user).body, call.base))
