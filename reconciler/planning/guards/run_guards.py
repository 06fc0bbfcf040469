"""Limits on how far a run may go, judged on the whole plan before the first write.

A guard holds what it judges and nothing else: additions and other groups go on. Each is monotone:
one more removal never turns a refusal into a pass. Acknowledgements are looked up here, one guard
at a time; nothing switches all guards off.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.model.catalog import Acknowledgement
from reconciler.model.ids import ConnectorId, Membership, OktaUserId
from reconciler.model.plan import (
    Action,
    Change,
    GroupRef,
    GuardVerdict,
    Intent,
    MemberClass,
    PersonRef,
)
from reconciler.model.settings import Limit
from reconciler.model.stanzas import acknowledgement_file, acknowledgement_last_day
from reconciler.model.validity import day_end
from reconciler.planning.context import PlanContext
from reconciler.planning.guards.group_guards import GroupFacts, GuardHold, judge_group

__all__ = ["GuardedChanges", "find_acknowledgement", "judge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedChanges:
    """The changes with the guards that hold them, and every verdict that was not a plain pass."""

    changes: tuple[Change, ...]
    verdicts: tuple[GuardVerdict, ...]


def judge(
    changes: Iterable[Change],
    facts: Iterable[GroupFacts],
    context: PlanContext,
    connector: ConnectorId,
    caller: OktaUserId | None,
) -> GuardedChanges:
    """Every guard's word on the whole plan."""
    lines, groups = tuple(changes), tuple(facts)
    limits = context.catalog.settings.guards
    holds = [
        hold
        for fact in groups
        for hold in judge_group(_removals_of(lines, fact.group), fact, limits.group_removals)
    ]
    holds += _judge_run(lines, groups, context)
    holds += _judge_own_account(lines, caller)
    verdicts: list[GuardVerdict] = []
    held_by: dict[Intent, list[str]] = {}
    for hold in sorted(holds, key=lambda h: (h.guard, h.group.key if h.group else "")):
        verdict = _make_verdict(hold, context, connector)
        verdicts.append(verdict)
        if verdict.is_refused:
            for line in hold.lines:
                held_by.setdefault(line.intent, []).append(hold.guard)
    marked = tuple(replace(c, held_by=tuple(held_by.get(c.intent, ()))) for c in lines)
    return GuardedChanges(changes=marked, verdicts=tuple(verdicts))


def _removals_of(lines: tuple[Change, ...], group: GroupRef) -> tuple[Change, ...]:
    return tuple(c for c in lines if c.action is Action.REMOVE and c.group.key == group.key)


def _judge_run(
    lines: tuple[Change, ...], groups: tuple[GroupFacts, ...], context: PlanContext
) -> Iterator[GuardHold]:
    limits = context.catalog.settings.guards
    removals = tuple(c for c in lines if c.action is Action.REMOVE)
    ended = tuple(c for c in removals if c.member_class is MemberClass.ENDED)
    others = tuple(c for c in removals if c.member_class is not MemberClass.ENDED)
    read = sum(fact.members for fact in groups)
    added = sum(len(fact.added) for fact in groups)
    recent = context.recent
    yield from _judge_limits(
        "run-removals", others, read - added, limits.run_removals, recent.others
    )
    yield from _judge_limits(
        "ended-removals", ended, read - added, limits.ended_removals, recent.ended
    )
    names, unresolved = context.names, context.unresolved
    for limit in limits.unresolved:
        if removals and limit.is_exceeded(len(unresolved), len(names)):
            figures = f"{len(unresolved)} of {len(names)} names could not be resolved"
            yield GuardHold(
                guard="unresolved", figures=f"{figures}; the limit is {limit}", lines=removals
            )
            break


def _judge_limits(
    guard: str,
    lines: tuple[Change, ...],
    read: int,
    limits: tuple[Limit, ...],
    recent: frozenset[Membership],
) -> Iterator[GuardHold]:
    """The lines and what went lately, as if one run had removed them: slices add up.

    `read` is without what runs of the last day added: their additions free no removal. A removal
    that is planned again, because nobody knows how it ended, counts once.
    """
    planned = {line.membership for line in lines}
    earlier = len(recent - planned)
    number, total = len(lines) + earlier, read + earlier
    for limit in limits:
        if lines and limit.is_exceeded(number, total):
            figures = f"{_count_removals(len(lines), earlier)} of {total} members read"
            yield GuardHold(guard=guard, figures=f"{figures}; the limit is {limit}", lines=lines)
            return


def _count_removals(now: int, earlier: int) -> str:
    if not earlier:
        return f"{now} removals"
    return f"{now + earlier} removals, {now} in this run and {earlier} in the last 24 h,"


def _judge_own_account(lines: tuple[Change, ...], caller: OktaUserId | None) -> Iterator[GuardHold]:
    own = tuple(
        c
        for c in lines
        if c.action is Action.REMOVE and c.person and caller and c.person.id == caller
    )
    for line in own:
        yield GuardHold(
            guard="ourselves",
            figures="the credential this run uses belongs to them",
            lines=(line,),
            group=line.group,
        )


def _make_verdict(hold: GuardHold, context: PlanContext, connector: ConnectorId) -> GuardVerdict:
    people = _people(hold.lines)
    ack = find_acknowledgement(
        context.catalog.acknowledgements,
        guard=hold.guard,
        connector=connector,
        group=hold.group,
        people=people,
        now=context.now,
    )
    return GuardVerdict(
        guard=hold.guard,
        figures=hold.figures,
        group=hold.group,
        groups=tuple({line.group.key: line.group for line in hold.lines}.values()),
        people=people,
        named=hold.named,
        acknowledged_by=ack.by if ack else "",
        acknowledgement=(
            ""
            if ack
            else acknowledgement_file(hold.guard, connector, hold.group, people, context.now)
        ),
    )


def _people(lines: Iterable[Change]) -> tuple[PersonRef, ...]:
    by_id = {c.person.id: c.person for c in lines if c.person is not None}
    return tuple(sorted(by_id.values(), key=lambda p: (p.login.casefold(), p.id or "")))


def find_acknowledgement(
    acknowledgements: Iterable[Acknowledgement],
    *,
    guard: str,
    connector: ConnectorId,
    group: GroupRef | None,
    people: Iterable[PersonRef],
    now: datetime,
) -> Acknowledgement | None:
    """The acknowledgement that covers everyone this hold names, if there is one at `now`.

    One that reaches further ahead than an exception may does not hold yet.
    """
    held = {person.id for person in people}
    for ack in acknowledgements:
        if (
            ack.guard == guard
            and ack.connector == connector
            and ack.group == (group.id if group else None)
            and held <= ack.people
            and now < day_end(ack.expires)
            and ack.expires <= acknowledgement_last_day(now)
        ):
            return ack
    return None
