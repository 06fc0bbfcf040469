"""What a plan comes to, in a sentence: a different one for each way of having nothing to do."""

from reconciler.model.plan import Plan
from reconciler.render.document import count

__all__ = ["verdict"]


def verdict(plan: Plan, reported: int) -> str:
    """The sentence; `reported` members are unapproved and only told of."""
    held = sum(1 for c in plan.changes if c.held_by)
    ready = len(plan.changes) - held
    if ready and held:
        return f"{count(ready, 'change')} can be applied; guards hold {held}."
    if ready:
        return f"{count(ready, 'change')} can be applied."
    if held:
        every = "the one change" if held == 1 else f"all {held:,} changes"
        return f"Guards hold {every}, so nothing can be applied."
    return _nothing(plan, reported)


def _nothing(plan: Plan, reported: int) -> str:
    if plan.blocked:
        blocked = count(len(plan.blocked), "line is", "lines are")
        needs = "needs" if len(plan.blocked) == 1 else "need"
        return f"No change is left to apply, but {blocked} blocked and {needs} a person."
    if not plan.groups:
        by_hand = f"; {_by_hand(plan)}" if plan.manual else ""
        return f"No binding names {plan.connector}, so no group was compared{by_hand}."
    if reported:
        return f"Nothing to apply; {count(reported, 'unapproved member')} reported."
    if plan.manual:
        return f"Nothing to do in Okta, which holds what git says; {_by_hand(plan)}."
    if not any(group.granted or group.members for group in plan.groups):
        return "Nothing to do: no grant is live, and the groups are empty."
    return "Nothing to do: Okta holds what git says."


def _by_hand(plan: Plan) -> str:
    return f"{count(len(plan.manual), 'grant is', 'grants are')} for a person to carry out"
