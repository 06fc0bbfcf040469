"""What git may say of a person's Okta account, and what can be done with one."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from reconciler.model.diagnostics import Span
from reconciler.model.validity import Approval, day_end

__all__ = [
    "AccountAction",
    "AccountDeclaration",
    "AccountPart",
    "AccountRequest",
    "AccountState",
    "LifecycleCall",
]


class AccountState(Enum):
    """The state that a file wants an account to be in. The value is what files say."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DEACTIVATED = "deactivated"


class AccountAction(Enum):
    """What can be done with an account. The value is what plans and commands say."""

    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    UNLOCK = "unlock"
    RESET_PASSWORD = "reset-password"  # noqa: S105 - an action, no secret
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    CLEAR_SESSIONS = "clear-sessions"

    @property
    def takes_away(self) -> bool:
        """Whether the person can do less after it."""
        return self in _TAKING

    @property
    def is_final(self) -> bool:
        """Whether nothing undoes all of it (Okta: deactivating ends what apps keep of a person)."""
        return self is AccountAction.DEACTIVATE


_TAKING = frozenset({AccountAction.SUSPEND, AccountAction.DEACTIVATE, AccountAction.CLEAR_SESSIONS})


class LifecycleCall(Enum):
    """A request that changes an account. The value names it in plans and records."""

    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    UNLOCK = "unlock"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a request, no secret
    DEACTIVATE = "deactivate"
    ACTIVATE = "activate"
    REACTIVATE = "reactivate"
    CLEAR_SESSIONS = "clear_sessions"


class AccountPart(Enum):
    """Which part of a person's file a line rests on. The value is the file's key."""

    STATE = "state"
    UNLOCK = "unlock"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a key of a file, no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRequest:
    """Something asked for once; `requested_at` is an instant, UTC."""

    requested_at: datetime
    reason: str
    approval: Approval


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDeclaration:
    """One person's file: the state their account is to be in, requests, or both.

    `reason` and `approval` are those of the state, and there where it is.
    """

    subject: str
    """As the subject of a grant."""
    state: AccountState | None = None
    until: date | None = None
    """The last day of a suspension that ends by itself, UTC."""
    reason: str = ""
    approval: Approval | None = None
    unlock: AccountRequest | None = None
    password_reset: AccountRequest | None = None
    origin: Span | None = field(default=None, compare=False, repr=False)

    def has_ended(self, now: datetime) -> bool:
        """Whether it was a suspension whose last day is over."""
        return self.until is not None and now >= day_end(self.until)

    @property
    def requests(self) -> tuple[tuple[AccountPart, AccountRequest], ...]:
        """What it asks for once."""
        each = (
            (AccountPart.UNLOCK, self.unlock),
            (AccountPart.PASSWORD_RESET, self.password_reset),
        )
        return tuple((part, request) for part, request in each if request is not None)
