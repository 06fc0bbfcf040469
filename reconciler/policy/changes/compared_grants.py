"""What the grants of two catalogs say of the same access: whose, when, and what is new of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from reconciler.model.catalog import Catalog, Grant
from reconciler.model.ids import login_key

__all__ = [
    "Access",
    "Stretch",
    "access",
    "brought_grants",
    "dropped_grants",
    "is_shortened",
    "stretch",
]

Access = tuple[str, str, str]
"""A tool, an entitlement and a subject's key."""
Stretch = tuple[datetime, datetime]
"""The first instant of a window, and the first one after it."""

_EVER = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)


def access(grant: Grant) -> Access:
    """Who has what by the grant, whatever its window and its approval."""
    return (grant.tool, grant.entitlement, login_key(grant.subject))


def stretch(grant: Grant) -> Stretch:
    """The window in which the grant holds, whatever the calendar's ends are."""
    validity = grant.validity
    return validity.starts_at or _EVER, validity.ends_at or _NEVER


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
    begins, ends = stretch(grant)
    return any(
        access(other) == access(grant)
        and other.approval == grant.approval
        and stretch(other)[0] <= begins
        and ends <= stretch(other)[1]
        for other in base.grants
    )
