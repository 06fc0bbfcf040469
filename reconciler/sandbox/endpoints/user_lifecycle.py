"""The endpoints that move a user from one status to another."""

import secrets
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.changes import users as accounts
from reconciler.sandbox.changes.log_events import user_target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.endpoints import users
from reconciler.sandbox.request import NO_CONTENT, Answer, Call
from reconciler.sandbox.resources import user_lifecycle
from reconciler.sandbox.resources.user_lifecycle import Operation, Transition
from reconciler.sandbox.resources.users import encode_user
from reconciler.sandbox.storage.rows import Resource, decode_body

_EXPIRED: Final = ("user.account.expire_password", "Expire user's Okta password")
_EVENTS: Final[Mapping[Operation, tuple[str, str]]] = {
    Operation.ACTIVATE: ("user.lifecycle.activate", "Activate Okta user"),
    Operation.REACTIVATE: ("user.lifecycle.reactivate", "Reactivate Okta user"),
    Operation.DEACTIVATE: ("user.lifecycle.deactivate", "Deactivate Okta user"),
    Operation.SUSPEND: ("user.lifecycle.suspend", "Suspend Okta user"),
    Operation.UNSUSPEND: ("user.lifecycle.unsuspend", "Unsuspend Okta user"),
    Operation.UNLOCK: ("user.account.unlock_by_admin", "Unlock user account by admin"),
    Operation.RESET_PASSWORD: ("user.account.reset_password", "Reset user's Okta password"),
    Operation.EXPIRE_PASSWORD: _EXPIRED,
    Operation.EXPIRE_WITH_TEMPORARY: _EXPIRED,
    Operation.RESET_FACTORS: ("user.mfa.factor.reset_all", "Reset all factors for user"),
    Operation.DELETE: ("user.lifecycle.deactivate", "Deactivate Okta user"),
}


def lifecycle_endpoint(operation: Operation) -> Callable[[Call], Answer]:
    """The endpoint of an operation below `/lifecycle`."""

    def transition(call: Call) -> Answer:
        if operation is Operation.RESET_PASSWORD and "sendEmail" not in call.query:
            raise Failure(400, "E0000028", "The request is missing a required parameter.")
        with call.write() as transaction:
            before = users.user_of_path(call)
            user = _apply(call, transaction, operation)
        return _answer(call, operation, before, user)

    return transition


def delete_user(call: Call) -> Answer:
    """The first call deactivates the user, the second one deletes them (Okta: recorded)."""
    with call.write() as transaction:
        _apply(call, transaction, Operation.DELETE)
    return NO_CONTENT


def clear_sessions(call: Call) -> Answer:
    """The user has no session; the org keeps none anyway, only the event."""
    with call.write() as transaction:
        user = users.user_of_path(call)
        record(transaction, "user.session.clear", "Clear user session", user_target(user))
    return NO_CONTENT


def _apply(call: Call, transaction: Transaction, operation: Operation) -> Resource:
    """The user after the operation."""
    user = users.user_of_path(call)
    choices = call.core.options().choices
    account = accounts.account_of(transaction, user)
    verdict = user_lifecycle.decide(account, operation, unlocked=choices.unlocked)
    if not isinstance(verdict, Transition):
        if operation is Operation.RESET_PASSWORD and choices.reset_refused == "E0000017":
            raise Failure(403, "E0000017", "Password reset failed")
        raise Failure(verdict.http, verdict.code, verdict.summary, *verdict.causes)
    if verdict.to == user_lifecycle.DELETED:
        event = "user.lifecycle.delete.initiated"
        record(transaction, event, "Delete Okta user initiated", user_target(user))
        accounts.delete_user(transaction, user)
        return user
    if operation is Operation.RESET_FACTORS:
        record(transaction, *_EVENTS[operation], user_target(user))
        return user
    return accounts.set_status(transaction, user, verdict.to, _EVENTS[operation])


def _answer(call: Call, operation: Operation, before: Resource, user: Resource) -> Answer:
    """Nothing, the whole user, or what a mail would have carried (Okta: recorded).

    The user still says when the status changed before (Okta: recorded).
    """
    token = secrets.token_urlsafe(15)
    body: dict[str, object] = {}
    match operation:
        case Operation.EXPIRE_PASSWORD:
            changed = decode_body(before.body)["statusChanged"]
            body = {**decode_body(call.show_user(user).body), "statusChanged": changed}
            return Answer(body=encode_user(user.id, msgspec.json.encode(body), call.base))
        case Operation.EXPIRE_WITH_TEMPORARY:
            body = {"tempPassword": token}
        case Operation.RESET_PASSWORD if not _sends_email(call, default=True):
            body = {"resetPasswordUrl": f"{call.base}/reset_password/{token}"}
        case Operation.ACTIVATE | Operation.REACTIVATE:
            if not _sends_email(call, default=operation is Operation.ACTIVATE):
                url = f"{call.base}/tokens/{token}/verify"
                body = {"activationUrl": url, "activationToken": token}
        case _:
            pass
    return Answer(body=msgspec.json.encode(body))


def _sends_email(call: Call, *, default: bool) -> bool:
    return call.query.get("sendEmail", str(default)).lower() == "true"
