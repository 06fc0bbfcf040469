"""Whether an apply did what a reviewed plan said: line by line, by intent alone.

Nothing is decided by this; it is reported to the reviewers. A scheduled run does what the merged
files say, so it may rightly do more than one pull request's plan, and less where another run was
faster.
"""

from dataclasses import dataclass

from reconciler.model.approvals.review import Cause
from reconciler.model.errors import UsageError
from reconciler.model.outcome import AccountResult, ApplyResult, LineResult
from reconciler.model.plan import AccountChange, Change, Plan

__all__ = ["Deviations", "find_deviations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviations:
    """Where a run and a review part ways."""

    undone: tuple[LineResult, ...] = ()
    """Reviewed lines that the run took up and did not bring to an end."""
    absent: tuple[Change, ...] = ()
    """Reviewed lines that were no part of the run."""
    unreviewed: tuple[LineResult, ...] = ()
    """What the run did, and the review did not show."""
    undone_accounts: tuple[AccountResult, ...] = ()
    absent_accounts: tuple[AccountChange, ...] = ()
    unreviewed_accounts: tuple[AccountResult, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the run did what was reviewed, and nothing else."""
        return self == Deviations()


def find_deviations(reviewed: Plan, result: ApplyResult) -> Deviations:
    """What the run did otherwise; raises `UsageError` when plan and result are of two orgs.

    Of a plan that was compared with a base, the lines that the change itself causes are what the
    run owes; the lines that waited anyway were shown, so doing them is no departure.
    """
    if (reviewed.connector, reviewed.org.id) != (result.connector, result.org.id):
        raise UsageError(
            "connector-differs",
            f"the plan is of {reviewed.connector} ({reviewed.org.id}), "
            f"the result of {result.connector} ({result.org.id})",
            "compare a result with the plan of its own connector",
        )
    lines = {line.change.intent: line for line in result.lines}
    owed = tuple(change for change in reviewed.changes if _is_owed(change, reviewed))
    shown = {change.intent for change in reviewed.changes}
    results = {line.change.intent: line for line in result.accounts}
    due = tuple(change for change in reviewed.accounts if _is_owed(change, reviewed))
    known = {change.intent for change in reviewed.accounts}
    return Deviations(
        undone=tuple(
            line for c in owed if (line := lines.get(c.intent)) and not line.outcome.is_done
        ),
        absent=tuple(c for c in owed if c.intent not in lines),
        unreviewed=tuple(
            line
            for line in result.lines
            if line.outcome.is_made and line.change.intent not in shown
        ),
        undone_accounts=tuple(
            end for c in due if (end := results.get(c.intent)) and not end.outcome.is_done
        ),
        absent_accounts=tuple(c for c in due if c.intent not in results),
        unreviewed_accounts=tuple(
            line
            for line in result.accounts
            if line.outcome.is_made and line.change.intent not in known
        ),
    )


def _is_owed(change: Change | AccountChange, plan: Plan) -> bool:
    """Held lines were shown as held; doing them needs an acknowledgement that came later."""
    is_compared = plan.against is not None and not plan.against.problem
    return not change.held_by and (not is_compared or change.cause is Cause.CHANGE)
