"""The guard on what cannot be undone: how many accounts one run may deactivate."""

from dataclasses import replace

from reconciler.model.accounts import AccountAction
from reconciler.model.ids import ConnectorId, PersonRef
from reconciler.model.plan import AccountChange, GuardVerdict
from reconciler.model.stanzas import acknowledgement_file
from reconciler.planning.context import PlanContext
from reconciler.planning.guards.run_guards import find_acknowledgement

__all__ = ["MOST_DEACTIVATIONS", "judge_accounts"]

MOST_DEACTIVATIONS = 1
"""Accounts that a run deactivates without an acknowledgement."""


def judge_accounts(
    lines: tuple[AccountChange, ...], context: PlanContext, connector: ConnectorId
) -> tuple[tuple[AccountChange, ...], tuple[GuardVerdict, ...]]:
    """The lines, with those that the guard holds marked, and its word where it has one.

    Held are all deactivations, and the end of the sessions that stands beside each.
    """
    people: dict[str, PersonRef] = {
        line.person.id: line.person
        for line in lines
        if line.action is AccountAction.DEACTIVATE and line.person.id
    }
    if len(people) <= MOST_DEACTIVATIONS:
        return lines, ()
    named = tuple(sorted(people.values(), key=lambda p: (p.login.casefold(), p.id or "")))
    ack = find_acknowledgement(
        context.catalog.acknowledgements,
        guard="deactivations",
        connector=connector,
        group=None,
        people=named,
        now=context.now,
    )
    verdict = GuardVerdict(
        guard="deactivations",
        figures=f"{len(people)} deactivations; the limit is {MOST_DEACTIVATIONS} a run",
        people=named,
        acknowledged_by=ack.by if ack else "",
        acknowledgement=""
        if ack
        else acknowledgement_file("deactivations", connector, None, named, context.now),
    )
    if not verdict.is_refused:
        return lines, (verdict,)
    held = tuple(
        replace(line, held_by=(verdict.guard,)) if _belongs(line, people) else line
        for line in lines
    )
    return held, (verdict,)


def _belongs(line: AccountChange, people: dict[str, PersonRef]) -> bool:
    """Whether the line deactivates, or ends sessions of one who is to be deactivated."""
    ends = {AccountAction.DEACTIVATE, AccountAction.CLEAR_SESSIONS}
    return line.action in ends and line.person.id in people
