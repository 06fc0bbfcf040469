"""A grant is ended before it is deleted, and one that comes ended explains nobody's removal."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from reconciler.model.catalog import Catalog, Grant
from reconciler.model.diagnostics import Example, Rule, Severity
from reconciler.policy import sample
from reconciler.policy.changes.compared_grants import access, dropped_grants
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = ["KEPT_DAYS", "RULES", "find_deleted_grants", "find_grants_ended_already"]

KEPT_DAYS = 90
"""How long an ended grant stays as the record."""

GRANT_DELETED = Rule(
    code="grant-deleted",
    summary=f"A change deletes a grant that has not been ended for {KEPT_DAYS} days",
    remedy="Keep the file and end it with `revoked: {at, by, reason}`",
    example=Example({sample.GRANT_FILE: None}, base={}),
)
GRANT_ENDED_ALREADY = Rule(
    code="grant-ended-already",
    summary="A change brings a grant that has ended, and the base has none for the same access",
    remedy="Nothing: it is a record, and nobody's access ends by it",
    severity=Severity.WARNING,
    example=Example(
        {sample.OTHER_GRANT_FILE: sample.OTHER_GRANT.replace("2027-01-20", "2026-11-21")}, base={}
    ),
)
RULES = (GRANT_DELETED, GRANT_ENDED_ALREADY)


def find_deleted_grants(head: Catalog, base: Catalog, now: datetime) -> Iterator[Finding]:
    """Grants of the base that the change deletes before their record may go."""
    today = now.astimezone(UTC).date()
    for grant in dropped_grants(head, base):
        if not _is_past(grant, today):
            yield _report_deletion(grant)


def _is_past(grant: Grant, today: date) -> bool:
    """Whether it ended long enough ago for its record to go."""
    ends = [grant.expires.day] if grant.expires else []
    ends += [grant.revoked.at] if grant.revoked else []
    return bool(ends) and min(ends) + timedelta(days=KEPT_DAYS) < today


def _report_deletion(grant: Grant) -> Finding:
    return Finding.at(
        place(grant),
        GRANT_DELETED,
        f"the grant of {quoted(grant.tool)} to {quoted(grant.subject)} is deleted",
        f"{GRANT_DELETED.hint}; it may go {KEPT_DAYS} days after it ended",
    )


def find_grants_ended_already(
    head: Catalog, base: Catalog, now: datetime | None
) -> Iterator[Finding]:
    """Grants of the change that have ended, where the base has none that could have ended."""
    known = {access(grant) for grant in base.grants}
    for grant in head.grants:
        if grant.has_ended(now) and access(grant) not in known:
            yield Finding.at(
                place(grant),
                GRANT_ENDED_ALREADY,
                f"the grant to {quoted(grant.subject)} has ended before it is merged",
                "it is kept as a record; a member without another grant counts as unapproved, not "
                "as a person whose access ended",
            )
