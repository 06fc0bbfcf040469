"""The states of a user, and what every operation makes of each.

Two rules. Everything about the states is in this file. It knows no database and no HTTP: it is
given a status and says what comes of it, so that it can be read against Okta's own table.

An operation that is not in a row's table is refused with that row's error. Codes and texts are
Okta's (Okta: recorded), but for unsuspending, whose text is not known, and for the statuses in
which a password can be reset or expired: there the links that Okta offers decide (Okta: recorded).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final


class Operation(Enum):
    """What can be asked for a user; the value is the last part of its path."""

    ACTIVATE = "activate"
    REACTIVATE = "reactivate"
    DEACTIVATE = "deactivate"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    UNLOCK = "unlock"
    RESET_PASSWORD = "reset_password"  # noqa: S105 -- an operation, no secret
    EXPIRE_PASSWORD = "expire_password"  # noqa: S105 -- as above
    EXPIRE_WITH_TEMPORARY = "expire_password_with_temp_password"
    RESET_FACTORS = "reset_factors"
    DELETE = "delete"


DELETED: Final = "(gone)"
"""The state of a user who is no more."""

_STATUS_STAYS: Final = "(same)"
_STATUS_BEFORE: Final = "(before)"
_STATUS_FIRST: Final = "(entered)"
_STATUS_UNLOCKED: Final = "(unlocked)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What of a user decides where an operation leads; `before` is the status before suspension."""

    id: str
    status: str
    has_password: bool = False
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """The operation is done: the next status, and the HTTP status that says so."""

    to: str
    http: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The operation is not done, and this is why."""

    http: int
    code: str
    summary: str
    causes: tuple[str, ...] = ()


_WRONG_STATUS: Final = Refusal(
    http=403,
    code="E0000038",
    summary="This operation is not allowed in the user's current status.",
)
_ALL: Final = (
    "STAGED",
    "PROVISIONED",
    "ACTIVE",
    "RECOVERY",
    "LOCKED_OUT",
    "PASSWORD_EXPIRED",
    "SUSPENDED",
)
"""Every status but DEPROVISIONED."""

_TRANSITIONS: Final[Mapping[Operation, Mapping[str, str]]] = {
    Operation.ACTIVATE: dict.fromkeys(("STAGED", "DEPROVISIONED"), _STATUS_FIRST),
    Operation.REACTIVATE: dict.fromkeys(("PROVISIONED", "RECOVERY"), _STATUS_STAYS),
    Operation.DEACTIVATE: dict.fromkeys(_ALL, "DEPROVISIONED"),
    Operation.SUSPEND: dict.fromkeys(("ACTIVE", "PROVISIONED", "PASSWORD_EXPIRED"), "SUSPENDED"),
    Operation.UNSUSPEND: {"SUSPENDED": _STATUS_BEFORE},
    Operation.UNLOCK: {"LOCKED_OUT": _STATUS_UNLOCKED},
    Operation.RESET_PASSWORD: dict.fromkeys(
        ("PROVISIONED", "ACTIVE", "RECOVERY", "LOCKED_OUT", "PASSWORD_EXPIRED"), "RECOVERY"
    ),
    Operation.EXPIRE_PASSWORD: dict.fromkeys(("ACTIVE", "PASSWORD_EXPIRED"), "PASSWORD_EXPIRED"),
    Operation.EXPIRE_WITH_TEMPORARY: dict.fromkeys(
        ("ACTIVE", "PASSWORD_EXPIRED"), "PASSWORD_EXPIRED"
    ),
    Operation.RESET_FACTORS: dict.fromkeys(_ALL, _STATUS_STAYS),
    Operation.DELETE: {**dict.fromkeys(_ALL, "DEPROVISIONED"), "DEPROVISIONED": DELETED},
}

_REFUSALS: Final[Mapping[Operation, Refusal]] = {
    Operation.ACTIVATE: Refusal(
        http=403,
        code="E0000016",
        summary="Activation failed because the user is already active",
    ),
    # Okta: issue, okta-sdk-java 721.
    Operation.DEACTIVATE: Refusal(
        http=404, code="E0000007", summary="Not found: Resource not found: {id} (User)"
    ),
    Operation.SUSPEND: Refusal(
        http=400,
        code="E0000001",
        summary="Api validation failed: suspendUser",
        causes=("Cannot suspend a user that is not active",),
    ),
    Operation.UNSUSPEND: Refusal(
        http=400,
        code="E0000001",
        summary="Api validation failed: unsuspendUser",
        causes=("Cannot unsuspend a user that is not suspended",),
    ),
    Operation.UNLOCK: Refusal(
        http=403,
        code="E0000032",
        summary="Unlock is not allowed for this user.",
        causes=("The user is not locked out.",),
    ),
}


def decide(
    account: Account, operation: Operation, *, unlocked: str = "ACTIVE"
) -> Transition | Refusal:
    """Where the operation leads this account, or why it leads nowhere.

    `unlocked` is the status that unlocking gives. Suspension is undone to the status before it
    (Okta: recorded); a user with a password is active at once, one without must first set one.
    """
    to = _TRANSITIONS[operation].get(account.status)
    if to is None:
        refusal = _REFUSALS.get(operation, _WRONG_STATUS)
        return replace(refusal, summary=refusal.summary.format(id=account.id))
    places = {
        _STATUS_STAYS: account.status,
        _STATUS_BEFORE: account.before or "ACTIVE",
        _STATUS_FIRST: "ACTIVE" if account.has_password else "PROVISIONED",
        _STATUS_UNLOCKED: unlocked,
    }
    return Transition(to=places.get(to, to), http=204 if operation is Operation.DELETE else 200)
