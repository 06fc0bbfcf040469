"""The total order of a plan's lines: what can hurt is read first.

Removals, then high risk, then the rest; within each by tool, entitlement, group and login. The
same input gives the same bytes.
"""

from reconciler.model.catalog import Risk
from reconciler.model.plan import Action, Blocked, Change, Drift, PersonRef

__all__ = ["blocked_order", "change_order", "drift_order"]

_ACTIONS = {Action.REMOVE: 0, Action.CREATE_GROUP: 1, Action.ADD: 2}


def change_order(change: Change) -> tuple[object, ...]:
    """Where a change stands in the plan."""
    return (
        change.action is not Action.REMOVE,
        change.risk is not Risk.HIGH,
        change.tool,
        change.entitlement,
        change.group.name,
        change.group.key,
        _ACTIONS[change.action],
        *_person(change.person),
    )


def blocked_order(line: Blocked) -> tuple[object, ...]:
    """Where a blocked line stands in the plan."""
    return (
        line.tool,
        line.entitlement,
        line.group.name,
        line.group.key,
        line.person is not None,
        line.code,
        *_person(line.person),
        tuple(g.hash for g in line.grants),
        line.summary,
    )


def drift_order(line: Drift) -> tuple[object, ...]:
    """Where a drift line stands in the plan."""
    return (line.tool, line.entitlement, line.group.name, line.group.key, *_person(line.person))


def _person(person: PersonRef | None) -> tuple[str, str]:
    return (person.login.casefold(), person.id or "") if person else ("", "")
