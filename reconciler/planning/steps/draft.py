"""All lines of a run as far as they are known, before any guard: groups, answers, moves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.model.directory import Answers, Members, ReadFailure
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.model.plan import Action, Blocked, Change
from reconciler.planning.binding_moves import Access, GroupMember, hold_moves, is_moved
from reconciler.planning.classify import classify_members
from reconciler.planning.context import PlanContext
from reconciler.planning.lines.accounts import AccountLines, settle_accounts
from reconciler.planning.lines.diff import GroupCase, GroupDiff, diff
from reconciler.planning.manual_removals import membership_history
from reconciler.planning.steps.assess import Assessment

__all__ = ["Draft", "add_answers", "draft"]

_Fed = Mapping[OktaUserId, bool | ReadFailure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The lines that the answers leave, unordered and not yet judged by any guard."""

    context: PlanContext
    cases: tuple[GroupCase, ...]
    diffs: tuple[GroupDiff, ...]
    changes: tuple[Change, ...]
    blocked: tuple[Blocked, ...]
    accounts: AccountLines


def draft(assessment: Assessment, answers: Answers, *, is_asking: bool = False) -> Draft:
    """The lines by these answers; while it is asked what to ask, those worth a question."""
    fed = _group_answers(answers)
    protected = assessment.context.protected
    cases = tuple(_attribute(case, fed, protected) for case in assessment.cases)
    accounts = _settle_accounts(assessment, answers, is_asking=is_asking)
    known = add_answers(assessment, answers, accounts)
    context = replace(known, names_of=_name_kept_groups(cases), is_asking=is_asking)
    diffs = tuple(diff(case, context) for case in cases)
    settled, waiting = _hold_moves(cases, diffs, context.now)
    return Draft(
        context=context,
        cases=cases,
        diffs=diffs,
        changes=settled,
        blocked=(*assessment.scope.blocked, *(b for d in diffs for b in d.blocked), *waiting),
        accounts=accounts,
    )


def add_answers(
    assessment: Assessment, answers: Answers, accounts: AccountLines | None = None
) -> PlanContext:
    """What the steps of planning know once these answers are there.

    `accounts` are the account lines by the same answers, where they are known already.
    """
    lines = accounts or _settle_accounts(assessment, answers)
    return replace(
        _add_past(assessment, answers),
        apps=answers.apps,
        approvals=answers.approvals,
        stopped=lines.stopped,
        returning=lines.returning,
    )


def _add_past(assessment: Assessment, answers: Answers) -> PlanContext:
    known = assessment.context
    connector = known.catalog.connectors.get(assessment.connector)
    return replace(known, past=membership_history(assessment.live, connector, answers.log))


def _settle_accounts(
    assessment: Assessment, answers: Answers, *, is_asking: bool = False
) -> AccountLines:
    if not assessment.accounts:
        return AccountLines()
    staying = {case.group.ref.name: case.group.members - case.going for case in assessment.cases}
    context = _add_past(assessment, answers)
    return settle_accounts(assessment.accounts, context, answers, staying, is_asking=is_asking)


def _group_answers(answers: Answers) -> Mapping[OktaGroupId, _Fed]:
    found: dict[OktaGroupId, dict[OktaUserId, bool | ReadFailure]] = defaultdict(dict)
    for (group, user), answer in answers.fed.items():
        found[group][user] = answer
    return found


def _attribute(case: GroupCase, fed: Mapping[OktaGroupId, _Fed], protected: Members) -> GroupCase:
    """The case with its members classed anew, where it was asked who was put there by a rule."""
    told = fed.get(case.group.ref.id) if case.group.ref.id else None
    if not told:
        return case
    unknown = {user for user, answer in told.items() if isinstance(answer, ReadFailure)}
    group = replace(
        case.group,
        rule_fed=case.group.rule_fed | {user for user, answer in told.items() if answer is True},
        unattributed=(case.group.unattributed - told.keys()) | unknown,
    )
    return replace(case, group=group, classes=classify_members(group, case.intent, protected))


def _name_kept_groups(cases: Iterable[GroupCase]) -> Mapping[OktaUserId, tuple[str, ...]]:
    """For everyone who loses a group: the managed groups they stay in."""
    every = tuple(cases)
    losers = frozenset().union(*(case.going for case in every))
    kept: dict[OktaUserId, list[str]] = defaultdict(list)
    for case in every:
        for user in (case.group.members & losers) - case.going:
            kept[user].append(case.group.ref.name)
    return {user: tuple(sorted(names)) for user, names in kept.items()}


def _hold_moves(
    cases: tuple[GroupCase, ...], diffs: tuple[GroupDiff, ...], now: datetime
) -> tuple[tuple[Change, ...], tuple[Blocked, ...]]:
    """Every change, but for removals that wait for their person to arrive in the new group."""
    changes = tuple(change for d in diffs for change in d.changes)
    moving: dict[GroupMember, frozenset[Access]] = {}
    for case in cases:
        moving |= _find_moving(case, now)
    if not moving:
        return changes, ()
    wanted = {(each.tool, each.entitlement) for have in moving.values() for each in have}
    added = frozenset(
        GroupMember(c.group.key, c.person.id)
        for c in changes
        if c.action is Action.ADD and c.person and c.person.id
    )
    there = frozenset(
        Access(b.tool, b.entitlement, user)
        for case in cases
        for b in case.group.bindings
        if not b.retired and (b.tool, b.entitlement) in wanted
        for user in _find_holders(case, added)
    )
    return hold_moves(changes, moving, there)


def _find_holders(case: GroupCase, added: frozenset[GroupMember]) -> Members:
    """Members whom the plan keeps, and those whom it adds."""
    wanted, key = case.classes.granted_absent, case.group.ref.key
    return (case.group.members - case.going) | {u for u in wanted if GroupMember(key, u) in added}


def _find_moving(case: GroupCase, now: datetime) -> dict[GroupMember, frozenset[Access]]:
    """What the group's members have there by a binding that moved on, and are to keep."""
    moved = {(b.tool, b.entitlement) for b in case.group.bindings if is_moved(b)}
    if not moved:
        return {}
    return {
        GroupMember(case.group.ref.key, user): frozenset(
            Access(g.tool, g.entitlement, user)
            for g in grants
            if (g.tool, g.entitlement) in moved and not g.validity.has_ended(now)
        )
        for user, grants in case.intent.ended.items()
    }
