"""The guards that judge one group's removals.

Each is judged twice: on the group as it was read, and on what it held before the runs of the last
day, with what they took out. So no set of removals passes in slices, or beside additions, that
would be held as a whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.identity.resolve import Resolved
from reconciler.model.directory import Members
from reconciler.model.evidence import RecentWrites
from reconciler.model.plan import Change, GroupRef, MemberClass, PersonRef
from reconciler.model.settings import Limit
from reconciler.planning.context import PlanContext
from reconciler.planning.desired import GroupIntent
from reconciler.planning.refs import cite_names
from reconciler.planning.scope import ManagedGroup

if TYPE_CHECKING:
    from reconciler.model.ids import OktaUserId

__all__ = ["GroupFacts", "GuardHold", "collect_facts", "judge_group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """One group as its guards see it."""

    group: GroupRef
    members: int
    granted: int
    """People with a live grant, resolved."""
    visible: int
    """Those of them who are in the group as it was read."""
    min_members: int
    required: Members
    required_absent: int
    required_unresolved: tuple[str, ...]
    """Required subjects who could not be resolved."""
    added: Members = frozenset()
    """Members whom runs of the last day added: a group is judged without them too."""
    added_visible: int = 0
    """Those of the `visible` whom runs of the last day added."""
    gone_ended: Members = frozenset()
    gone_others: Members = frozenset()
    """Whom runs of the last day took out of the group, and who is no member now."""

    @property
    def gone(self) -> int:
        """How many runs of the last day took out."""
        return len(self.gone_ended | self.gone_others)

    @property
    def before(self) -> int:
        """How many members there were, and would be but for the runs of the last day."""
        return self.members - len(self.added) + self.gone


def collect_facts(group: ManagedGroup, intent: GroupIntent, context: PlanContext) -> GroupFacts:
    """What the group's guards need to know."""
    required: set[OktaUserId] = set()
    unresolved: list[str] = []
    min_members = 0
    for binding in (b for b in group.bindings if not b.retired):
        entitlement = context.catalog.tools[binding.tool].entitlements[binding.entitlement]
        min_members = max(min_members, entitlement.min_members)
        for subject in entitlement.required_members:
            resolution = context.known.of(subject)
            if isinstance(resolution, Resolved):
                required.add(resolution.user.id)
            else:
                unresolved.append(subject)
    visible = group.members & frozenset(intent.live)
    added, gone_ended, gone_others = _recent_changes(group, context.recent)
    return GroupFacts(
        group=group.ref,
        members=len(group.members),
        granted=len(intent.live),
        visible=len(visible),
        min_members=min_members,
        required=frozenset(required),
        required_absent=len(required - group.members),
        required_unresolved=tuple(sorted(unresolved)),
        added=added,
        added_visible=len(visible & added),
        gone_ended=gone_ended,
        gone_others=gone_others,
    )


def _recent_changes(group: ManagedGroup, recent: RecentWrites) -> tuple[Members, Members, Members]:
    """Who of the group was added, and who went: by an ended grant, and otherwise."""
    added, ended, others = (
        frozenset(each.user_id for each in found if each.group_id == group.ref.id)
        for found in (recent.added, recent.ended - recent.added, recent.others - recent.added)
    )
    return added & group.members, ended - group.members, others - group.members


SMALL_GROUP = 2
"""A group of this size or less may lose everyone: a sole member's grant can end."""
VISIBLE_FLOOR = 5
"""From this many granted people on, seeing under half of them means the read is not believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardHold:
    """What one guard would hold, and the figures that made it. `group` is None for a run's.

    `named` are the people of whom the figures speak.
    """

    guard: str
    figures: str
    lines: tuple[Change, ...]
    group: GroupRef | None = None
    named: tuple[PersonRef, ...] = ()


Removals = tuple[Change, ...]


def judge_group(
    removals: Removals, facts: GroupFacts, limits: tuple[Limit, ...]
) -> Iterator[GuardHold]:
    """Every hold on the group's removals."""
    if not removals:
        return
    rules: tuple[Callable[[Removals, GroupFacts], GuardHold | None], ...] = (
        _judge_emptying,
        _judge_visibility,
        _judge_min_members,
        _judge_required_members,
        _judge_required_unresolved,
    )
    yield from _judge_number(removals, facts, limits)
    for rule in rules:
        hold = rule(removals, facts)
        if hold is not None:
            yield hold


