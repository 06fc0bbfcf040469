"""What the grants of two catalogs say of the same access: whose, when, and what is new of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from reconciler.model.catalog import Catalog, Grant
from reconciler.model.ids import login_key

__all__ = ["Access", "Days", "access", "brought_grants", "days", "dropped_grants", "is_shortened"]

Access = tuple[str, str, str]
"""A tool, an entitlement and a subject's key."""
Days = tuple[int, int]
"""The ordinals of a first day and of the day after the last."""


def access(grant: Grant) -> Access:
    """Who has what by the grant, whatever its days and its approval."""
    return (grant.tool, grant.entitlement, login_key(grant.subject))


def days(grant: Grant) -> Days:
    """The days on which the grant holds."""
    begins = (grant.starts or date.min).toordinal()
    is_bounded = grant.expires is not None and grant.expires != date.max
    ends = [grant.expires + timedelta(days=1)] if grant.expires and is_bounded else []
    if grant.validity.revoked_on is not None:
        ends.append(grant.validity.revoked_on)
    return begins, min(ends, default=date.max).toordinal()


def brought_grants(head: Catalog, base: Catalog) -> tuple[Grant, ...]:
    """Grants of the change that the base does not have in these words."""
    known = set(base.grants)
    return tuple(g for g in head.grants if g not in known)


def dropped_grants(head: Catalog, base: Catalog) -> Iterator[Grant]:
    """Grants of the base that are neither kept nor edited: nothing took their place."""
    kept = set(head.grants)
    successors = Counter(access(g) for g in brought_grants(head, base))
    for grant in base.grants:
        if grant in kept:
            continue
        if successors[access(grant)] > 0:
            successors[access(grant)] -= 1
        else:
            yield grant


def is_shortened(grant: Grant, base: Catalog) -> bool:
    """Whether the base has it in the same words but for an end that is no earlier."""
    begins, ends = days(grant)
    return any(
        access(other) == access(grant)
        and other.approval == grant.approval
        and days(other)[0] <= begins
        and ends <= days(other)[1]
        for other in base.grants
    )
