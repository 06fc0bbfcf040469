"""What the state that a file declares asks of the account now.

It is decided anew each time, from the file, the account's status, when that last changed, and the
log; nothing is remembered. A state that takes access away acts unless it was given back since the
approval, by hand or on call. A state that gives it back acts only where the approval is surely
later than the last change. The end of a suspension ends only one whose last change is ours.
"""

from datetime import datetime, timedelta
from typing import Final

from reconciler.accounts.past import (
    AccountPast,
    Decision,
    Planned,
    block_early_approval,
    format_minute,
    name_actor,
)
from reconciler.accounts.table import (
    DEPROVISIONED,
    STAGED,
    STATUSES,
    SUSPENDED,
    AlreadySo,
    Refuse,
    decide,
)
from reconciler.model.accounts import AccountAction, AccountDeclaration, AccountState
from reconciler.model.directory import AccountEvent, AccountEventKind, DirectoryUser
from reconciler.model.plan import BlockReason
from reconciler.model.stanzas import approval_stanza
from reconciler.model.validity import Approval, day_end

__all__ = ["RESUMED_FOR", "decide_state"]

RESUMED_FOR = timedelta(hours=24)
"""How long after a suspension it is seen to that its sessions were cleared, too."""

_LOG_LAG = timedelta(minutes=5)
"""How far behind the log may be (Okta: usually seconds, without a promise)."""
_APART = timedelta(minutes=1)
"""How far apart the status's own instant and that of its event may be."""
_GIVES_BACK: Final = (AccountEventKind.UNSUSPENDED, AccountEventKind.ACTIVATED)
_CHANGES: Final = (
    AccountEventKind.ACTIVATED,
    AccountEventKind.DEACTIVATED,
    AccountEventKind.SUSPENDED,
    AccountEventKind.UNSUSPENDED,
)
_BACK = {
    SUSPENDED: AccountAction.UNSUSPEND,
    DEPROVISIONED: AccountAction.REACTIVATE,
    STAGED: AccountAction.REACTIVATE,
}
"""What gives an account back to its person; in every other status it is theirs already."""


def decide_state(
    declared: AccountDeclaration, user: DirectoryUser, past: AccountPast, now: datetime
) -> Decision:
    """What is to be done so that the account is in the declared state."""
    if declared.state is None or declared.approval is None:
        return None
    if declared.approval.earliest > now:
        return block_early_approval(declared.approval)
    if declared.state is AccountState.SUSPENDED and declared.has_ended(now):
        return _end_suspension(declared, declared.approval, user, past)
    if declared.state is AccountState.ACTIVE:
        return _give_back(declared.approval, user, now)
    if declared.state is AccountState.SUSPENDED and user.status == SUSPENDED:
        return _finish_suspension(declared.approval, user, past, now)
    taking = {
        AccountState.SUSPENDED: AccountAction.SUSPEND,
        AccountState.DEACTIVATED: AccountAction.DEACTIVATE,
    }
    return _take_away(taking[declared.state], declared, declared.approval, user, past, now)


def _take_away(
    action: AccountAction,
    declared: AccountDeclaration,
    approval: Approval,
    user: DirectoryUser,
    past: AccountPast,
    now: datetime,
) -> Decision:
    cell = decide(user.status, action, user.provider)
    if isinstance(cell, AlreadySo):
        return None
    if isinstance(cell, Refuse):
        return _block_cell(user, action, cell)
    changed = _changed_at(user)
    if changed is None or changed >= approval.earliest:  # else nothing gave it back since
        unknown = past.check_reach(approval.earliest)
        if unknown is not None:
            return unknown
        given = [
            e for e in past.events(user.id, approval.earliest, _GIVES_BACK) if not e.actor.is_system
        ]
        if given:
            return _ask_about_return(user, given[-1], approval, now)
        if changed is not None and _is_unexplained(user, changed, past, now):
            return _wait_for_log(user, changed)
    until = f" until {declared.until.isoformat()}" if declared.until else ""
    return Planned(
        action=action,
        call=cell.call,
        expects=cell.expects,
        reason=f"its file says {declared.state.value if declared.state else ''}{until}",
    )


def _is_unexplained(
    user: DirectoryUser, changed: datetime, past: AccountPast, now: datetime
) -> bool:
    """Whether the status changed so lately that the log may not show yet by whom."""
    is_new = now - changed < _LOG_LAG
    return is_new and not past.events(user.id, changed - _APART, AccountEventKind)


def _wait_for_log(user: DirectoryUser, changed: datetime) -> BlockReason:
    return BlockReason(
        code="account-log-behind",
        summary=f"{user.login} is {user.status} since {format_minute(changed)}, and the System Log "
        "does not show yet why",
        hint="plan again in a few minutes",
    )


