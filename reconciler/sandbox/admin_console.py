"""What people do without a token: an admin in Okta's console, or a person who cannot sign in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from reconciler.sandbox.api_errors import SandboxError
from reconciler.sandbox.changes import group_rules, groups, lifecycle, users
from reconciler.sandbox.changes.log_events import Author, EventKind
from reconciler.sandbox.changes.transaction import Transaction
from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.resources.user_lifecycle import Account, Operation, Refusal, decide
from reconciler.sandbox.search import queries
from reconciler.sandbox.state import Core
from reconciler.sandbox.storage.rows import Resource, profile_of
from reconciler.sandbox.world.model import USER_STATUSES

_OPERATIONS: Final = {
    "ACTIVE": Operation.ACTIVATE,
    "DEPROVISIONED": Operation.DEACTIVATE,
    "SUSPENDED": Operation.SUSPEND,
    "LOCKED_OUT": Operation.LOCK,
    "PASSWORD_EXPIRED": Operation.EXPIRE_PASSWORD,
    "RECOVERY": Operation.RESET_PASSWORD,
}
"""What gives a status, for the event of one that is set."""


_REACHED: Final = {
    Operation.LOCK: "LOCKED_OUT",
    Operation.UNLOCK: "ACTIVE",
    Operation.SUSPEND: "SUSPENDED",
    Operation.UNSUSPEND: "ACTIVE",
    Operation.DEACTIVATE: "DEPROVISIONED",
    Operation.ACTIVATE: "ACTIVE",
    Operation.EXPIRE_PASSWORD: "PASSWORD_EXPIRED",
}
"""The status in which there is nothing left to do."""

_CHANGED: Final = EventKind("user.account.update_profile", "Change user status")
_SIGN_IN: Final = "/api/v1/authn"


def add_member(core: Core, group: str, login: str) -> bool:
    """The user is in the group; true when that is a change."""
    return _change_membership(core, group, login, groups.add_member)


def remove_member(core: Core, group: str, login: str) -> bool:
    """The user is not in the group; true when that is a change."""
    return _change_membership(core, group, login, groups.remove_member)


def change_account(core: Core, operation: Operation, login: str) -> bool:
    """The operation is done as its endpoint does it; false when it was so already."""
    with _transaction(core) as transaction:
        user = find_user(core, login)
        account = users.account_of(transaction, user)
        if account.moving_to is None and account.status == _REACHED.get(operation):
            return False
        verdict = decide(account, operation, core.options().choices)
        if isinstance(verdict, Refusal):
            why = verdict.causes[0] if verdict.causes else verdict.summary
            raise SandboxError(f"{login} is {_describe(account)}: {why.rstrip('.')}")
        author = _person(user) if operation is Operation.LOCK else transaction.author
        own = replace(transaction, author=author)
        lifecycle.carry_out(own, user, operation, verdict, core.options())
        return True


def set_status(core: Core, login: str, status: str) -> None:
    """The user has this status."""
    if status not in USER_STATUSES:
        raise SandboxError(f"no such status: {status}")
    with _transaction(core) as transaction:
        user = find_user(core, login)
        operation = _OPERATIONS.get(status)
        if operation is None:
            users.set_status(transaction, user, status, _CHANGED)
            return
        author = _person(user) if operation is Operation.LOCK else transaction.author
        is_named = lifecycle.names_target(operation, core.options())
        own = replace(transaction, author=author)
        users.set_status(own, user, status, lifecycle.EVENTS[operation], has_target=is_named)


def rename_login(core: Core, old: str, new: str) -> None:
    """The user signs in as `new`."""
    with _transaction(core) as transaction:
        user = find_user(core, old)
        taken = core.database.first("SELECT no FROM users WHERE login_lower = ?", (new.lower(),))
        if taken is not None and taken[0] != user.no:
            raise SandboxError(f"the login {new} is taken")
        users.rename_login(transaction, user, new)


def delete_user(core: Core, login: str) -> None:
    """The user is gone."""
    with _transaction(core) as transaction:
        users.delete_user(transaction, find_user(core, login))


def rename_group(core: Core, group: str, name: str) -> None:
    """The group has another name."""
    with _transaction(core) as transaction:
        found = find_group(core, group)
        groups.change_group(transaction, found, {**profile_of(found), "name": name})


def delete_group(core: Core, group: str) -> None:
    """The group is gone."""
    with _transaction(core) as transaction:
        groups.delete_group(transaction, find_group(core, group))


def assign_app(core: Core, app: str, group: str) -> bool:
    """The group has the app, by label or id; true when that is a change."""
    with _transaction(core) as transaction:
        rows = core.database.rows("SELECT no, id, body FROM apps WHERE ? IN (id, label)", (app,))
        if len(rows) != 1:
            raise SandboxError(f"there is no app {app}")
        return groups.assign_app(transaction, Resource(*rows[0]), find_group(core, group))


def set_rule_status(core: Core, rule: str, status: str) -> None:
    """The rule, by name or id, is ACTIVE and feeds, or INACTIVE and leaves whom it has fed."""
    if status not in {"ACTIVE", "INACTIVE"}:
        raise SandboxError(f"no such status: {status}")
    with _transaction(core) as transaction:
        rows = core.database.rows("SELECT no, id, body FROM rules WHERE ? IN (id, name)", (rule,))
        if len(rows) != 1:
            raise SandboxError(f"there is no rule {rule}")
        group_rules.set_status(transaction, Resource(*rows[0]), status)


def find_user(core: Core, login: str) -> Resource:
    """The user with this login or id."""
    found = queries.find_user(core.database, login)
    if found is None:
        raise SandboxError(f"there is no user {login}")
    return found


def find_group(core: Core, name_or_id: str) -> Resource:
    """The group with this id or name; the id stands first, and a name must be of one group."""
    by_id = queries.group_by_id(core.database, name_or_id)
    if by_id is not None:
        return by_id
    sql = "SELECT no, id, body FROM groups WHERE name_lower = ?"
    rows = core.database.rows(sql, (name_or_id.lower(),))
    if len(rows) != 1:
        how_many = "no group" if not rows else "more than one group"
        raise SandboxError(f"there is {how_many} {name_or_id}")
    return Resource(*rows[0])


def _change_membership(
    core: Core, group: str, login: str, write: Callable[[Transaction, Resource, Resource], bool]
) -> bool:
    with _transaction(core) as transaction:
        return write(transaction, find_group(core, group), find_user(core, login))


@contextmanager
def _transaction(core: Core) -> Iterator[Transaction]:
    lifecycle.finish_postponed(core.database, core.clock.seconds())
    with core.database.write() as connection:
        yield Transaction(connection=connection, author=_admin(core), now=core.clock.now())


def _admin(core: Core) -> Author:
    """The first active person with a role who owns no token; else an admin of Okta's making."""
    row = core.database.first(
        "SELECT no, id, body FROM users WHERE roles <> x'5b5d' AND status = 'ACTIVE'"
        " AND id NOT IN (SELECT owner FROM tokens) ORDER BY no LIMIT 1"
    )
    if row is None:
        login = f"admin@{core.org().domain}"
        return Author(id=derived_id("user", login), login=login, name="Org Admin")
    return replace(_person(Resource(*row)), uri="")


def _person(user: Resource) -> Author:
    """The user, trying to sign in."""
    names = profile_of(user)
    name = f"{names['firstName']} {names['lastName']}"
    return Author(id=user.id, login=str(names["login"]), name=name, uri=_SIGN_IN)


def _describe(account: Account) -> str:
    """The status, and where the user signs in if that is not Okta."""
    moving = f", becoming {account.moving_to}" if account.moving_to else ""
    elsewhere = "" if account.provider == "OKTA" else f" ({account.provider})"
    return f"{account.status}{elsewhere}{moving}"
