"""What is asked of one account on call: the same table, protection and approval as for files."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.accounts.authority import describe_lacks
from reconciler.accounts.past import Planned
from reconciler.accounts.protection import find_admin_refusal
from reconciler.accounts.table import SUSPENDED, AlreadySo, Refuse, decide
from reconciler.model.accounts import AccountAction, AccountDeclaration, AccountState
from reconciler.model.directory import DirectoryUser, ReadFailure
from reconciler.model.ids import login_key
from reconciler.model.plan import AccountChange, AccountConsequences, AccountRef, BlockReason
from reconciler.model.validity import Approval
from reconciler.planning.lines.account_lines import (
    APPROVAL_INSUFFICIENT,
    AccountCourt,
    find_account_refusal,
    write_account_lines,
)

__all__ = ["OnCallRequest", "cite_request", "decide_on_call", "find_contradiction"]

_CONTRADICTED_BY = {
    AccountAction.SUSPEND: frozenset({AccountState.ACTIVE}),
    AccountAction.DEACTIVATE: frozenset({AccountState.ACTIVE, AccountState.SUSPENDED}),
    AccountAction.UNSUSPEND: frozenset({AccountState.SUSPENDED, AccountState.DEACTIVATED}),
    AccountAction.UNLOCK: frozenset({AccountState.SUSPENDED, AccountState.DEACTIVATED}),
    AccountAction.RESET_PASSWORD: frozenset({AccountState.SUSPENDED, AccountState.DEACTIVATED}),
    AccountAction.REACTIVATE: frozenset({AccountState.SUSPENDED, AccountState.DEACTIVATED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallRequest:
    """What is asked for, by whom and why. `by` and `agreed` are addresses, and claims."""

    action: AccountAction
    reason: str
    ticket: str
    by: str
    at: datetime
    agreed: tuple[str, ...] = ()
    """Those who agreed besides."""

    @property
    def approval(self) -> Approval:
        """Whoever asks on call approves by it, as far as they may."""
        names = {login_key(name): name for name in (*self.agreed, self.by)}
        return Approval(
            ticket=self.ticket,
            approved_by=tuple(names[key] for key in sorted(names)),
            approved_at=self.at.date(),
            requested_by=self.by,
            approved_time=self.at.time().replace(microsecond=0, tzinfo=None),
        )


def cite_request(request: OnCallRequest, user: DirectoryUser) -> AccountRef:
    """The request as a line shows it."""
    approval = request.approval
    intent = [request.action.value, user.id, request.ticket, approval.approved_by, approval.written]
    text = json.dumps(intent, ensure_ascii=True, separators=(",", ":"))
    return AccountRef(
        hash=hashlib.sha256(text.encode()).hexdigest(),
        part=None,
        subject=user.login,
        reason=request.reason,
        ticket=request.ticket,
        approved_by=approval.approved_by,
        approved_at=approval.approved_at,
        approved_time=approval.approved_time,
        requested_by=request.by,
        requested_at=request.at,
    )


def decide_on_call(
    request: OnCallRequest,
    user: DirectoryUser,
    court: AccountCourt,
    roles: tuple[str, ...] | ReadFailure,
    consequences: AccountConsequences,
) -> tuple[AccountChange, ...] | BlockReason:
    """The lines, in the order in which they are carried out; none where it is so already."""
    if user.moving_to:
        return BlockReason(
            code="account-in-transition",
            summary=f"Okta is still making {user.login} {user.moving_to}",
            hint="try again in a minute",
        )
    refusal = find_account_refusal(
        request.action, user, request.approval, court
    ) or find_admin_refusal(user, roles)
    if refusal is not None:
        return _name_approvers(refusal, request, court)
    action = _find_step(request.action, user)
    cell = decide(user.status, action, user.provider)
    if isinstance(cell, AlreadySo):
        return ()
    if isinstance(cell, Refuse):
        return BlockReason(
            code=cell.code,
            summary=f"{action.value} of {user.login} is not possible: {cell.why} ({user.status})",
            hint=cell.hint,
        )
    planned = Planned(
        action=action,
        call=cell.call,
        expects=cell.expects,
        reason="asked for on call",
    )
    source = cite_request(request, user)
    lines = tuple(write_account_lines(planned, user, source, consequences))
    return tuple(reversed(lines)) if request.action is AccountAction.DEACTIVATE else lines


def _name_approvers(
    refusal: BlockReason, request: OnCallRequest, court: AccountCourt
) -> BlockReason:
    """With those who have to agree, and how to say it; a plan names nobody: it may be published."""
    if refusal.code != APPROVAL_INSUFFICIENT:
        return refusal
    who = describe_lacks(request.action, request.approval, court.settings, court.who)
    return replace(refusal, hint=f"{who}; name them by --by or --approved-by")


def _find_step(action: AccountAction, user: DirectoryUser) -> AccountAction:
    """What is left of it: of a suspension that is there, the end of the sessions."""
    is_there = action is AccountAction.SUSPEND and user.status == SUSPENDED
    return AccountAction.CLEAR_SESSIONS if is_there else action


def find_contradiction(
    action: AccountAction, declared: Iterable[AccountDeclaration], now: datetime
) -> AccountDeclaration | None:
    """The person's file that says otherwise, or that would end by itself what is asked for."""
    against = _CONTRADICTED_BY.get(action, frozenset())
    return next(
        (
            each
            for each in declared
            if not each.has_ended(now)
            and (each.state in against or (action.takes_away and each.until is not None))
        ),
        None,
    )
