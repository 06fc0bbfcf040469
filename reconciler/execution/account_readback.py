"""Reads every changed account again, and says *verified* only of what Okta then shows.

The status shows most lines, and is read right after the write. Where it cannot tell, as of ended
sessions, Okta's System Log shows the line: asked once for all of them, at the end, because it lags.
An answer that was lost, or that nobody could read, is settled in the same way; it is never resent.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reconciler.execution.ports import AccountReader
from reconciler.execution.readback import WAITS_S
from reconciler.model.accounts import LifecycleCall
from reconciler.model.directory import (
    AccountEventKind,
    AccountLog,
    DirectoryUser,
    ReadFailure,
)
from reconciler.model.errors import ConnectorError
from reconciler.model.outcome import AccountResult, Outcome
from reconciler.model.plan import AccountChange

__all__ = [
    "MOVING_WAITS_S",
    "Found",
    "Sleep",
    "Tried",
    "read_account",
    "shows_wanted",
    "to_failure",
    "verify_by_log",
    "verify_status",
]

MOVING_WAITS_S = (5.0, 10.0, 20.0, 30.0)
"""Seconds before each further look at an account that Okta is moving to another status."""
LOG_WAITS_S = (0.0, 2.0, 5.0, 10.0)
"""Seconds before each question to the System Log, which lags by some seconds (Okta: System Log)."""
_CLOCKS_APART = timedelta(seconds=5)
"""By how much this clock may be ahead of the one that Okta dates its events by."""
_KINDS: Mapping[LifecycleCall, frozenset[AccountEventKind]] = {
    LifecycleCall.SUSPEND: frozenset({AccountEventKind.SUSPENDED}),
    LifecycleCall.UNSUSPEND: frozenset({AccountEventKind.UNSUSPENDED}),
    LifecycleCall.UNLOCK: frozenset({AccountEventKind.UNLOCKED_BY_ADMIN}),
    LifecycleCall.RESET_PASSWORD: frozenset({AccountEventKind.PASSWORD_RESET}),
    LifecycleCall.DEACTIVATE: frozenset({AccountEventKind.DEACTIVATED}),
    LifecycleCall.ACTIVATE: frozenset({AccountEventKind.ACTIVATED}),
    LifecycleCall.REACTIVATE: frozenset({AccountEventKind.REACTIVATED}),
    LifecycleCall.CLEAR_SESSIONS: frozenset({AccountEventKind.SESSIONS_CLEARED}),
}
"""The events that show that a call was carried out (Okta: event types)."""

Found = DirectoryUser | ReadFailure | None
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One line as far as it is known. `begun_at` is None where nothing was sent."""

    result: AccountResult
    begun_at: datetime | None = None
    is_unanswered: bool = False
    """Whether Okta may have carried it out without an answer that says so."""


def shows_wanted(change: AccountChange, found: Found) -> bool:
    """Whether the account is settled, in a status that shows that the line was done."""
    return (
        isinstance(found, DirectoryUser)
        and not found.moving_to
        and _is_told_by_status(change)
        and found.status in change.expects
    )


def to_failure(error: ConnectorError) -> ReadFailure:
    """A read that was not answered, as a value: what is known without it stays known."""
    return ReadFailure(code="refused", detail=error.message, cause=error.code, hint=error.hint)


async def verify_status(
    tried: Tried, reader: AccountReader, sleep: Sleep, may_wait: Callable[[], bool]
) -> Tried:
    """The line in the light of the account's status, where that can tell.

    `may_wait` is asked before each wait for Okta to finish a change of its own.
    """
    if not _is_open(tried):
        return tried
    if not _is_told_by_status(tried.result.change):
        return await _look_behind_refusal(tried, reader)
    current, found = tried, None
    for number, wait_s in enumerate((*WAITS_S, *MOVING_WAITS_S)):
        if number >= len(WAITS_S) and not (_is_moving(found) and may_wait()):
            break
        if wait_s:
            await sleep(wait_s)
        found = await _read(reader, tried.result.change)
        current = replace(tried, result=_judge_status(tried, found))
        if _is_settled(tried, found):
            break
    return current


async def _look_behind_refusal(tried: Tried, reader: AccountReader) -> Tried:
    """The line with the status that Okta shows beside its refusal, for whoever reads both."""
    if tried.result.outcome is not Outcome.REFUSED:
        return tried
    found = await _read(reader, tried.result.change)
    if not isinstance(found, DirectoryUser):
        return tried
    return replace(tried, result=replace(tried.result, status=found.status))


