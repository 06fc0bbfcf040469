"""What is said to have happened has happened: a later day switches off what counts from it.

Judged by `now`, which is a parameter as everywhere.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from reconciler.model.catalog import Catalog, Connector
from reconciler.model.diagnostics import Example, Rule
from reconciler.model.validity import AnyApproval
from reconciler.policy import sample
from reconciler.policy.checks.accounts import list_approvals
from reconciler.policy.finding import Finding, Place, place
from reconciler.policy.quoting import quoted

__all__ = ["RULES", "check_approvals", "check_credentials"]

APPROVAL_IN_FUTURE = Rule(
    code="approval-in-future",
    summary="An approval is dated after now, so what counts from it would begin too late",
    remedy="Write when they agreed, in UTC: YYYY-MM-DD, or YYYY-MM-DDTHH:MMZ",
    example=Example(
        {sample.OTHER_GRANT_FILE: sample.OTHER_GRANT.replace("2026-11-20", "2026-11-23")}, base={}
    ),
)
DATE_IN_FUTURE = Rule(
    code="date-in-future",
    summary="A credential is said to be made on a day that has not come, and would never grow old",
    remedy="Write the day on which it was made, in UTC",
    example=Example(
        {sample.CONNECTOR_FILE: sample.CONNECTOR.replace("ssws", "ssws\n  rotated_at: 2026-11-23")},
        base={},
    ),
)
RULES = (APPROVAL_IN_FUTURE, DATE_IN_FUTURE)


def check_approvals(catalog: Catalog, now: datetime) -> Iterator[Finding]:
    """No approval is dated after `now`: its limits would begin later than the access."""
    for grant in catalog.grants:
        if grant.approval.earliest > now:
            at = place(grant, "approval", "approved_at")
            yield _report_approval(grant.subject, grant.approval, at, now)
    for declared in catalog.accounts:
        for _, approval, path in list_approvals(declared):
            if approval.earliest > now:
                at = place(declared, *path, "approved_at")
                yield _report_approval(declared.subject, approval, at, now)


def _report_approval(subject: str, approval: AnyApproval, at: Place, now: datetime) -> Finding:
    return Finding.at(
        at,
        APPROVAL_IN_FUTURE,
        f"the approval for {quoted(subject)} is of {approval.written}, "
        f"which has not come: it is {_format_instant(now)}",
    )


def check_credentials(catalog: Catalog, now: datetime) -> Iterator[Finding]:
    """No credential was made after `now`: it would never grow old."""
    today = now.astimezone(UTC).date()
    for connector in catalog.connectors.values():
        for key in ("plan", "apply"):
            auth = connector.plan_auth if key == "plan" else connector.apply_auth
            if auth is not None and auth.rotated_at is not None and auth.rotated_at > today:
                yield _report_credential(connector, key, now)
            if connector.plan_auth == connector.apply_auth:
                break  # one `auth` for both


def _report_credential(connector: Connector, key: str, now: datetime) -> Finding:
    is_one = connector.plan_auth == connector.apply_auth
    return Finding.at(
        place(connector, "auth", *(() if is_one else (key,)), "rotated_at"),
        DATE_IN_FUTURE,
        f"the credential of {quoted(connector.id)} is said to be made on a day that has not come: "
        f"it is {_format_instant(now)}",
    )


def _format_instant(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
