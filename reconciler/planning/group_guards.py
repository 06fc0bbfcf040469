"""The guards that judge one group's removals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reconciler.model.plan import Change, GroupRef, MemberClass, PersonRef
from reconciler.model.settings import Limit
from reconciler.planning.citation import cite_names
from reconciler.planning.group_facts import GroupFacts

__all__ = ["Hold", "judge_group"]

SMALL_GROUP = 2
"""A group of this size or less may lose everyone: a sole member's grant can end."""
VISIBLE_FLOOR = 5
"""From this many granted people on, seeing under half of them means the read is not believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What one guard would hold, and the figures that made it. `group` is None for a run's.

    `named` are the people of whom the figures speak.
    """

    guard: str
    figures: str
    lines: tuple[Change, ...]
    group: GroupRef | None = None
    named: tuple[PersonRef, ...] = ()


Removals = tuple[Change, ...]


def judge_group(removals: Removals, facts: GroupFacts, limits: tuple[Limit, ...]) -> Iterator[Hold]:
    """Every hold on the group's removals."""
    if not removals:
        return
    rules: tuple[Callable[[Removals, GroupFacts], Hold | None], ...] = (
        _emptied,
        _half_visible,
        _min_members,
        _required_members,
        _required_unresolved,
    )
    yield from _removed_too_many(removals, facts, limits)
    for rule in rules:
        hold = rule(removals, facts)
        if hold is not None:
            yield hold


def _removed_too_many(
    removals: Removals, facts: GroupFacts, limits: tuple[Limit, ...]
) -> Iterator[Hold]:
    others = _not_ended(removals)
    for limit in limits:
        if limit.is_exceeded(len(others), facts.members):
            figures = f"{len(others)} of {facts.members} members; the limit is {limit}"
            yield Hold(guard="group-removals", figures=figures, lines=others, group=facts.group)
            return


def _emptied(removals: Removals, facts: GroupFacts) -> Hold | None:
    is_emptied = len(removals) >= facts.members > SMALL_GROUP
    if not is_emptied or not _not_ended(removals):
        return None
    figures = f"all {facts.members} members would go"
    return Hold(guard="group-emptied", figures=figures, lines=removals, group=facts.group)


def _half_visible(removals: Removals, facts: GroupFacts) -> Hold | None:
    if facts.granted < VISIBLE_FLOOR or facts.visible * 2 >= facts.granted:
        return None
    figures = (
        f"{facts.visible} of {facts.granted} granted people are visible in the group: "
        "a credential without an admin role reads less than there is"
    )
    return Hold(guard="half-visible", figures=figures, lines=removals, group=facts.group)


def _min_members(removals: Removals, facts: GroupFacts) -> Hold | None:
    left = facts.members - len(removals)
    if left >= facts.min_members:
        return None
    figures = f"{left} of {facts.members} members would be left; min_members is {facts.min_members}"
    return Hold(guard="min-members", figures=figures, lines=removals, group=facts.group)


def _required_members(removals: Removals, facts: GroupFacts) -> Hold | None:
    lines = tuple(c for c in removals if c.person and c.person.id in facts.required)
    if not lines:
        return None
    figures = f"{len(lines)} of {len(facts.required)} required members would go"
    return Hold(guard="required-members", figures=figures, lines=lines, group=facts.group)


def _required_unresolved(removals: Removals, facts: GroupFacts) -> Hold | None:
    if not facts.required_unresolved:
        return None
    names = ", ".join(facts.required_unresolved)
    figures = f"{names}, required here, may be any of the people removed"
    return Hold(
        guard="required-unresolved",
        figures=figures,
        lines=removals,
        group=facts.group,
        named=cite_names(facts.required_unresolved),
    )


def _not_ended(removals: Removals) -> Removals:
    return tuple(c for c in removals if c.member_class is not MemberClass.ENDED)