def _judge_number(
    removals: Removals, facts: GroupFacts, limits: tuple[Limit, ...]
) -> Iterator[GuardHold]:
    others = _select_unended(removals)
    counted = (
        (len(others), facts.members, ""),
        (len(others) + len(facts.gone_others), facts.before, _explain_earlier_runs(others, facts)),
    )
    for limit in limits:
        for number, total, earlier in counted:
            if others and limit.is_exceeded(number, total):
                figures = f"{number} of {total} members{earlier}; the limit is {limit}"
                yield GuardHold(
                    guard="group-removals", figures=figures, lines=others, group=facts.group
                )
                return


def _judge_emptying(removals: Removals, facts: GroupFacts) -> GuardHold | None:
    if not _select_unended(removals) and not facts.gone_others:
        return None
    remain = len(facts.added - {c.person.id for c in removals if c.person})
    kept = facts.members - len(removals)
    if kept <= 0 and facts.members > SMALL_GROUP:
        figures = f"all {facts.members} members would go"
    elif kept <= remain and facts.before > SMALL_GROUP:
        figures = f"all {facts.before} members would go{_explain_earlier_runs(removals, facts)}"
    else:
        return None
    return GuardHold(guard="group-emptied", figures=figures, lines=removals, group=facts.group)


def _judge_visibility(removals: Removals, facts: GroupFacts) -> GuardHold | None:
    """People whom an earlier run added prove nothing of the read that it made before."""
    visible = facts.visible - facts.added_visible
    if facts.granted < VISIBLE_FLOOR or visible * 2 >= facts.granted:
        return None
    figures = (
        f"{visible} of {facts.granted} granted people are visible in the group: "
        "a credential without an admin role reads less than there is"
    )
    if facts.added_visible:
        figures = (
            f"{visible} of {facts.granted} granted people were in the group before "
            f"{facts.added_visible} were added in the last 24 h"
        )
    return GuardHold(guard="half-visible", figures=figures, lines=removals, group=facts.group)


def _judge_min_members(removals: Removals, facts: GroupFacts) -> GuardHold | None:
    leaving = {c.person.id for c in removals if c.person}
    left = facts.members - len(removals) - len(facts.added - leaving)
    if left >= facts.min_members:
        return None
    total, earlier = facts.members, ""
    if facts.added or facts.gone:
        total, earlier = facts.before, _explain_earlier_runs(removals, facts)
    figures = (
        f"{left} of {total} members would be left{earlier}; min_members is {facts.min_members}"
    )
    return GuardHold(guard="min-members", figures=figures, lines=removals, group=facts.group)


def _judge_required_members(removals: Removals, facts: GroupFacts) -> GuardHold | None:
    lines = tuple(c for c in removals if c.person and c.person.id in facts.required)
    if not lines:
        return None
    figures = f"{len(lines)} of {len(facts.required)} required members would go"
    return GuardHold(guard="required-members", figures=figures, lines=lines, group=facts.group)


def _judge_required_unresolved(removals: Removals, facts: GroupFacts) -> GuardHold | None:
    if not facts.required_unresolved:
        return None
    names = ", ".join(facts.required_unresolved)
    figures = f"{names}, required here, may be any of the people removed"
    return GuardHold(
        guard="required-unresolved",
        figures=figures,
        lines=removals,
        group=facts.group,
        named=cite_names(facts.required_unresolved),
    )


def _select_unended(removals: Removals) -> Removals:
    return tuple(c for c in removals if c.member_class is not MemberClass.ENDED)


def _explain_earlier_runs(removals: Removals, facts: GroupFacts) -> str:
    """What runs of the last day did, as far as a figure rests on it."""
    words = []
    if facts.gone:
        words.append(f", {len(removals)} in this run and {facts.gone} in the last 24 h")
    if facts.added:
        words.append(f"; the {len(facts.added)} added in the last 24 h are not counted")
    return "".join(words)
