"""A grant is ended before it is deleted, and one that comes ended explains nobody's removal."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from reconciler.model.catalog import Catalog, Grant
from reconciler.model.diagnostics import Severity
from reconciler.policy.changes.compared_grants import access, dropped_grants
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = ["KEPT_DAYS", "find_deleted_grants", "find_ended_newcomers"]

KEPT_DAYS = 90
"""How long an ended grant stays as the record."""


def find_deleted_grants(head: Catalog, base: Catalog, now: datetime) -> Iterator[Finding]:
    """Grants of the base that the change deletes before their record may go."""
    today = now.astimezone(UTC).date()
    for grant in dropped_grants(head, base):
        if not _is_past(grant, today):
            yield _deleted_grant(grant)


def _is_past(grant: Grant, today: date) -> bool:
    """Whether it ended long enough ago for its record to go."""
    ends = [day for day in (grant.expires, grant.validity.revoked_on) if day is not None]
    return bool(ends) and min(ends) + timedelta(days=KEPT_DAYS) < today


def _deleted_grant(grant: Grant) -> Finding:
    at = place(grant)
    return Finding(
        code="grant-deleted",
        origin=at.origin,
        summary=f"the grant of {quoted(grant.tool)} to {quoted(grant.subject)} is deleted",
        hint="keep the file and end it with `revoked: {at, by, reason}`; "
        f"it may go {KEPT_DAYS} days after it ended",
    )


def find_ended_newcomers(head: Catalog, base: Catalog, now: datetime | None) -> Iterator[Finding]:
    """Grants of the change that have ended, where the base has none that could have ended."""
    known = {access(grant) for grant in base.grants}
    for grant in head.grants:
        if grant.has_ended(now) and access(grant) not in known:
            at = place(grant)
            yield Finding(
                code="grant-ended-already",
                origin=at.origin,
                summary=f"the grant to {quoted(grant.subject)} has ended before it is merged",
                hint="it is kept as a record; whoever is a member without another grant counts as "
                "unapproved, not as somebody whose access ended",
                severity=Severity.WARNING,
            )
