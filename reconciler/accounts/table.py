"""What each action makes of an account in each status: the only place that says so.

A cell says *do*, with the request and the statuses that show it was done; *already so*; or
*refuse*, with the reason. Where Okta documents no answer the request is sent once, and what Okta
says is the line's outcome (Okta: users API; statuses in which its links are offered).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.model.accounts import AccountAction, LifecycleCall

__all__ = ["OKTA", "STATUSES", "UNSUSPENDABLE", "AlreadySo", "Cell", "Do", "Refuse", "decide"]

OKTA: Final = "OKTA"
"""The provider of an account whose password Okta keeps."""

STAGED, PROVISIONED, ACTIVE = "STAGED", "PROVISIONED", "ACTIVE"
RECOVERY, LOCKED_OUT, EXPIRED = "RECOVERY", "LOCKED_OUT", "PASSWORD_EXPIRED"
SUSPENDED, DEPROVISIONED = "SUSPENDED", "DEPROVISIONED"
STATUSES: Final = (
    STAGED,
    PROVISIONED,
    ACTIVE,
    RECOVERY,
    LOCKED_OUT,
    EXPIRED,
    SUSPENDED,
    DEPROVISIONED,
)
"""Every status that Okta documents; an account in another one is left alone."""

UNSUSPENDABLE: Final = frozenset({RECOVERY, LOCKED_OUT})
"""Statuses of accounts in use that cannot be suspended as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Do:
    """The request that does it. `expects` is empty where the status does not tell."""

    call: LifecycleCall
    expects: tuple[str, ...] = ()
    is_certain: bool = True
    """Whether Okta documents that it takes the request in this status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadySo:
    """Nothing is left to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """The request is not sent, why, and what to do instead."""

    code: str
    why: str
    hint: str


Cell = Do | AlreadySo | Refuse


def _refuse(why: str, hint: str) -> Refuse:
    return Refuse(code="account-status-unsuitable", why=why, hint=hint)


_SAME = AlreadySo()
_SUSPEND = Do(call=LifecycleCall.SUSPEND, expects=(SUSPENDED,))
_MAYBE_SUSPEND = Do(call=LifecycleCall.SUSPEND, expects=(SUSPENDED,), is_certain=False)
_BEFORE_SUSPENSION = (ACTIVE, PROVISIONED, EXPIRED, RECOVERY, LOCKED_OUT)
_UNSUSPEND = Do(call=LifecycleCall.UNSUSPEND, expects=_BEFORE_SUSPENSION)
_UNLOCK = Do(call=LifecycleCall.UNLOCK, expects=(ACTIVE, EXPIRED))
_RESET = Do(call=LifecycleCall.RESET_PASSWORD, expects=(RECOVERY,))
_MAYBE_RESET = Do(call=LifecycleCall.RESET_PASSWORD, expects=(RECOVERY,), is_certain=False)
_SEND_AGAIN = Do(call=LifecycleCall.REACTIVATE)
_MAYBE_SEND_AGAIN = Do(call=LifecycleCall.REACTIVATE, is_certain=False)
_DEACTIVATE = Do(call=LifecycleCall.DEACTIVATE, expects=(DEPROVISIONED,))
_ACTIVATE = Do(call=LifecycleCall.ACTIVATE, expects=(PROVISIONED, ACTIVE, EXPIRED))
_CLEAR = Do(call=LifecycleCall.CLEAR_SESSIONS)

_NEVER = _refuse("it was never activated", "activate it first: `reactivate`")
_CLOSED = _refuse("it is deactivated", "reactivate it first, to which an admin has to agree")
_INVITED = _refuse(
    "its person was invited and never signed in", "send the invitation again: `reactivate`"
)
_STOPPED = _refuse("it is suspended", "unsuspend it first")
_NOT_LOCKED = _refuse("it is not locked out", "reset the password if they cannot sign in")
_NOT_SUSPENDED = _refuse("it is not suspended", "look at it: `reconciler user show PERSON`")
_CANNOT_SUSPEND = (
    "Okta does not suspend an account in this status",
    "take all else by `reconciler offboard PERSON --now`; suspend it once active, or deactivate it",
)
_LOCKED = _refuse("it is locked out, not closed", "unlock it")
_PAST_INVITATION = _refuse("it was activated before", "reset the password instead")

