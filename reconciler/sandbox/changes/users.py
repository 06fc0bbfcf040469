"""Changing users; every change leaves an event, and the user as they were for readers that lag."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec

from reconciler.sandbox.changes import group_rules
from reconciler.sandbox.changes.log_events import EventKind, user_target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.resources.user_lifecycle import Account
from reconciler.sandbox.resources.user_profile import NO_SECRETS, Secrets
from reconciler.sandbox.resources.users import credentials_body, hide_password
from reconciler.sandbox.storage.clock import stamp
from reconciler.sandbox.storage.rows import Resource, decode_body
from reconciler.sandbox.world.model import OWN_PROVIDERS

_EVERYONE: Final = "SELECT no FROM groups WHERE type = 'BUILT_IN' AND name_lower = 'everyone'"
_WITH_PASSWORD: Final = frozenset({"ACTIVE", "RECOVERY", "LOCKED_OUT", "PASSWORD_EXPIRED"})
_UPDATED: Final = ("user.account.update_profile", "Update user profile for Okta")
_PASSWORD_SET: Final = ("user.account.update_password", "User update password for Okta")


def account_of(transaction: Transaction, user: Resource) -> Account:
    """What of the user decides where an operation leads."""
    sql = "SELECT status, before FROM users WHERE no = ?"
    status, before = transaction.connection.execute(sql, (user.no,)).fetchone()
    body = decode_body(user.body)
    held, moving = _read_secrets(body), body.get("transitioningToStatus")
    return Account(
        id=user.id,
        status=status,
        provider=held.provider_type,
        has_password=held.has_password,
        before=before,
        moving_to=None if moving is None else str(moving),
    )


def create_user(transaction: Transaction, body: Mapping[str, object]) -> Resource:
    """The user is there, and in Everyone."""
    raw = msgspec.json.encode(body)
    transaction.run(
        "INSERT INTO users (id, login_lower, email_lower, first_lower, last_lower, status, roles,"
        " targets, body) VALUES (?, ?, ?, ?, ?, ?, x'5b5d', x'5b5d', ?)",
        body["id"],
        *_lower_names(body),
        body["status"],
        raw,
    )
    (number,) = transaction.connection.execute("SELECT last_insert_rowid()").fetchone()
    user = Resource(number, str(body["id"]), raw)
    _remember_former(transaction, user, None)
    _join_everyone(transaction, user)
    record(transaction, "user.lifecycle.create", "Create Okta user", user_target(user))
    group_rules.apply_rules(transaction, user)
    return user


def set_status(
    transaction: Transaction,
    user: Resource,
    status: str,
    event: EventKind,
    provider: str | None = None,
    *,
    has_target: bool = True,
) -> Resource:
    """The user has this status; Everyone holds all who are not deprovisioned.

    What was to happen to the user later no longer does. `provider` is who checks the password from
    now on, if that changes. The event has no target where who did it is who it was done to.
    """
    body = decode_body(user.body)
    now = stamp(transaction.now)
    is_back = body["status"] == "DEPROVISIONED"
    if body["status"] != status:
        before = body["status"] if status == "SUSPENDED" else None
        transaction.run("UPDATE users SET before = ? WHERE no = ?", before, user.no)
        body["statusChanged"] = now
    body |= {"status": status, "lastUpdated": now}
    body.pop("transitioningToStatus", None)
    body["credentials"] = _credentials_after(body, status, provider)
    if status == "DEPROVISIONED":
        body["passwordChanged"] = None
    if status not in {"DEPROVISIONED", "STAGED"} and (is_back or body["activated"] is None):
        body["activated"] = now  # of each activation, also of a closed account (Okta: recorded)
    changed = _save(transaction, user, body)
    transaction.run("DELETE FROM later WHERE user_no = ?", user.no)
    _apply_status(transaction, user, status)
    targets = [user_target(changed)] if has_target else []
    record(transaction, event.name, event.text, *targets, outcome=event.outcome)
    group_rules.apply_rules(transaction, changed)
    return changed


def start_moving(transaction: Transaction, user: Resource, status: str) -> Resource:
    """The user keeps the status, and shows the one that an operation still at work will give."""
    now = stamp(transaction.now)
    body = {**decode_body(user.body), "lastUpdated": now, "transitioningToStatus": status}
    return _save(transaction, user, body)


def set_profile(
    transaction: Transaction,
    user: Resource,
    profile: Mapping[str, object],
    given: Secrets = NO_SECRETS,
) -> Resource:
    """The user has this profile and no other attribute, and the secrets that are given."""
    body = decode_body(user.body)
    now, old = stamp(transaction.now), body["profile"]
    body |= {"profile": dict(profile), "lastUpdated": now}
    if given.has_password:
        body["passwordChanged"] = now
    held = _read_secrets(body)
    body["credentials"] = credentials_body(
        str(profile["email"]),
        Secrets(
            has_password=given.has_password or held.has_password,
            question=given.question or held.question,
            provider=given.provider or held.provider,
        ),
    )
    changed = _save(transaction, user, body)
    if given.has_password:
        record(transaction, *_PASSWORD_SET, user_target(changed))
    if body["profile"] != old or not given.has_password:
        record(transaction, *_UPDATED, user_target(changed))
    group_rules.apply_rules(transaction, changed)
    return changed


def rename_login(transaction: Transaction, user: Resource, login: str) -> Resource:
    """The user signs in with another login; the id and the email stay."""
    return set_profile(
        transaction, user, {**_part(decode_body(user.body), "profile"), "login": login}
    )


def delete_user(transaction: Transaction, user: Resource) -> None:
    """The user and all memberships are gone."""
    _remember_former(transaction, user, user.body)
    for table in ("members", "changes", "fed", "app_users", "later"):
        transaction.run(f"DELETE FROM {table} WHERE user_no = ?", user.no)  # noqa: S608 -- own names
    transaction.run("DELETE FROM users WHERE no = ?", user.no)
    record(transaction, "user.lifecycle.delete.completed", "Delete Okta user", user_target(user))


def _apply_status(transaction: Transaction, user: Resource, status: str) -> None:
    """What a status does to others: deactivation ends app assignments and tokens, no membership.

    But Everyone holds only those who are not deprovisioned (Okta: documented).
    """
    if status != "DEPROVISIONED":
        _join_everyone(transaction, user)
        return
    everyone = f"DELETE FROM members WHERE user_no = ? AND group_no IN ({_EVERYONE})"  # noqa: S608 -- own text
    transaction.run(everyone, user.no)
    transaction.run("DELETE FROM app_users WHERE user_no = ?", user.no)
    transaction.run("UPDATE tokens SET status = 'DEPROVISIONED' WHERE owner = ?", user.id)


def _join_everyone(transaction: Transaction, user: Resource) -> None:
    sql = f"INSERT OR IGNORE INTO members SELECT no, ?, ? FROM ({_EVERYONE})"  # noqa: S608 -- own text
    transaction.run(sql, user.id, user.no)


def _credentials_after(
    body: Mapping[str, object], status: str, provider: str | None
) -> dict[str, object]:
    """A deprovisioned user has no password (Okta: recorded); an active one has.

    Who signs in elsewhere has none.
    """
    if status == "DEPROVISIONED":
        return hide_password(_part(body, "credentials"))
    held = _read_secrets(body)
    if provider is not None and provider != held.provider_type:
        held = replace(held, provider={"type": provider, "name": provider})
    is_own = held.provider_type in OWN_PROVIDERS
    has_password = held.has_password or (status in _WITH_PASSWORD and is_own)
    email = str(_part(body, "profile")["email"])
    return credentials_body(email, replace(held, has_password=has_password))


def _read_secrets(body: Mapping[str, object]) -> Secrets:
    """What the user signs in with."""
    shown = _part(body, "credentials")
    asked = shown.get("recovery_question")
    return Secrets(
        has_password="password" in shown,
        question=str(asked["question"]) if isinstance(asked, Mapping) else None,
        provider=msgspec.convert(shown["provider"], dict[str, str]),
    )


def _save(transaction: Transaction, user: Resource, body: Mapping[str, object]) -> Resource:
    """The row says what the body says."""
    _remember_former(transaction, user, user.body)
    changed = Resource(user.no, user.id, msgspec.json.encode(body))
    transaction.run(
        "UPDATE users SET login_lower = ?, email_lower = ?, first_lower = ?, last_lower = ?,"
        " status = ?, body = ? WHERE no = ?",
        *_lower_names(body),
        body["status"],
        changed.body,
        user.no,
    )
    return changed


def _remember_former(transaction: Transaction, user: Resource, body: bytes | None) -> None:
    now = transaction.now.timestamp()
    transaction.run("INSERT INTO past_users VALUES (?, ?, ?, ?)", now, user.no, user.id, body)


def _lower_names(body: Mapping[str, object]) -> tuple[str, ...]:
    profile = _part(body, "profile")
    return tuple(str(profile[key]).lower() for key in ("login", "email", "firstName", "lastName"))


def _part(body: Mapping[str, object], name: str) -> dict[str, object]:
    return msgspec.convert(body[name], dict[str, object])
