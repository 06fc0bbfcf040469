"""Which bindings a plan or a run shows to have nobody left, so that they may be deleted."""

from reconciler.model.evidence import PastRun
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Action, Plan

__all__ = ["emptied", "is_finished"]

_DONE = frozenset({Outcome.VERIFIED.value, Outcome.ALREADY.value})


def emptied(plan: Plan) -> frozenset[tuple[str, str]]:
    """The bindings, each with a group that was read and has no line about one of its members."""
    concerned = {c.group.key for c in plan.changes if c.action is Action.REMOVE}
    concerned |= {b.group.key for b in plan.blocked}
    return frozenset(
        (name, summary.group.id or "")
        for summary in plan.groups
        if summary.members is not None and summary.group.key not in concerned
        for name in summary.bindings
    )


def is_finished(run: PastRun) -> bool:
    """Whether the run came to its end and left nothing: no line, no question, nothing held."""
    is_whole = run.is_complete and run.exit_code == 0 and not run.blocked and not run.held
    return is_whole and all(line.outcome in _DONE for line in run.lines)