_TABLE: Final[Mapping[AccountAction, Mapping[str, Cell]]] = {
    AccountAction.SUSPEND: {
        STAGED: _NEVER,
        PROVISIONED: _MAYBE_SUSPEND,
        ACTIVE: _SUSPEND,
        RECOVERY: _refuse(*_CANNOT_SUSPEND),
        LOCKED_OUT: _refuse(*_CANNOT_SUSPEND),
        EXPIRED: _MAYBE_SUSPEND,
        SUSPENDED: _SAME,
        DEPROVISIONED: _refuse(
            "it is deactivated, which is more",
            "let its file say `state: deactivated`, if it has one",
        ),
    },
    AccountAction.UNSUSPEND: {
        STAGED: _NOT_SUSPENDED,
        PROVISIONED: _NOT_SUSPENDED,
        ACTIVE: _SAME,
        RECOVERY: _NOT_SUSPENDED,
        LOCKED_OUT: _refuse("it is locked out, not suspended", "unlock it"),
        EXPIRED: _NOT_SUSPENDED,
        SUSPENDED: _UNSUSPEND,
        DEPROVISIONED: _CLOSED,
    },
    AccountAction.UNLOCK: {
        STAGED: _NOT_LOCKED,
        PROVISIONED: _NOT_LOCKED,
        ACTIVE: _NOT_LOCKED,
        RECOVERY: _NOT_LOCKED,
        LOCKED_OUT: _UNLOCK,
        EXPIRED: _NOT_LOCKED,
        SUSPENDED: _STOPPED,
        DEPROVISIONED: _CLOSED,
    },
    AccountAction.RESET_PASSWORD: {
        STAGED: _NEVER,
        PROVISIONED: _INVITED,
        ACTIVE: _RESET,
        RECOVERY: _MAYBE_SEND_AGAIN,
        LOCKED_OUT: _MAYBE_RESET,
        EXPIRED: _RESET,
        SUSPENDED: _STOPPED,
        DEPROVISIONED: _CLOSED,
    },
    AccountAction.DEACTIVATE: {
        **dict.fromkeys(STATUSES, _DEACTIVATE),
        DEPROVISIONED: _SAME,
    },
    AccountAction.REACTIVATE: {
        STAGED: _ACTIVATE,
        PROVISIONED: _SEND_AGAIN,
        ACTIVE: _SAME,
        RECOVERY: _MAYBE_SEND_AGAIN,
        LOCKED_OUT: _LOCKED,
        EXPIRED: _PAST_INVITATION,
        SUSPENDED: _STOPPED,
        DEPROVISIONED: _ACTIVATE,
    },
    AccountAction.CLEAR_SESSIONS: {
        **dict.fromkeys(STATUSES, _CLEAR),
        DEPROVISIONED: _SAME,
    },
}

_UNKNOWN = Refuse(
    code="account-status-unknown",
    why="its status is none that is known here",
    hint="look at it in Okta's console; nothing is done to an account whose status is not known",
)
_ELSEWHERE: Final[Mapping[str, tuple[str, str]]] = {
    "ACTIVE_DIRECTORY": ("Active Directory", "reset or unlock it in Active Directory"),
    "LDAP": ("an LDAP directory", "reset or unlock it in that directory"),
    "FEDERATION": ("another identity provider", "reset it there; here it would cut the federation"),
    "SOCIAL": ("a social login", "the person resets it there"),
    "IMPORT": ("an import", "let them sign in once, so that Okta keeps it; or ask an Okta admin"),
    "": (
        "a place that Okta does not name",
        "let the credential read `credentials`; then try again",
    ),
}
_PASSWORD_ACTIONS = frozenset({AccountAction.RESET_PASSWORD, AccountAction.UNLOCK})


def decide(status: str, action: AccountAction, provider: str) -> Cell:
    """What the action makes of an account of that status, whose password that provider keeps."""
    cell = _TABLE[action].get(status, _UNKNOWN)
    is_password = action in _PASSWORD_ACTIONS or cell == _MAYBE_SEND_AGAIN
    if isinstance(cell, Do) and is_password and provider != OKTA:
        return _refuse_provider(provider)
    return cell


def _refuse_provider(provider: str) -> Refuse:
    """A plain reset would turn a federated account into one of Okta's own (Okta: users API)."""
    where, hint = _ELSEWHERE.get(provider, ("another place", "reset or unlock it there"))
    return Refuse(
        code="account-password-elsewhere", why=f"its password is kept by {where}", hint=hint
    )
