"""What is said to have happened has happened: a later day switches off what counts from it.

Judged by `now`, which is a parameter as everywhere.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from reconciler.model.catalog import Catalog, Connector, Grant
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = ["check_approvals", "check_credentials"]


def check_approvals(catalog: Catalog, now: datetime) -> Iterator[Finding]:
    """No approval is dated after `now`: its limits would begin later than the access."""
    for grant in catalog.grants:
        if grant.approval.earliest > now:
            yield _approval(grant, now)


def check_credentials(catalog: Catalog, now: datetime) -> Iterator[Finding]:
    """No credential was made after `now`: it would never grow old."""
    today = now.astimezone(UTC).date()
    for connector in catalog.connectors.values():
        for key in ("plan", "apply"):
            auth = connector.plan_auth if key == "plan" else connector.apply_auth
            if auth is not None and auth.rotated_at is not None and auth.rotated_at > today:
                yield _credential(connector, key, now)
            if connector.plan_auth == connector.apply_auth:
                break  # one `auth` for both


def _approval(grant: Grant, now: datetime) -> Finding:
    at = place(grant, "approval", "approved_at")
    return Finding(
        code="approval-in-future",
        origin=at.origin,
        path=at.path,
        summary=f"the approval for {quoted(grant.subject)} is of {grant.approval.written}, "
        f"which has not come: it is {_written(now)}",
        hint="write when they agreed, in UTC: YYYY-MM-DD, or YYYY-MM-DDTHH:MMZ",
    )


def _credential(connector: Connector, key: str, now: datetime) -> Finding:
    is_one = connector.plan_auth == connector.apply_auth
    at = place(connector, "auth", *(() if is_one else (key,)), "rotated_at")
    return Finding(
        code="date-in-future",
        origin=at.origin,
        path=at.path,
        summary=f"the credential of {quoted(connector.id)} is said to be made on a day "
        f"that has not come: it is {_written(now)}",
        hint="write the day on which it was made, in UTC",
    )


def _written(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
