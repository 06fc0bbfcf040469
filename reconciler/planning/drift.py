"""Drift: what differs between git and Okta, from whatever cause, as a plan shows it.

Approved but missing; present but unapproved; present after the end; and whatever is blocked, for a
grant that is not carried out is a difference whatever keeps it back. A group that was not compared
at all may hide any of them, so it is no part of being clean.
"""

from dataclasses import dataclass

from reconciler.model.ids import OktaUserId
from reconciler.model.plan import (
    AccountDrift,
    Action,
    Blocked,
    BlockedAccount,
    Change,
    Drift,
    MemberClass,
    Plan,
)

__all__ = ["DriftReport", "find_drift"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """The drift of one connector, and the groups about which nothing can be said."""

    missing: tuple[Drift, ...] = ()
    unapproved: tuple[Drift, ...] = ()
    ended: tuple[Change, ...] = ()
    """Removals that are yet to come: the grants have ended, and their people are members still."""
    blocked: tuple[Blocked, ...] = ()
    """What a person has to settle, beside those who are counted as missing or unapproved."""
    uncompared: tuple[Blocked, ...] = ()
    accounts: tuple[AccountDrift, ...] = ()
    """Accounts that are not in the state that git wants."""
    blocked_accounts: tuple[BlockedAccount, ...] = ()
    """States that cannot be compared with an account, beside those that are counted so."""

    @property
    def has_drift(self) -> bool:
        """Whether anybody is where git does not say, or is not where it does."""
        return self.number > 0

    @property
    def number(self) -> int:
        """How many differences there are."""
        people = len(self.missing) + len(self.unapproved) + len(self.ended) + len(self.blocked)
        return people + self.differing_accounts

    @property
    def differing_accounts(self) -> int:
        """How many accounts are not as git wants them, or cannot be told."""
        return len(self.accounts) + len(self.blocked_accounts)

    @property
    def is_clean(self) -> bool:
        """Whether every group was compared, and none differs."""
        return not self.has_drift and not self.uncompared


def find_drift(plan: Plan) -> DriftReport:
    """The plan's drift. What is blocked in a group that the plan does not hold is the group."""
    compared = {summary.group.key for summary in plan.groups}
    counted = {(d.group.key, d.person.id) for d in (*plan.missing, *plan.unapproved)}
    return DriftReport(
        missing=plan.missing,
        unapproved=plan.unapproved,
        ended=tuple(
            c
            for c in plan.changes
            if c.action is Action.REMOVE and c.member_class is MemberClass.ENDED
        ),
        blocked=tuple(
            line
            for line in plan.blocked
            if line.group.key in compared and not _is_counted(line, counted)
        ),
        uncompared=tuple(line for line in plan.blocked if line.group.key not in compared),
        accounts=plan.account_drift,
        blocked_accounts=_select_uncounted(plan),
    )


def _is_counted(line: Blocked, counted: set[tuple[str, OktaUserId | None]]) -> bool:
    """Whether the line is about a person who is counted in a class of their own."""
    person = line.person.id if line.person else None
    return person is not None and (line.group.key, person) in counted


def _select_uncounted(plan: Plan) -> tuple[BlockedAccount, ...]:
    counted = {line.person.id for line in plan.account_drift}
    return tuple(
        line
        for line in plan.blocked_accounts
        if line.wanted is not None and not (line.person and line.person.id in counted)
    )
