"""What each guard holds, and when: one entry for every name that a plan may print.

The figures are those that count where the settings name no others.
"""

from dataclasses import dataclass

from reconciler.model.settings import GuardLimits, Limit

__all__ = ["GUARDS", "GuardEntry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardEntry:
    """A guard in a few words each; Markdown's backticks alone."""

    name: str
    holds: str
    trips: str


def _describe(limits: tuple[Limit, ...]) -> str:
    return ", or ".join(map(str, limits))


_DEFAULT = GuardLimits()

GUARDS: tuple[GuardEntry, ...] = (
    GuardEntry(
        name="group-removals",
        holds="the group's removals",
        trips=f"{_describe(_DEFAULT.group_removals)} of its members (`guards.group_removals`)",
    ),
    GuardEntry(
        name="group-emptied",
        holds="the group's removals",
        trips="a group of more than two would lose everyone",
    ),
    GuardEntry(
        name="run-removals",
        holds="all removals of unended access",
        trips=f"{_describe(_DEFAULT.run_removals)} of members read; with evidence, over 24 h "
        "(`guards.run_removals`)",
    ),
    GuardEntry(
        name="ended-removals",
        holds="all removals of ended grants",
        trips=f"{_describe(_DEFAULT.ended_removals)}; with evidence, over 24 h "
        "(`guards.ended_removals`)",
    ),
    GuardEntry(
        name="unresolved",
        holds="all removals",
        trips=f"{_describe(_DEFAULT.unresolved)} of names could not be resolved "
        "(`guards.unresolved`)",
    ),
    GuardEntry(
        name="half-visible",
        holds="the group's removals",
        trips="of 5 or more granted people under half are visible",
    ),
    GuardEntry(
        name="min-members",
        holds="the group's removals",
        trips="fewer than the entitlement's `min_members` would be left",
    ),
    GuardEntry(
        name="required-members",
        holds="that removal",
        trips="the person is one of the entitlement's `required_members`",
    ),
    GuardEntry(
        name="required-unresolved",
        holds="the group's removals",
        trips="a required member cannot be found, and may be any of them",
    ),
    GuardEntry(
        name="ourselves",
        holds="that removal",
        trips="the credential in use belongs to the person",
    ),
    GuardEntry(
        name="deactivations",
        holds="all deactivations of accounts",
        trips="more than one account would be deactivated",
    ),
)
"""In the order in which they are judged for a group, and then for a run."""
