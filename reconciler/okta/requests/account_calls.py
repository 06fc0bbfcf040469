"""The requests that change an account, each in the one form that is sent and let through.

Whom Okta sends mail, and what ends with sessions, is always said and never left to it: by
`sendEmail=true` a link goes to the person and not into the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.accounts import LifecycleCall
from reconciler.model.errors import ConnectorError
from reconciler.model.ids import OktaUserId
from reconciler.okta.wire import is_id

__all__ = ["AccountCall", "account_call"]

_BY_MAIL = {"sendEmail": "true"}
_PARAMS: dict[LifecycleCall, Mapping[str, str]] = {
    LifecycleCall.SUSPEND: {},
    LifecycleCall.UNSUSPEND: {},
    LifecycleCall.UNLOCK: {},
    LifecycleCall.RESET_PASSWORD: _BY_MAIL,
    LifecycleCall.DEACTIVATE: {"sendEmail": "false"},
    LifecycleCall.ACTIVATE: _BY_MAIL,
    LifecycleCall.REACTIVATE: _BY_MAIL,
    LifecycleCall.CLEAR_SESSIONS: {"oauthTokens": "true", "forgetDevices": "true"},
}


@dataclass(frozen=True, slots=True)
class AccountCall:
    """One of them: it has no body, and `params` are its whole query."""

    method: str
    path: str
    params: Mapping[str, str]


def account_call(call: LifecycleCall, user: OktaUserId) -> AccountCall:
    """The request; an id that would make another one of it is refused."""
    if not is_id(user):
        raise ConnectorError("id-malformed", f"{user!r} is not an Okta id")
    path = f"/api/v1/users/{user}"
    if call is LifecycleCall.CLEAR_SESSIONS:
        return AccountCall("DELETE", f"{path}/sessions", _PARAMS[call])
    return AccountCall("POST", f"{path}/lifecycle/{call.value}", _PARAMS[call])
