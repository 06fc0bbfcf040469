"""What a run that nobody watches may carry out: only what a merged file explains.

| line                                         | a scheduled run                           |
|----------------------------------------------|-------------------------------------------|
| granted and absent                           | adds                                      |
| the same, where reading the System Log failed | leaves it to the next run                |
| ended and present                            | removes                                   |
| unapproved and present                       | removes, if each binding is `unattended`  |
| the side that a moved binding leaves         | leaves it to a reviewed plan              |
| a group to be created, and its first people  | leaves it to a reviewed plan              |
| an account to be changed, and who returns    | leaves it to a reviewed plan              |
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.catalog import Binding, Catalog, bindings_of
from reconciler.model.directory import SUSPENDED
from reconciler.model.outcome import LeftAccount, LeftLine
from reconciler.model.plan import Action, Change, MemberClass, Plan
from reconciler.planning.binding_moves import is_moved
from reconciler.planning.manual_removals import LOG_FAILED

__all__ = ["ScheduledLines", "select_scheduled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledLines:
    """The lines of a plan that are carried out, and those that wait."""

    changes: tuple[Change, ...]
    waiting: tuple[LeftLine, ...]
    accounts: tuple[LeftAccount, ...] = ()
    """The account lines, which all wait."""


def select_scheduled(plan: Plan, catalog: Catalog) -> ScheduledLines:
    """Which lines of the plan need nobody to look at them."""
    by_name: dict[str, tuple[Binding, ...]] = {}
    for binding in bindings_of(catalog, plan.connector):
        by_name[binding.name] = (*by_name.get(binding.name, ()), binding)
    bindings = {
        s.group.key: tuple(b for name in s.bindings for b in by_name.get(name, ()))
        for s in plan.groups
    }
    is_log_unread = any(warning.code == LOG_FAILED for warning in plan.warnings)
    reasons = [
        (
            change,
            _explain_review(change, bindings)
            or _explain_waiting(change, is_log_unread=is_log_unread),
        )
        for change in plan.changes
    ]
    return ScheduledLines(
        changes=tuple(change for change, why in reasons if not why),
        waiting=tuple(LeftLine(change=change, why=why) for change, why in reasons if why),
        accounts=tuple(
            LeftAccount(change=each, why="an account is changed by a reviewed plan")
            for each in plan.accounts
        ),
    )


def _explain_review(change: Change, bindings: Mapping[str, tuple[Binding, ...]]) -> str:
    """Why the line needs a reviewed plan; empty if it does not."""
    of_group = bindings.get(change.group.key, ())
    if change.action is Action.CREATE_GROUP:
        return "a group is created by a reviewed plan"
    if change.action is Action.ADD:
        if change.person is not None and change.person.status == SUSPENDED:
            return "their suspension is yet to end"
        return "its group is yet to be created" if change.group.id is None else ""
    if change.member_class is MemberClass.UNAPPROVED:
        is_unattended = all(b.unattended for b in of_group) and bool(of_group)
        return "" if is_unattended else "no grant ever named them, and nobody watches this run"
    if _leaves(change, of_group):
        return "a binding is moved by a reviewed plan"
    return ""


def _explain_waiting(change: Change, *, is_log_unread: bool) -> str:
    """Why the line waits for the next run: nobody would see the warning and look themselves."""
    if change.action is Action.ADD and is_log_unread:
        return "whether they were removed by hand could not be read; the next run asks again"
    return ""


def _leaves(change: Change, of_group: tuple[Binding, ...]) -> bool:
    """Whether a moved binding leaves the group. Its own grants' ends wait there too."""
    return any(is_moved(b) and b.replaces == change.group.id for b in of_group)
