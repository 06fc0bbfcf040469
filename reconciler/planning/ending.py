"""Access that ends soon with nothing to continue it: the renewals to think about."""

from datetime import datetime, timedelta

from reconciler.model.catalog import Grant
from reconciler.model.plan import Ending
from reconciler.planning.citation import cite_grant, cite_person, grant_hash
from reconciler.planning.context import Context
from reconciler.planning.desired import GroupIntent
from reconciler.planning.scope import ManagedGroup

__all__ = ["SOON", "ending"]

SOON = timedelta(days=14)


def ending(group: ManagedGroup, intent: GroupIntent, context: Context) -> tuple[Ending, ...]:
    """The people whose last live grant ends within `SOON`."""
    lines = []
    for user, grants in intent.live.items():
        ends_at = _ends_at(grants)
        if ends_at is None or ends_at - context.now > SOON:
            continue
        last = max((g for g in grants if g.validity.ends_at == ends_at), key=grant_hash)
        lines.append(
            Ending(
                group=group.ref,
                tool=last.tool,
                entitlement=last.entitlement,
                person=cite_person(context.known.user(user)),
                ends_at=ends_at,
                grant=cite_grant(last),
            )
        )
    return tuple(lines)


def _ends_at(grants: tuple[Grant, ...]) -> datetime | None:
    """When the last of them ends; None where one never does."""
    ends = [g.validity.ends_at for g in grants]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None
