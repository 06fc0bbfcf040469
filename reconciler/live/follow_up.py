"""The few further reads that only a first plan shows to be needed.

One question per member who would be removed and of whom it is not known whether a rule put them
there, or whom the list of rules leaves out because it is empty: a credential without rights reads
empty lists, too. One per group that loses somebody, for the apps that hang on it, and one in all
for what became of the memberships that would be added.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.live.ports import DirectoryReader, first_of
from reconciler.model.directory import LiveState, Members, MembershipLog, ReadFailure
from reconciler.model.errors import ReconcilerError
from reconciler.model.ids import Membership, OktaGroupId
from reconciler.model.plan import Action, Change, Plan
from reconciler.planning.manual_removals import effective_at

__all__ = ["additions", "detail", "fetch_history", "is_needed"]

ATTRIBUTION_UNKNOWN = "rule-attribution-unknown"


def is_needed(plan: Plan) -> bool:
    """Whether the plan holds a line that a further read would explain."""
    is_doubtful = any(b.code == ATTRIBUTION_UNKNOWN for b in plan.blocked)
    return bool(_losing(plan) or additions(plan) or is_doubtful)


async def detail(reader: DirectoryReader, live: LiveState, plan: Plan, *others: Plan) -> LiveState:
    """The observation with those answers in it; an answer that fails leaves the doubt.

    Of the other plans only the past of what they add is asked: whoever compares a plan with them
    must find the same people held.

    Raises `ConnectorError` when the credential is refused meanwhile.
    """
    asked = _doubtful(live, plan)
    try:
        async with asyncio.TaskGroup() as tasks:
            fed = {pair: tasks.create_task(reader.fetch_is_fed(*pair)) for pair in asked}
            apps = {g: tasks.create_task(reader.fetch_apps(g)) for g in _losing(plan)}
            past = tasks.create_task(fetch_history(reader, plan, *others))
    except* ReconcilerError as several:
        raise first_of(several) from several
    told = {pair: task.result() for pair, task in fed.items()}
    named = {g: task.result() for g, task in apps.items()}
    return replace(
        live,
        rule_fed=_with(live.rule_fed, (pair for pair, is_fed in told.items() if is_fed is True)),
        unattributed=_with(
            _without(live.unattributed, told),
            (pair for pair, answer in told.items() if isinstance(answer, ReadFailure)),
        ),
        apps={g: names for g, names in named.items() if not isinstance(names, ReadFailure)},
        membership_log=past.result(),
        reads=reader.reads,
    )


def _losing(plan: Plan) -> tuple[OktaGroupId, ...]:
    """Groups that lose somebody, or will once a doubt is settled."""
    ids = {c.group.id for c in plan.changes if c.action is Action.REMOVE}
    ids |= {b.group.id for b in plan.blocked if b.code == ATTRIBUTION_UNKNOWN}
    return tuple(sorted(group for group in ids if group is not None))


def _doubtful(live: LiveState, plan: Plan) -> tuple[Membership, ...]:
    """Everyone the plan removes, or would remove, whose attribution is not known for sure."""
    lines = [(b.group.id, b.person) for b in plan.blocked if b.code == ATTRIBUTION_UNKNOWN]
    lines += [(c.group.id, c.person) for c in plan.changes if c.action is Action.REMOVE]
    return tuple(
        Membership(group, person.id)
        for group, person in lines
        if group is not None
        and person is not None
        and person.id is not None
        and (not live.shows_rules or person.id in live.unattributed.get(group, ()))
    )


def _with(
    sets: Mapping[OktaGroupId, Members], pairs: Iterable[Membership]
) -> dict[OktaGroupId, Members]:
    changed = dict(sets)
    for group, user in pairs:
        changed[group] = changed.get(group, frozenset()) | {user}
    return changed


def _without(
    sets: Mapping[OktaGroupId, Members], pairs: Iterable[Membership]
) -> dict[OktaGroupId, Members]:
    changed = dict(sets)
    for group, user in pairs:
        changed[group] = changed.get(group, frozenset()) - {user}
    return changed


def additions(*plans: Plan) -> tuple[Change, ...]:
    """The lines that add somebody to a group that is there: a new one has no past."""
    lines = (change for plan in plans for change in plan.changes)
    return tuple(c for c in lines if c.action is Action.ADD and c.group.id and c.person is not None)


async def fetch_history(
    reader: DirectoryReader, *plans: Plan
) -> MembershipLog | ReadFailure | None:
    """The log since the earliest day that matters; None, and no request, when nobody is added."""
    lines = additions(*plans)
    if not lines:
        return None
    return await reader.fetch_membership_log(
        min(effective_at(line.grants, is_early=True) for line in lines),
        groups=sorted({line.group.id for line in lines if line.group.id}),
        users=sorted({line.person.id for line in lines if line.person and line.person.id}),
    )
