"""Carries out the account lines of a plan, in its order, one after another.

Each is sent once, whatever becomes of its answer. Before it the account is read: while Okta still
moves it to another status nothing is sent, and where it is no longer in the status that the line
was planned for, the next plan decides. Ending sessions needs no such look.

A line that fails stops no other one of the person. Sessions are ended although the suspension
failed, because they are what a thief has; and a deactivation that was agreed takes place although
ending the sessions failed, because leaving the account open would leave more.

A 401 stops the whole run. A 403 that speaks of our rights stops further lines of the same call, and
from a second kind of call the rest of the account lines: Okta gives the right to each apart. It
says nothing of groups, so memberships go on: who could not be suspended is removed all the more.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.execution.account_readback import (
    MOVING_WAITS_S,
    Found,
    Sleep,
    Tried,
    read_account,
    shows_wanted,
    to_failure,
    verify_status,
)
from reconciler.execution.executor import (
    ASKED_TO_END,
    CREDENTIAL_REFUSED,
    HTTP_FORBIDDEN,
    HTTP_NOT_FOUND,
    HTTP_UNAUTHORIZED,
    PERMISSION_CODES,
    RATE_LIMITED,
    REMOVALS_OFF,
    Orders,
)
from reconciler.execution.ports import AccountReader, DirectoryWriter, Recorder
from reconciler.execution.readback import WAITS_S
from reconciler.model.accounts import LifecycleCall
from reconciler.model.directory import DEPROVISIONED, SUSPENDED, DirectoryUser, ReadFailure
from reconciler.model.errors import ConnectorError, EndingError, IncompleteReadError
from reconciler.model.ids import OktaUserId
from reconciler.model.outcome import AccountResult, AccountWrite, Outcome
from reconciler.model.plan import AccountChange

__all__ = ["AccountsDone", "Tools", "carry_out_accounts", "find_not_active"]

_HTTP_BAD_REQUEST = 400
_ANSWERS = frozenset({_HTTP_BAD_REQUEST, HTTP_FORBIDDEN, HTTP_NOT_FOUND})
"""Refusals by which Okta says that it does not do this to this account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What changing accounts needs of the outside world."""

    writer: DirectoryWriter
    reader: AccountReader
    recorders: Sequence[Recorder]
    clock: Callable[[], datetime]
    sleep: Sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsDone:
    """Every account line as far as its status tells, in the order given."""

    lines: tuple[Tried, ...] = ()
    stopped_by: str = ""
    """Why the whole run ends here, empty where it goes on."""

    @property
    def results(self) -> tuple[AccountResult, ...]:
        """The lines as they stand."""
        return tuple(tried.result for tried in self.lines)


@dataclass(slots=True)
class _Run:
    """What the run has learnt so far; the only mutable state here."""

    orders: Orders
    tools: Tools
    touched: set[OktaUserId] = field(default_factory=set)
    """Whose status this run may have moved."""
    forbidden: set[LifecycleCall] = field(default_factory=set)
    stopped_by: str = ""
    ended_by: str = ""
    """Why the rest is left to another run, which is no error of this one."""

    def may_wait(self) -> bool:
        """Whether there is time for what Okta does by itself."""
        return not (self.orders.should_stop() or self.orders.why_end())


async def carry_out_accounts(orders: Orders, tools: Tools) -> AccountsDone:
    """Every account line has been tried once and read back, held, or recorded as not run."""
    run, lines = _Run(orders, tools), []
    for number, change in enumerate(orders.accounts, start=1):
        tried = await _carry_out_line(AccountWrite(number=number, change=change), run)
        lines.append(tried)
        orders.on_line(tried.result)
    return AccountsDone(lines=tuple(lines), stopped_by=run.stopped_by)


def find_not_active(
    planned: Iterable[AccountChange], results: Iterable[AccountResult]
) -> frozenset[OktaUserId]:
    """Whom the plan makes active, and who is not seen to be, whatever the reason."""
    seen = {r.change.person.id for r in results if _gives_back(r.change) and r.outcome.is_done}
    wanted = {change.person.id for change in planned if _gives_back(change)}
    return frozenset(user for user in wanted - seen if user is not None)


def _gives_back(change: AccountChange) -> bool:
    is_inactive = change.person.status in {SUSPENDED, DEPROVISIONED}
    return is_inactive and not change.action.takes_away


async def _carry_out_line(write: AccountWrite, run: _Run) -> Tried:
    change = write.change
    if change.held_by:
        held = _result(change, Outcome.HELD, f"held by {', '.join(change.held_by)}")
        return Tried(result=held)
    why = _why_not_run(change, run)
    untried = _result(change, Outcome.NOT_RUN, why) if why else await _look_before(change, run)
    if untried is not None:
        return Tried(result=untried)
    tried = await _send(write, run)
    return await verify_status(tried, run.tools.reader, run.tools.sleep, run.may_wait)


def _why_not_run(change: AccountChange, run: _Run) -> str:
    if run.stopped_by:
        return run.stopped_by
    if run.orders.should_stop():
        return ASKED_TO_END
    if run.ended_by or run.orders.why_end():
        return run.ended_by or run.orders.why_end()
    if change.action.takes_away and not run.orders.allows_removals:
        return REMOVALS_OFF
    if change.call in run.forbidden:
        return "Okta refused such a call before (403)"
    return "" if change.person.id else "the line names no one"


async def _look_before(change: AccountChange, run: _Run) -> AccountResult | None:
    """Why the line is not sent, as the account shows; None where it is."""
    if change.call is LifecycleCall.CLEAR_SESSIONS:
        return None
    found = await _read_settled(change, run)
    if shows_wanted(change, found):
        return _result(change, Outcome.ALREADY, "done before this run", found)
    why = _explain_unsuitable(change, found, run) or _why_not_run(change, run)
    return _result(change, Outcome.NOT_RUN, why, found) if why else None


async def _read_settled(change: AccountChange, run: _Run) -> Found:
    """The account, once Okta has finished what it is doing with it, or as it was seen last."""
    found: Found = None
    for wait_s in (*WAITS_S, *MOVING_WAITS_S):
        if wait_s:
            if not run.may_wait():
                break
            await run.tools.sleep(wait_s)
        found = await _read(change, run)
        if not (isinstance(found, DirectoryUser) and found.moving_to):
            break
    return found


async def _read(change: AccountChange, run: _Run) -> Found:
    try:
        return await read_account(run.tools.reader, change)
    except ConnectorError as error:
        if error.status == HTTP_UNAUTHORIZED:
            run.stopped_by = CREDENTIAL_REFUSED
        return to_failure(error)


def _explain_unsuitable(change: AccountChange, found: Found, run: _Run) -> str:
    if found is None:
        return "Okta shows no such account"
    if isinstance(found, ReadFailure):
        return f"the account could not be read: {found.detail}"
    if found.moving_to:
        return f"Okta is still moving the account to {found.moving_to}"
    if found.id not in run.touched and found.status != change.person.status:
        return f"the account is {found.status} now; it was planned for {change.person.status}"
    return ""


async def _send(write: AccountWrite, run: _Run) -> Tried:
    """One call, recorded before and after; an outcome is recorded whatever happens."""
    change, tools = write.change, run.tools
    user = change.person.id or OktaUserId("")
    for recorder in tools.recorders:
        recorder.record_account_begun(write)
    begun_at = tools.clock()
    run.touched.add(user)
    try:
        answer = await tools.writer.change_account(user, change.call)
    except EndingError as ending:
        run.ended_by = run.ended_by or ending.message
        tried = Tried(result=_result(change, Outcome.NOT_RUN, ending.message))
    except ConnectorError as error:
        tried = _judge_failure(change, error, begun_at, run)
    except BaseException:
        _record_answered(write, None, run)
        raise
    else:
        accepted = AccountResult(
            change=change, outcome=Outcome.ACCEPTED, request_id=answer.request_id
        )
        tried = Tried(result=accepted, begun_at=begun_at)
    _record_answered(write, tried.result, run)
    return tried


def _record_answered(write: AccountWrite, result: AccountResult | None, run: _Run) -> None:
    for recorder in run.tools.recorders:
        recorder.record_account_answered(write, result)


def _judge_failure(
    change: AccountChange, error: ConnectorError, begun_at: datetime, run: _Run
) -> Tried:
    """The line's outcome, and what the refusal means for the lines after it."""
    is_answer = error.status in _ANSWERS and not isinstance(error, IncompleteReadError)
    is_unread = error.status == HTTP_UNAUTHORIZED or error.code == RATE_LIMITED
    if error.status == HTTP_UNAUTHORIZED:
        run.stopped_by = CREDENTIAL_REFUSED
    if error.code == RATE_LIMITED:
        run.ended_by = "a change of an account found Okta's rate limit used up"
    if error.status == HTTP_FORBIDDEN and error.okta_code in PERMISSION_CODES:
        run.forbidden.add(change.call)
    if len(run.forbidden) > 1:
        run.ended_by = "Okta refused a second kind of call (403)"
    result = AccountResult(
        change=change,
        outcome=Outcome.REFUSED if is_answer else Outcome.FAILED,
        detail=error.message,
        request_id=error.request_id,
    )
    return Tried(result=result, begun_at=begun_at, is_unanswered=not (is_answer or is_unread))


def _result(
    change: AccountChange, outcome: Outcome, detail: str, found: Found = None
) -> AccountResult:
    status = found.status if isinstance(found, DirectoryUser) else ""
    return AccountResult(change=change, outcome=outcome, detail=detail, status=status)
