"""Whose access ends soon, and by which grant: what somebody has to renew, or to let go."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reconciler.identity.aliases import known_names
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.validity import ApprovalSource, Moment
from reconciler.proposals.days import end_of, today

__all__ = ["Ending", "find_ending"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The last grant of somebody's access, and its end as the file says it."""

    grant: Grant
    last: Moment
    days_left: int
    sources: frozenset[ApprovalSource] = frozenset()
    """Where an approval of its renewal may be read."""


def find_ending(catalog: Catalog, within: int, now: datetime) -> tuple[Ending, ...]:
    """Access that ends within so many days, the soonest first.

    What another grant of theirs prolongs does not end, and what is revoked ends on purpose.
    """
    known, day = known_names(catalog), today(now)
    by_access: defaultdict[tuple[str, str, str], list[Grant]] = defaultdict(list)
    for grant in catalog.grants:
        if not grant.has_ended(now):
            key = (grant.tool, grant.entitlement, known.shortest(grant.subject))
            by_access[key].append(grant)
    horizon = day + min(timedelta(days=within), date.max - day)
    last_ones = (max(grants, key=end_of) for grants in by_access.values())
    ending = (
        Ending(
            grant=grant,
            last=grant.expires,
            days_left=(grant.expires.day - day).days,
            sources=catalog.sources_of(grant.tool),
        )
        for grant in last_ones
        if grant.revoked is None and grant.expires is not None and grant.expires.day <= horizon
    )
    return tuple(sorted(ending, key=lambda e: (end_of(e.grant), e.grant.subject, e.grant.tool)))
