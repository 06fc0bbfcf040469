"""Drift: what differs between git and Okta, whoever caused it, taken out of a plan.

Two classes: approved but missing, and present but unapproved. A group that was not compared at all
may hide either, so it is no part of being clean.
"""

from dataclasses import dataclass

from reconciler.model.plan import Blocked, Drift, Plan

__all__ = ["Differences", "differences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """The drift of one connector, and the groups about which nothing can be said."""

    missing: tuple[Drift, ...] = ()
    unapproved: tuple[Drift, ...] = ()
    uncompared: tuple[Blocked, ...] = ()

    @property
    def has_drift(self) -> bool:
        """Whether anybody is where git does not say, or is not where it does."""
        return bool(self.missing or self.unapproved)

    @property
    def is_clean(self) -> bool:
        """Whether every group was compared, and none differs."""
        return not self.has_drift and not self.uncompared


def differences(plan: Plan) -> Differences:
    """The plan's drift. What is blocked in a group that the plan does not hold is the group."""
    compared = {summary.group.key for summary in plan.groups}
    return Differences(
        missing=plan.missing,
        unapproved=plan.unapproved,
        uncompared=tuple(line for line in plan.blocked if line.group.key not in compared),
    )
