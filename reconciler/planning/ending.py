"""Access that ends soon with nothing to continue it: the renewals to think about."""

from datetime import timedelta

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
        ends = [(end, g) for g in grants if (end := g.validity.ends_at) is not None]
        if len(ends) < len(grants):
            continue
        ends_at, last = max(ends, key=lambda pair: (pair[0], grant_hash(pair[1])))
        if ends_at - context.now > SOON:
            continue
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
