"""How old a connector's credentials are, measured against the age that its file allows.

A judgment of a day, so it belongs to plans and tests of a connector: a file that was valid stays
valid when a day passes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

from reconciler.connector_checks.check_result import (
    CheckResult,
    CredentialUse,
    failed_check,
    passed_check,
    warned_check,
)
from reconciler.model.catalog import Auth, Connector
from reconciler.model.plan import PlanWarning

__all__ = [
    "SOON_DAYS",
    "AgeStatus",
    "CredentialAge",
    "age_warning",
    "credential_ages",
    "credential_warnings",
    "judge_age",
]

SOON_DAYS = 14
"""A credential that reaches its age within so many days is warned of, as ending grants are."""

_REPLACE = "replace it in Okta and where it is stored, then write the day into `rotated_at`"


class AgeStatus(Enum):
    """What can be said of a credential's age."""

    UNLIMITED = "unlimited"
    FRESH = "fresh"
    SOON = "soon"
    OVERDUE = "overdue"
    UNKNOWN = "unknown"
    """There is a limit, and nobody wrote when the credential was made."""
    LATER = "later"
    """It is said to be made on a day that has not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialAge:
    """One credential's age on a day; `uses` is `plan`, `apply` or `plan and apply`."""

    uses: str
    status: AgeStatus
    rotated_at: date | None
    age_days: int | None
    max_age_days: int | None


def credential_ages(connector: Connector, now: datetime) -> tuple[CredentialAge, ...]:
    """The age of what plans and of what applies; once, where that is one and the same."""
    plan, apply = connector.plan_auth, connector.apply_auth
    each = (("plan", plan), ("apply", apply))
    named = (("plan and apply", plan),) if plan == apply else each
    today = now.astimezone(UTC).date()
    return tuple(_age(uses, auth, today) for uses, auth in named if auth is not None)


def credential_warnings(connector: Connector, now: datetime) -> Iterator[PlanWarning]:
    """What a plan says of its connector's credentials: nothing while they are young enough."""
    for age in credential_ages(connector, now):
        warning = age_warning(connector, age)
        if warning is not None:
            yield warning


def age_warning(connector: Connector, age: CredentialAge) -> PlanWarning | None:
    """What there is to say of one credential's age."""
    who = f"the credential for {age.uses} of {connector.id}"
    made = f"{who} was made on {age.rotated_at}, {age.age_days} days ago"
    match age.status:
        case AgeStatus.OVERDUE:
            summary = f"{made}, and its max_age is {age.max_age_days} days"
            return PlanWarning(code="credential-overdue", summary=summary, hint=_REPLACE)
        case AgeStatus.SOON:
            summary = f"{made}, and reaches its max_age of {age.max_age_days} days soon"
            return PlanWarning(code="credential-due", summary=summary, hint=_REPLACE)
        case AgeStatus.UNKNOWN:
            return PlanWarning(
                code="credential-age-unknown",
                summary=f"{who} has a max_age, and no day on which it was made",
                hint="write that day into `rotated_at`",
            )
        case AgeStatus.LATER:
            return PlanWarning(
                code="credential-age-unknown",
                summary=f"{who} is said to be made on {age.rotated_at}, which has not come",
                hint="correct `rotated_at`",
            )
        case AgeStatus.FRESH | AgeStatus.UNLIMITED:
            return None


def _age(uses: str, auth: Auth, today: date) -> CredentialAge:
    age = None if auth.rotated_at is None else (today - auth.rotated_at).days
    return CredentialAge(
        uses=uses,
        status=_status(age, auth.max_age_days),
        rotated_at=auth.rotated_at,
        age_days=age,
        max_age_days=auth.max_age_days,
    )


def _status(age: int | None, limit: int | None) -> AgeStatus:
    if age is not None and age < 0:
        return AgeStatus.LATER
    if limit is None:
        return AgeStatus.UNLIMITED
    if age is None:
        return AgeStatus.UNKNOWN
    if age > limit:
        return AgeStatus.OVERDUE
    return AgeStatus.SOON if age > limit - SOON_DAYS else AgeStatus.FRESH


def judge_age(connector: Connector, use: CredentialUse, now: datetime) -> Iterator[CheckResult]:
    """Whether the tested credential is younger than its file allows; nothing without a limit."""
    for age in credential_ages(connector, now):
        if age.uses != use.value:
            continue
        warning = age_warning(connector, age)
        if warning is not None:
            judged = failed_check if age.status is AgeStatus.OVERDUE else warned_check
            yield judged("credential age", warning.code, warning.summary, warning.hint)
        elif age.status is AgeStatus.FRESH:
            summary = f"{age.age_days} days old; its max_age is {age.max_age_days} days"
            yield passed_check("credential age", summary)
