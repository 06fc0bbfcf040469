"""The endpoints that move a user from one status to another."""

import secrets
from collections.abc import Callable
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import (
    Failure,
    not_found,
    validation_failed,
    wrong_user_status,
)
from reconciler.sandbox.changes import lifecycle
from reconciler.sandbox.changes import users as accounts
from reconciler.sandbox.changes.transaction import Transaction
from reconciler.sandbox.endpoints import users
from reconciler.sandbox.request import NO_CONTENT, Answer, Call
from reconciler.sandbox.resources import user_lifecycle
from reconciler.sandbox.resources.user_lifecycle import Operation, Transition
from reconciler.sandbox.resources.users import encode_user
from reconciler.sandbox.storage.rows import Resource, decode_body

_FLAGS: Final = {"true", "false"}


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
    """The user has no session from now on; the event says what else was asked to go."""
    choices = call.core.options().choices
    flags = {
        "oauthTokens": _session_flag(call, "oauthTokens", "false"),
        "forgetDevices": _session_flag(call, "forgetDevices", choices.forget_devices),
    }
    with call.write() as transaction:
        user = users.user_of_path(call)
        is_gone = decode_body(user.body)["status"] == "DEPROVISIONED"
        if is_gone and choices.clear_sessions_deprovisioned == "403":
            raise wrong_user_status()
        if is_gone and choices.clear_sessions_deprovisioned == "404":
            raise not_found(call.parameters["user"], "User")
        lifecycle.clear_sessions(transaction, user, flags)
    return NO_CONTENT


def _apply(call: Call, transaction: Transaction, operation: Operation) -> Resource:
    """The user after the operation."""
    user = users.user_of_path(call)
    options = call.core.options()
    account = accounts.account_of(transaction, user)
    verdict = user_lifecycle.decide(account, operation, options.choices)
    if not isinstance(verdict, Transition):
        raise users.failure_of(verdict)
    changed = lifecycle.carry_out(transaction, user, operation, verdict, options)
    if call.query.get("revokeSessions", "").lower() == "true":
        lifecycle.clear_sessions(transaction, changed)
    return changed


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


def _session_flag(call: Call, name: str, default: str) -> str:
    """A parameter that is true or false; anything else is refused (assumed)."""
    value = call.query.get(name, default).lower()
    if value not in _FLAGS:
        raise validation_failed(name, f"{name}: The field has an invalid value")
    return value
