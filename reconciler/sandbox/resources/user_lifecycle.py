"""The states of a user, and what every operation makes of each.

Two rules. Everything about the states is in this file. It knows no database and no HTTP: it is
given a status and says what comes of it, so that it can be read against Okta's own table.

An operation that is not in a row's table is refused with that row's error. Codes and texts are
Okta's (Okta: recorded), but for unsuspending, whose text is not known, and for the statuses in
which a password can be reset or expired: there the links that Okta offers decide (Okta: recorded).
What no one has seen is a choice of the world (`_OPEN`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from reconciler.sandbox.world.model import OWN_PROVIDERS
from reconciler.sandbox.world.options import Choices


class Operation(Enum):
    """What can be done to a user; the value is the last part of its path, where it has one."""

    LOCK = "lock"
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


CALLED: Final = frozenset(Operation) - {Operation.LOCK, Operation.DELETE}
"""The operations that have a path below `/lifecycle`; only too many bad passwords lock."""

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
    provider: str = "OKTA"
    has_password: bool = False
    before: str | None = None
    moving_to: str | None = None
    """The status that an operation still at work will give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """The operation is done: the next status, and the HTTP status that says so."""

    to: str
    http: int = 200
    provider: str | None = None
    """Who checks the password from now on; None is who did before."""


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
_RESET_FAILED: Final = Refusal(http=403, code="E0000017", summary="Password reset failed")
STILL_MOVING: Final = Refusal(
    http=409,
    code="E0000112",
    summary="Cannot update this user because they are still being activated."
    " Please try again in a few minutes.",
)
"""Documented of a user who is being activated, assumed of one who is being deactivated."""

_DIRECTORIES: Final = frozenset({"ACTIVE_DIRECTORY", "LDAP"})
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
    Operation.SUSPEND: dict.fromkeys(
        ("ACTIVE", "PROVISIONED", "PASSWORD_EXPIRED", "RECOVERY", "LOCKED_OUT"), "SUSPENDED"
    ),
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
    # The statuses in which one can still try passwords (assumed).
    Operation.LOCK: dict.fromkeys(("ACTIVE", "PASSWORD_EXPIRED", "RECOVERY"), "LOCKED_OUT"),
}

_OPEN: Final[Mapping[tuple[Operation, str], str]] = {
    (Operation.SUSPEND, "PROVISIONED"): "suspend_provisioned",
    (Operation.SUSPEND, "PASSWORD_EXPIRED"): "suspend_password_expired",
    (Operation.SUSPEND, "RECOVERY"): "suspend_recovery",
    (Operation.SUSPEND, "LOCKED_OUT"): "suspend_locked_out",
    (Operation.RESET_PASSWORD, "PROVISIONED"): "reset_provisioned",
    (Operation.RESET_PASSWORD, "RECOVERY"): "reset_recovery",
    (Operation.RESET_PASSWORD, "LOCKED_OUT"): "reset_locked_out",
    (Operation.REACTIVATE, "RECOVERY"): "reactivate_recovery",
}
"""The cells of the table of which Okta is not known, and the choice that says `done` or not."""

_UNLOCK_REFUSED: Final = Refusal(
    http=403, code="E0000032", summary="Unlock is not allowed for this user."
)
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
    Operation.UNLOCK: replace(_UNLOCK_REFUSED, causes=("The user is not locked out.",)),
}
_OUT_OF_REACH: Final[Mapping[Operation, Refusal]] = {
    Operation.RESET_PASSWORD: _RESET_FAILED,
    Operation.UNLOCK: _UNLOCK_REFUSED,
    Operation.LOCK: replace(_WRONG_STATUS, causes=("Okta keeps no password to try",)),
}
"""What cannot be done to a password that Okta does not keep."""

_DEFAULT: Final = Choices()


def decide(
    account: Account, operation: Operation, choices: Choices = _DEFAULT
) -> Transition | Refusal:
    """Where the operation leads this account, or why it leads nowhere.

    Suspension is undone to the status before it (Okta: recorded). Who has a password, or signs in
    elsewhere, is active at once; the others must set one first.
    """
    if account.moving_to is not None:
        return STILL_MOVING
    to = _TRANSITIONS[operation].get(account.status)
    if to is None or _is_refused(account, operation, choices):
        return _refusal(account, operation, choices)
    if account.provider not in OWN_PROVIDERS and not _reaches(account.provider, operation, choices):
        return _OUT_OF_REACH[operation]
    is_ready = account.has_password or account.provider not in OWN_PROVIDERS
    places = {
        _STATUS_STAYS: account.status,
        _STATUS_BEFORE: account.before or "ACTIVE",
        _STATUS_FIRST: "ACTIVE" if is_ready else "PROVISIONED",
        _STATUS_UNLOCKED: choices.unlocked,
    }
    return Transition(
        to=places.get(to, to),
        http=204 if operation is Operation.DELETE else 200,
        provider=_provider_after(account.provider, operation, choices),
    )


def _is_refused(account: Account, operation: Operation, choices: Choices) -> bool:
    choice = _OPEN.get((operation, account.status))
    return choice is not None and getattr(choices, choice) == "refused"


def _refusal(account: Account, operation: Operation, choices: Choices) -> Refusal:
    if operation is Operation.RESET_PASSWORD and choices.reset_refused == "E0000017":
        return _RESET_FAILED
    refusal = _REFUSALS.get(operation, _WRONG_STATUS)
    return replace(refusal, summary=refusal.summary.format(id=account.id))


def _reaches(provider: str, operation: Operation, choices: Choices) -> bool:
    """Whether Okta can do this to a password that is kept elsewhere."""
    match operation:
        case Operation.RESET_PASSWORD if provider in _DIRECTORIES:
            return choices.reset_directory == "agent"
        case Operation.RESET_PASSWORD if provider == "SOCIAL":
            return choices.reset_social == "converted"
        case Operation.UNLOCK if provider in _DIRECTORIES:
            return choices.unlock_directory == "agent"
        case Operation.LOCK:
            return provider in _DIRECTORIES
        case _:
            return True


def _provider_after(provider: str, operation: Operation, choices: Choices) -> str | None:
    """A reset makes who signed in elsewhere an Okta account, silently (Okta: OpenAPI).

    But a directory keeps its own: there the agent sets the password (assumed).
    """
    if operation is not Operation.RESET_PASSWORD or provider in {"OKTA", *_DIRECTORIES}:
        return None
    return None if provider == "IMPORT" and choices.reset_import == "kept" else "OKTA"
