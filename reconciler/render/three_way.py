"""A plan that was compared with a base: what the change does first, then what waited anyway."""

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.model.accounts import AccountAction
from reconciler.model.approvals.review import BaseComparison, Cause, WithheldGroup
from reconciler.model.plan import AccountChange, Action, Blocked, BlockedAccount, Change, Plan
from reconciler.planning.wording import describe, describe_account
from reconciler.render import over_time
from reconciler.render.document import Fact, Mark, Row, Section, count
from reconciler.render.rows.accounts import account_rows
from reconciler.render.rows.citations import group as named
from reconciler.render.rows.memberships import blocked_row, change_row

__all__ = [
    "change_sections",
    "facts",
    "is_compared",
    "uncommitted_section",
    "verdict",
    "waiting_sections",
    "withheld_section",
]

_Line = Change | AccountChange

_WAITING = (
    (Cause.TIME, "Caused by time", "since the base was committed; not by this change"),
    (Cause.PENDING, "Already pending", "at the base too; not by this change"),
)


def is_compared(plan: Plan) -> bool:
    """Whether the plan tells what brings each line."""
    return plan.against is not None and not plan.against.problem


def facts(plan: Plan) -> Iterator[Fact]:
    """What the plan was compared with, or why it was not."""
    if plan.against is None:
        return
    yield Fact("base", plan.against.commit[:12])
    if plan.against.problem:
        yield Fact("not compared", plan.against.problem)
    if plan.against.is_disabled:
        stops = f"{plan.connector}, so no run carries out anything there"
        yield Fact("disabled by this change", stops)
    if plan.against.uncommitted:
        files = count(len(plan.against.uncommitted), "file")
        yield Fact("not committed, so not in it", files)


def verdict(plan: Plan) -> str:
    """What the change does and what it does not, in a sentence; empty if nothing was compared."""
    if plan.against is None or plan.against.problem:
        return ""
    mine = [c for c in plan.changes if c.cause is Cause.CHANGE]
    effects = list(_count_accounts(plan))
    effects += [_count_effect(mine, action, words) for action, words in _VERBS.items()]
    effects.append(_count_blocked(plan))
    effects.append(_count_withdrawn(plan))
    effects.append(_count_released(plan))
    effects.append(_count_withheld(plan.against))
    effects += over_time.summarize_effects(plan, plan.against)
    does = ", ".join(part for part in effects if part)
    if plan.against.is_disabled:
        stops = f"disables {plan.connector}, so no run carries out anything there any more"
        does = f"{stops}; without that it {does}" if does else stops
    nothing = over_time.summarize_ineffective_grants(plan.against)
    does = does or f"changes nobody's access{nothing and f': {nothing}'}"
    return f"This change {does}.{_count_waiting(plan)}"


def change_sections(plan: Plan) -> Iterator[Section]:
    """What only the change under review brings, now and later, and what it takes away."""
    against = plan.against
    if against is None:
        return
    withdrawn: tuple[_Line, ...] = (*plan.withdrawn_accounts, *plan.withdrawn)
    released: tuple[_Line, ...] = (*plan.released_accounts, *plan.released)
    rows = [
        *_rows(plan, Cause.CHANGE),
        *map(_withdrawn_row, withdrawn),
        *map(_released_row, released),
    ]
    yield Section(title="Caused by this change", rows=tuple(rows), is_urgent=True)
    yield over_time.section(plan, against)
    yield withheld_section(against)
    words = tuple(Row(mark=Mark.NOTE, head=each.summary) for each in against.catalog_changes)
    yield Section(title="Changed in the catalog", rows=words)


def withheld_section(against: BaseComparison) -> Section:
    """The groups of which only figures are shown."""
    return Section(
        title="Groups the base does not bind",
        rows=tuple(map(_withheld_row, against.withheld)),
        note="figures only, until the binding is merged",
    )


def uncommitted_section(plan: Plan) -> Section:
    """The files in the catalog that are no part of the plan."""
    files = plan.against.uncommitted if plan.against else ()
    return Section(
        title="Not committed, so not in this plan",
        rows=tuple(Row(mark=Mark.NOTE, head=name) for name in files),
        note="commit them, and plan again",
        is_urgent=True,
    )


