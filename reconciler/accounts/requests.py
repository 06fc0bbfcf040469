"""What a request for an unlock or a password reset asks of the account now.

It is done when the log shows the event, by this tool, since it was requested, or when the status
says so and has not changed before. Anything else that happened since is unclear: it is reported,
not repeated, and not counted as done; but for what this tool itself did to make it possible, which
is to end a suspension or a lock. What was not carried out a day after its merge lapses.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from reconciler.accounts.past import (
    AccountPast,
    Decision,
    NeedsLog,
    Planned,
    block_early_approval,
    format_minute,
    name_actor,
)
from reconciler.accounts.table import (
    ACTIVE,
    EXPIRED,
    LOCKED_OUT,
    RECOVERY,
    AlreadySo,
    Refuse,
    decide,
)
from reconciler.model.accounts import AccountAction, AccountPart, AccountRequest
from reconciler.model.directory import AccountEventKind, DirectoryUser
from reconciler.model.plan import BlockReason

__all__ = ["LAPSES_AFTER", "TOLD_FOR", "decide_request"]

LAPSES_AFTER = timedelta(hours=24)
"""How long after its merge a request may still be carried out."""
TOLD_FOR = timedelta(days=7)
"""How long after its merge a plan speaks of a request at all; then it is a record."""

_APART = timedelta(seconds=10)
"""How far the status's own instant and that of its event may be apart."""
_MOVES: Final = frozenset(AccountEventKind) - {AccountEventKind.SESSIONS_CLEARED}
"""What changes a status, or sends a mail."""
_STEPS: Final = frozenset({AccountEventKind.UNSUSPENDED, AccountEventKind.UNLOCKED_BY_ADMIN})
"""What the same file may have asked for, before a reset can be made."""
_ACTIONS: Final = {
    AccountPart.UNLOCK: AccountAction.UNLOCK,
    AccountPart.PASSWORD_RESET: AccountAction.RESET_PASSWORD,
}
_DONE_BY: Final = {
    AccountPart.UNLOCK: (AccountEventKind.UNLOCKED_BY_ADMIN,),
    AccountPart.PASSWORD_RESET: (AccountEventKind.PASSWORD_RESET, AccountEventKind.REACTIVATED),
}
"""The events of which one by us shows that it was carried out."""
_SHOWN_BY: Final = {
    AccountPart.UNLOCK: frozenset({ACTIVE, EXPIRED}),
    AccountPart.PASSWORD_RESET: frozenset({RECOVERY}),
}
"""The statuses that say so, where they began since."""


def decide_request(
    part: AccountPart,
    request: AccountRequest,
    user: DirectoryUser,
    past: AccountPast,
    now: datetime,
    merged_at: datetime | None = None,
) -> Decision:
    """What is to be done for the request; `merged_at` is None where git does not tell."""
    asked = request.requested_at
    doubt = _find_early(part, request, now) or _find_ageless_lock(part, user)
    if doubt is not None:
        return doubt
    begun = merged_at or max(asked, min(request.approval.latest, now))
    if now - begun > TOLD_FOR or _is_shown(part, asked, user):
        return None
    unsettled = _check_moves(part, asked, user, past)
    if unsettled is not None:
        return None if isinstance(unsettled, _Settled) else unsettled
    if part is AccountPart.UNLOCK and user.status in _SHOWN_BY[part]:
        return None  # it was not locked when this was requested, and is not now
    if now - begun > LAPSES_AFTER:
        return BlockReason(
            code="account-request-lapsed",
            summary=f"{part.value} of {format_minute(asked)} was not carried out within 24 h",
            hint="ask again, with a new `requested_at`; or take it out of the file",
        )
    return _plan(part, asked, user)


def _find_early(part: AccountPart, request: AccountRequest, now: datetime) -> BlockReason | None:
    if request.requested_at > now:
        return BlockReason(
            code="account-request-early",
            summary=f"{part.value} is requested at {format_minute(request.requested_at)}, which is "
            "yet to come",
            hint="correct `requested_at`",
        )
    return block_early_approval(request.approval) if request.approval.earliest > now else None


def _find_ageless_lock(part: AccountPart, user: DirectoryUser) -> BlockReason | None:
    """Only a lock that is older than the request is lifted."""
    is_locked = part is AccountPart.UNLOCK and user.status == LOCKED_OUT
    if not is_locked or user.status_changed_at is not None:
        return None
    return BlockReason(
        code="account-status-unknown",
        summary=f"since when {user.login} is {user.status} is not known",
        hint="look at it in Okta's console",
    )


def _is_shown(part: AccountPart, asked: datetime, user: DirectoryUser) -> bool:
    """Whether the status says that it was carried out."""
    changed = user.status_changed_at
    return changed is not None and changed >= asked and user.status in _SHOWN_BY[part]


class _Settled(Enum):
    DONE = "done"


def _check_moves(
    part: AccountPart, asked: datetime, user: DirectoryUser, past: AccountPast
) -> BlockReason | NeedsLog | _Settled | None:
    """That it was carried out, or what else happened since; None where nothing did."""
    changed = user.status_changed_at
    has_moved = changed is not None and changed >= asked
    if not has_moved and part is AccountPart.UNLOCK:
        return None  # an unlock changes the status
    unknown = past.check_reach(asked)
    if unknown is not None:
        return unknown
    events = past.events(user.id, asked, _DONE_BY[part])
    if any(past.is_ours(event) for event in events):
        return _Settled.DONE
    if part is AccountPart.UNLOCK and user.status == LOCKED_OUT:
        return BlockReason(
            code="account-locked-again",
            summary=f"{user.login} was locked out after the request of {format_minute(asked)}",
            hint="ask again, with a new `requested_at`, if this lock is to be lifted too",
        )
    if events or (has_moved and not _is_own_step(user, past, asked)):
        by = f", {events[-1].kind.value} by {events[-1].actor}" if events else ""
        since = format_minute(changed) if changed else "an unknown time"
        return BlockReason(
            code="account-request-unclear",
            summary=f"whether {part.value} of {format_minute(asked)} was carried out is not clear: "
            f"{user.login} is {user.status} since {since}{by}",
            hint="ask again, with a new `requested_at`, if it is still needed; or take it out of "
            "the file",
            people=name_actor(events[-1]) if events else (),
        )
    return None


def _is_own_step(user: DirectoryUser, past: AccountPast, asked: datetime) -> bool:
    """Whether nothing happened since but that this tool lifted a lock or ended a suspension."""
    moves, changed = past.events(user.id, asked, _MOVES), user.status_changed_at
    if changed is None or not moves or abs(moves[-1].at - changed) > _APART:
        return False
    return all(e.kind in _STEPS and past.is_ours(e) for e in moves)


def _plan(part: AccountPart, asked: datetime, user: DirectoryUser) -> Decision:
    action = _ACTIONS[part]
    cell = decide(user.status, action, user.provider)
    if isinstance(cell, AlreadySo):
        return None
    if isinstance(cell, Refuse):
        return BlockReason(
            code=cell.code,
            summary=f"{action.value} of {user.login} is not possible: {cell.why} ({user.status})",
            hint=cell.hint,
        )
    again = ", sent again" if user.status == RECOVERY else ""
    return Planned(
        action=action,
        call=cell.call,
        expects=cell.expects,
        reason=f"requested at {format_minute(asked)}{again}",
    )