def _give_back(approval: Approval, user: DirectoryUser, now: datetime) -> Decision:
    action = _BACK.get(user.status)
    if action is None:
        return None if user.status in STATUSES else _block_unknown(user)
    changed = _changed_at(user)
    since = f"{user.status} since {format_minute(changed)}" if changed else user.status
    if changed is None or approval.latest <= changed:
        return BlockReason(
            code="account-changed-later",
            summary=f"{user.login} is {since}, after the approval of {approval.written}: it was "
            "decided after the file",
            hint="confirm by a later approval: "
            f"{approval_stanza(approval.ticket, max(now, changed or now))}",
        )
    if approval.earliest <= changed:
        return BlockReason(
            code="account-approval-day",
            summary=f"{user.login} is {since}, the day of the approval, and which came first is "
            "not known",
            hint="write the time of the approval: "
            f"{approval_stanza(approval.ticket, max(now, changed))}",
        )
    cell = decide(user.status, action, user.provider)
    if isinstance(cell, Refuse):
        return _block_cell(user, action, cell)
    if isinstance(cell, AlreadySo):
        return None
    return Planned(
        action=action,
        call=cell.call,
        expects=cell.expects,
        reason=f"its file says active, approved after it was {user.status}",
    )


def _end_suspension(
    declared: AccountDeclaration, approval: Approval, user: DirectoryUser, past: AccountPast
) -> Decision:
    if user.status != SUSPENDED:
        return None
    changed = _changed_at(user)
    if changed is None or declared.until is None:
        return _block_unknown(user)
    unknown = past.check_reach(min(changed, approval.earliest))
    if unknown is not None:
        return unknown
    given = past.events(user.id, approval.earliest, _GIVES_BACK)
    ended = day_end(declared.until)
    asked = _ask_whose_suspension(user, _last_change(user, past, changed), past, given, ended)
    if asked is not None:
        return asked
    cell = decide(user.status, AccountAction.UNSUSPEND, user.provider)
    if isinstance(cell, AlreadySo | Refuse):
        return None
    return Planned(
        action=AccountAction.UNSUSPEND,
        call=cell.call,
        expects=cell.expects,
        reason=f"its suspension ended with {declared.until.isoformat()}",
    )


def _ask_whose_suspension(
    user: DirectoryUser,
    last: AccountEvent | None,
    past: AccountPast,
    given: tuple[AccountEvent, ...],
    ended: datetime,
) -> BlockReason | None:
    """That the suspension is not the file's own: another's, or one made anew, as on call."""
    if last is None or last.kind is not AccountEventKind.SUSPENDED or not past.is_ours(last):
        by = f"by {last.actor} at {format_minute(last.at)}" if last else "by an unknown actor"
        return BlockReason(
            code="account-suspended-by-other",
            summary=f"the suspension of {user.login} ended in its file, but it was suspended {by}",
            hint="say `state: active` with an approval of today, if it is to end",
            people=name_actor(last) if last else (),
        )
    if last.at < ended and all(event.at > last.at for event in given):
        return None
    return BlockReason(
        code="account-suspended-since",
        summary=f"the suspension of {user.login} ended in its file, but it was suspended anew at "
        f"{format_minute(last.at)}",
        hint="say `state: active` with an approval of today, if that is to end too",
    )


def _finish_suspension(
    approval: Approval, user: DirectoryUser, past: AccountPast, now: datetime
) -> Decision:
    """A run that was stopped between its suspension and the end of its sessions is finished.

    So is what another admin did of an approved suspension, faster than the run.
    """
    changed = _changed_at(user)
    if changed is None or now - changed > RESUMED_FOR:
        return None
    unknown = past.check_reach(changed)
    if unknown is not None:
        return unknown
    last = _last_change(user, past, changed)
    if last is None or last.kind is not AccountEventKind.SUSPENDED:
        return None
    is_agreed = past.is_ours(last) or last.at >= approval.earliest
    if not is_agreed or past.events(user.id, last.at, (AccountEventKind.SESSIONS_CLEARED,)):
        return None
    cell = decide(user.status, AccountAction.CLEAR_SESSIONS, user.provider)
    if isinstance(cell, AlreadySo | Refuse):
        return None
    return Planned(
        action=AccountAction.CLEAR_SESSIONS,
        call=cell.call,
        expects=cell.expects,
        reason="it was suspended and its sessions were not cleared",
    )


def _last_change(user: DirectoryUser, past: AccountPast, changed: datetime) -> AccountEvent | None:
    """The event behind the present status; Okta writes the two instants apart (Okta: users API)."""
    found = past.events(user.id, changed - _APART, _CHANGES)
    return found[-1] if found else None


def _changed_at(user: DirectoryUser) -> datetime | None:
    """When the status last changed: one who was never activated has it since they were made."""
    return user.status_changed_at or (user.created_at if user.status == STAGED else None)


def _ask_about_return(
    user: DirectoryUser, event: AccountEvent, approval: Approval, now: datetime
) -> BlockReason:
    return BlockReason(
        code="account-given-back",
        summary=f"{event.actor} gave {user.login} their account back at {format_minute(event.at)}, "
        f"after the approval of {approval.written}: confirm or take it back",
        hint="confirm by a later approval: "
        f"{approval_stanza(approval.ticket, max(now, event.at))}; or say `state: active`, "
        "approved anew",
        people=name_actor(event),
    )


def _block_cell(user: DirectoryUser, action: AccountAction, cell: Refuse) -> BlockReason:
    return BlockReason(
        code=cell.code,
        summary=f"{action.value} of {user.login} is not possible: {cell.why} ({user.status})",
        hint=cell.hint,
    )


def _block_unknown(user: DirectoryUser) -> BlockReason:
    return BlockReason(
        code="account-status-unknown",
        summary=f"{user.login} is {user.status}, and since when or what that means is not known",
        hint="look at it in Okta's console",
    )