def waiting_sections(plan: Plan) -> Iterator[Section]:
    """What would come without the change as well."""
    for cause, title, note in _WAITING:
        yield Section(title=title, rows=tuple(_rows(plan, cause)), note=note, is_urgent=False)


_VERBS = {
    Action.REMOVE: "removes {}",
    Action.ADD: "adds {}",
    Action.CREATE_GROUP: "creates {}",
}


_ACCOUNT_VERBS = {
    AccountAction.DEACTIVATE: "deactivates {}",
    AccountAction.SUSPEND: "suspends {}",
    AccountAction.CLEAR_SESSIONS: "ends the sessions of {}",
    AccountAction.UNSUSPEND: "unsuspends {}",
    AccountAction.REACTIVATE: "reactivates {}",
    AccountAction.UNLOCK: "unlocks {}",
    AccountAction.RESET_PASSWORD: "resets the password of {}",
}


def _rows(plan: Plan, cause: Cause) -> Iterator[Row]:
    yield from account_rows(
        (b for b in plan.blocked_accounts if b.cause is cause),
        (c for c in plan.accounts if c.cause is cause),
    )
    yield from (blocked_row(b) for b in plan.blocked if b.cause is cause)
    yield from (change_row(c) for c in plan.changes if c.cause is cause)


def _withdrawn_row(change: _Line) -> Row:
    return Row(
        mark=Mark.NOTE,
        head=f"no longer: {_describe(change)}",
        details=("it waited at the base; this change takes it away",),
    )


def _released_row(change: _Line) -> Row:
    guards = ", ".join(change.held_by)
    is_final = isinstance(change, AccountChange) and change.consequences.is_final
    return Row(
        mark=Mark.HELD,
        head=f"lets pass: {_describe(change)}{', which cannot be undone' if is_final else ''}",
        details=(f"{guards} holds it now; once this is merged, a run carries it out",),
    )


def _describe(change: _Line) -> str:
    return describe_account(change) if isinstance(change, AccountChange) else describe(change)


def _withheld_row(group: WithheldGroup) -> Row:
    people = count(group.granted, "person is", "people are")
    return Row(mark=Mark.HELD, head=f"{named(group.group)}: {people} granted it; {_size(group)}")


def _size(group: WithheldGroup) -> str:
    """About how many are in the group; below five, no more than that."""
    if group.members_from is None:
        return "how many are in it is not known" if group.group.id else "it may be yet to be made"
    if group.members_from == 0:
        return "fewer than 5 are in it"
    return f"{group.members_from:,} or more are in it"


def _count_accounts(plan: Plan) -> Iterator[str]:
    number = Counter(c.action for c in plan.accounts if c.cause is Cause.CHANGE)
    for action, words in _ACCOUNT_VERBS.items():
        if number[action]:
            yield words.format(count(number[action], "account"))


def _count_effect(mine: Iterable[Change], action: Action, words: str) -> str:
    number = sum(1 for c in mine if c.action is action)
    noun = count(number, "group") if action is Action.CREATE_GROUP else _people(number)
    return words.format(noun) if number else ""


def _people(number: int) -> str:
    return count(number, "membership")


def _count_blocked(plan: Plan) -> str:
    blocked: tuple[Blocked | BlockedAccount, ...] = (*plan.blocked_accounts, *plan.blocked)
    number = sum(1 for b in blocked if b.cause is Cause.CHANGE)
    return f"brings {count(number, 'blocked line')}" if number else ""


def _count_withdrawn(plan: Plan) -> str:
    number = len(plan.withdrawn_accounts) + len(plan.withdrawn)
    return f"takes back {count(number, 'pending line')}" if number else ""


def _count_released(plan: Plan) -> str:
    number = len(plan.released_accounts) + len(plan.released)
    return f"lets {count(number, 'held line')} pass" if number else ""


def _count_withheld(against: BaseComparison) -> str:
    number = len(against.withheld)
    return f"binds {count(number, 'group')} that the base does not" if number else ""


def _count_waiting(plan: Plan) -> str:
    lines: tuple[_Line | Blocked | BlockedAccount, ...] = (*plan.accounts, *plan.changes)
    lines += (*plan.blocked_accounts, *plan.blocked)
    number = sum(1 for line in lines if line.cause is not Cause.CHANGE)
    return f" {count(number, 'other line waits', 'other lines wait')} anyway." if number else ""
