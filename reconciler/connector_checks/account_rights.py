"""What a connector with `lifecycle: true` does to accounts, and the permission that each needs.

In use is what files in `users/` ask for, what operators may do, and what `offboard` does at once.
What only admins do on call is given when it comes into use.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.model.accounts import (
    AccountAction,
    AccountDeclaration,
    AccountPart,
    AccountState,
    LifecycleCall,
)
from reconciler.model.catalog import Catalog, Connector

__all__ = ["AccountRight", "account_rights", "calls_in_use", "declares_accounts"]

_SUSPENSION = frozenset({LifecycleCall.SUSPEND, LifecycleCall.CLEAR_SESSIONS})
_DEACTIVATION = frozenset({LifecycleCall.DEACTIVATE, LifecycleCall.CLEAR_SESSIONS})
_RESET = frozenset({LifecycleCall.RESET_PASSWORD, LifecycleCall.REACTIVATE})
_BY_STATE = {
    AccountState.ACTIVE: frozenset({LifecycleCall.UNSUSPEND, LifecycleCall.ACTIVATE}),
    AccountState.SUSPENDED: _SUSPENSION,
    AccountState.DEACTIVATED: _DEACTIVATION,
}
_BY_ACTION = {
    AccountAction.SUSPEND: _SUSPENSION,
    AccountAction.UNSUSPEND: frozenset({LifecycleCall.UNSUSPEND}),
    AccountAction.UNLOCK: frozenset({LifecycleCall.UNLOCK}),
    AccountAction.RESET_PASSWORD: _RESET,
    AccountAction.DEACTIVATE: _DEACTIVATION,
    AccountAction.REACTIVATE: frozenset({LifecycleCall.ACTIVATE, LifecycleCall.REACTIVATE}),
    AccountAction.CLEAR_SESSIONS: frozenset({LifecycleCall.CLEAR_SESSIONS}),
}
_BY_PART = {
    AccountPart.UNLOCK: _BY_ACTION[AccountAction.UNLOCK],
    AccountPart.PASSWORD_RESET: _RESET,
}
_PERMISSIONS = {
    LifecycleCall.SUSPEND: ("okta.users.lifecycle.suspend", "suspends people"),
    LifecycleCall.UNSUSPEND: ("okta.users.lifecycle.unsuspend", "ends suspensions"),
    LifecycleCall.UNLOCK: ("okta.users.lifecycle.unlock", "unlocks accounts"),
    LifecycleCall.RESET_PASSWORD: ("okta.users.credentials.resetPassword", "resets passwords"),
    LifecycleCall.DEACTIVATE: ("okta.users.lifecycle.deactivate", "deactivates accounts"),
    LifecycleCall.ACTIVATE: ("okta.users.lifecycle.activate", "activates accounts"),
    LifecycleCall.CLEAR_SESSIONS: ("okta.users.lifecycle.clearSessions", "ends sessions"),
}
"""By request: the permission of a custom role, and what it is for (Okta: role permissions)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRight:
    """One permission, and why; `loss` says what is lost without an optional one."""

    permission: str
    because: str
    loss: str = ""


def declares_accounts(catalog: Catalog, connector: Connector) -> bool:
    """Whether a plan of the connector looks at accounts at all."""
    return connector.lifecycle and bool(catalog.accounts)


def calls_in_use(catalog: Catalog, connector: Connector) -> dict[LifecycleCall, tuple[str, ...]]:
    """Every request that may be sent, with what uses it, in the order of the requests' nouns."""
    users: dict[LifecycleCall, list[str]] = {call: [] for call in LifecycleCall}
    for name, calls in _uses(catalog, connector):
        for call in calls:
            users[call].append(name)
    return {call: tuple(dict.fromkeys(names)) for call, names in users.items() if names}


def account_rights(catalog: Catalog, connector: Connector) -> Iterator[AccountRight]:
    """The permissions of a custom role that the requests in use need."""
    used = calls_in_use(catalog, connector)
    for call, (permission, purpose) in _PERMISSIONS.items():
        if call in used:
            yield AccountRight(
                permission=permission, because=f"{purpose}, for {', '.join(used[call])}"
            )
    if LifecycleCall.REACTIVATE in used and LifecycleCall.ACTIVATE not in used:
        yield AccountRight(
            permission=_PERMISSIONS[LifecycleCall.ACTIVATE][0],
            because="sends a reset's mail again, as far as is known: Okta does not document which "
            "permission that needs",
            loss="a reset that is asked for again before it was used is refused",
        )


def _uses(catalog: Catalog, connector: Connector) -> Iterator[tuple[str, frozenset[LifecycleCall]]]:
    if not connector.lifecycle:
        return
    for declared in catalog.accounts:
        yield "files in users/", _calls_of(declared)
    for operator in catalog.settings.operators:
        for action in operator.may:
            yield "operators", _BY_ACTION[action]
    yield "`offboard`", _SUSPENSION


def _calls_of(declared: AccountDeclaration) -> frozenset[LifecycleCall]:
    calls = frozenset[LifecycleCall]().union(*(_BY_PART[part] for part, _ in declared.requests))
    if declared.until is not None:
        calls |= _BY_ACTION[AccountAction.UNSUSPEND]
    return calls | _BY_STATE[declared.state] if declared.state else calls