async def verify_by_log(
    lines: Sequence[Tried], reader: AccountReader, sleep: Sleep
) -> tuple[AccountResult, ...]:
    """The results, with every line confirmed that only the System Log can show."""
    results = [tried.result for tried in lines]
    begun = {
        position: tried.begun_at - _CLOCKS_APART
        for position, tried in enumerate(lines)
        if tried.begun_at is not None
        and not _is_told_by_status(tried.result.change)
        and tried.result.outcome is not Outcome.REFUSED
        and _is_open(tried)
    }
    for wait_s in LOG_WAITS_S:
        if not begun:
            break
        if wait_s:
            await sleep(wait_s)
        log = await _read_log(reader, min(begun.values()), [results[p].change for p in begun])
        for position, since in tuple(begun.items()):
            is_shown = _is_in(log, results[position].change, since)
            results[position] = _judge_log(lines[position].result, log, is_shown=is_shown)
            if is_shown:
                del begun[position]
    return tuple(results)


async def read_account(reader: AccountReader, change: AccountChange) -> Found:
    """The account of just that id: Okta answers for a login that looks like one, too."""
    found = await reader.fetch_user(change.person.id or "")
    if isinstance(found, DirectoryUser) and found.id != change.person.id:
        return ReadFailure(code="malformed", detail=f"Okta answered with account {found.id}")
    return found


async def _read(reader: AccountReader, change: AccountChange) -> Found:
    """The account. The write was made, so a credential refused since is doubt too."""
    try:
        return await read_account(reader, change)
    except ConnectorError as error:
        return to_failure(error)


def _is_told_by_status(change: AccountChange) -> bool:
    """A status that the line starts from shows nothing."""
    return bool(change.expects) and change.person.status not in change.expects


def _is_open(tried: Tried) -> bool:
    """Whether Okta was asked, and its answer is not the last word."""
    if tried.result.outcome is Outcome.FAILED:
        return tried.is_unanswered
    return tried.result.outcome in {Outcome.ACCEPTED, Outcome.REFUSED}


def _is_moving(found: Found) -> bool:
    return isinstance(found, DirectoryUser) and bool(found.moving_to)


def _is_settled(tried: Tried, found: Found) -> bool:
    """Whether no other look would say more. A refusal is looked behind once."""
    if tried.result.outcome is Outcome.REFUSED:
        return not _is_moving(found)
    return shows_wanted(tried.result.change, found)


def _judge_status(tried: Tried, found: Found) -> AccountResult:
    line = tried.result
    if isinstance(found, DirectoryUser):
        line = replace(line, status=found.status)
    if shows_wanted(line.change, found):
        if line.outcome is Outcome.REFUSED:
            return replace(line, outcome=Outcome.ALREADY)
        return replace(line, outcome=Outcome.VERIFIED, detail="")
    if line.outcome is Outcome.ACCEPTED:
        return replace(line, detail=f"Okta accepted it; {_explain(found)}")
    if line.outcome is Outcome.FAILED:
        return replace(line, detail=f"{line.detail}; {_explain(found)}")
    return line


def _explain(found: Found) -> str:
    """Why the account does not show the line."""
    if found is None:
        return "it shows no such account"
    if isinstance(found, ReadFailure):
        return f"the account could not be read back: {found.detail}"
    if found.moving_to:
        return f"it is still moving the account to {found.moving_to}"
    return f"it shows the account as {found.status}"


async def _read_log(
    reader: AccountReader, since: datetime, changes: Iterable[AccountChange]
) -> AccountLog | ReadFailure:
    users = sorted({change.person.id for change in changes if change.person.id is not None})
    try:
        return await reader.fetch_account_log(since, users)
    except ConnectorError as error:
        return to_failure(error)


def _is_in(log: AccountLog | ReadFailure, change: AccountChange, since: datetime) -> bool:
    return isinstance(log, AccountLog) and any(
        event.user == change.person.id and event.kind in _KINDS[change.call] and event.at >= since
        for event in log.events
    )


def _judge_log(
    line: AccountResult, log: AccountLog | ReadFailure, *, is_shown: bool
) -> AccountResult:
    if is_shown:
        return replace(line, outcome=Outcome.VERIFIED, detail="")
    why = "its System Log does not show it yet"
    if isinstance(log, ReadFailure):
        why = f"its System Log could not be read: {log.detail}"
    said = "Okta accepted it" if line.outcome is Outcome.ACCEPTED else line.detail
    return replace(line, detail=f"{said}; {why}")
