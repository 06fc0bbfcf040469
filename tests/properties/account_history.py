"""One account over weeks: what Okta holds, what people do to it, what its file says, and our runs.

Okta's side is written from its documents alone and shares nothing with the code that is judged.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from reconciler.accounts.past import AccountPast, NeedsLog, Planned
from reconciler.accounts.requests import decide_request
from reconciler.accounts.states import decide_state
from reconciler.identity.own_actors import OwnActors
from reconciler.model.accounts import (
    AccountAction,
    AccountDeclaration,
    AccountPart,
    AccountRequest,
    AccountState,
)
from reconciler.model.directory import (
    AccountEvent,
    AccountEventKind,
    AccountLog,
    Actor,
    DirectoryUser,
    ReadFailure,
)
from reconciler.model.plan import BlockReason
from reconciler.model.validity import Approval

__all__ = ["OPERATIONS", "Broken", "History"]

OURS = Actor(id="0oaours", kind="PublicClientApp", client_id="0oaours")
ADMIN = Actor(id="00uadmin", kind="User", login="admin@example.com")
SYSTEM = Actor(id="sys", kind="SystemPrincipal")
THEM = Actor(id="00ujane", kind="User", login="jane@example.com")
FIRST = datetime(2026, 9, 1, 8, tzinfo=UTC)
LAG = timedelta(seconds=30)
"""An event is in the log after this; a run waits for its own."""
KIND = AccountEventKind
GIVING = {KIND.UNSUSPENDED, KIND.ACTIVATED}
RESETS = {KIND.PASSWORD_RESET, KIND.REACTIVATED}
FROM_SUSPENSION = ("ACTIVE", "PASSWORD_EXPIRED", "PROVISIONED")


class Broken(AssertionError):  # noqa: N818 - a verdict
    """A promise was broken; the text says which, and how the account came to it."""


@dataclass
class History:
    """One account. Every operation takes its chances from `chance`."""

    chance: Random
    now: datetime = FIRST
    status: str = "ACTIVE"
    before: str = "ACTIVE"
    changed: datetime = FIRST - timedelta(days=30)
    last_by: Actor = ADMIN
    events: list[AccountEvent] = field(default_factory=list)
    declared: AccountDeclaration | None = None
    asked: list[tuple[AccountPart, AccountRequest, datetime]] = field(default_factory=list)
    sessions: bool = True
    on_call_at: datetime | None = None
    """When a person on call suspended it, where that is the last suspension."""
    told: list[str] = field(default_factory=list)

    # What happens in Okta.

    def _happen(self, kind: KIND, actor: Actor, status: str | None = None) -> None:
        self.events.append(AccountEvent(user="00ujane", kind=kind, at=self.now, actor=actor))
        self.told.append(f"{self.now:%m-%d %H:%M:%S} {kind.value} by {actor.id} -> {status}")
        if status is not None and status != self.status:
            self.before = self.status if status == "SUSPENDED" else self.before
            self.status, self.changed, self.last_by = status, self._second(), actor
            self.on_call_at = None
        if kind is KIND.SESSIONS_CLEARED:
            self.sessions = False

    def _second(self) -> datetime:
        return self.now.replace(microsecond=0)

    def lock(self) -> None:
        """Too many wrong passwords."""
        if self.status in {"ACTIVE", "PASSWORD_EXPIRED", "RECOVERY"}:
            self._happen(KIND.LOCKED, THEM, "LOCKED_OUT")

    def unlock_by_time(self) -> None:
        """The lock ends by itself."""
        if self.status == "LOCKED_OUT":
            self._happen(KIND.UNLOCKED, SYSTEM, "ACTIVE")

    def sign_in(self) -> None:
        """A person who was sent a link sets a password."""
        if self.status in {"RECOVERY", "PROVISIONED", "PASSWORD_EXPIRED"}:
            self.status, self.changed, self.last_by = "ACTIVE", self._second(), THEM
            self.told.append(f"{self.now:%m-%d %H:%M:%S} signs in")
        self.sessions = self.sessions or self.status == "ACTIVE"

    def act_as_admin(self) -> None:
        """A console admin's hand."""
        act = self.chance.choice(("suspend", "return", "deactivate", "reset", "unlock"))
        if act == "suspend" and self.status in FROM_SUSPENSION:
            self._happen(KIND.SUSPENDED, ADMIN, "SUSPENDED")
        elif act == "return" and self.status == "SUSPENDED":
            self._happen(KIND.UNSUSPENDED, ADMIN, self.before)
        elif act == "return" and self.status == "DEPROVISIONED":
            self._happen(KIND.ACTIVATED, ADMIN, "PROVISIONED")
        elif act == "deactivate" and self.status != "DEPROVISIONED":
            self._happen(KIND.DEACTIVATED, ADMIN, "DEPROVISIONED")
        elif act == "reset" and self.status in {"ACTIVE", "PASSWORD_EXPIRED"}:
            self._happen(KIND.PASSWORD_RESET, ADMIN, "RECOVERY")
        elif act == "unlock" and self.status == "LOCKED_OUT":
            self._happen(KIND.UNLOCKED_BY_ADMIN, ADMIN, "ACTIVE")

    def act_on_call(self) -> None:
        """A person on call, by this tool: the events are ours, and no file asked for them."""
        if self.status in FROM_SUSPENSION and self.chance.random() < 0.5:
            self._happen(KIND.SUSPENDED, OURS, "SUSPENDED")
            self._happen(KIND.SESSIONS_CLEARED, OURS)
            self.on_call_at = self.now
        elif self.status == "SUSPENDED":
            self._happen(KIND.UNSUSPENDED, OURS, self.before)
        self.now += 2 * LAG

    # What the file says.

    def declare(self) -> None:
        """A state is merged, approved now or some days ago, to the second or by the day."""
        state = self.chance.choice(list(AccountState))
        back = timedelta(minutes=self.chance.choice((0, 1, 600, 3000)))
        until = None
        if state is AccountState.SUSPENDED and self.chance.random() < 0.5:
            until = (self.now + timedelta(days=self.chance.randint(0, 5))).date()
        self.declared = AccountDeclaration(
            subject="jane@example.com",
            state=state,
            until=until,
            reason="r",
            approval=self._approval(self.now - back),
        )
        self.told.append(f"{self.now:%m-%d %H:%M:%S} says {state.value} until {until}, -{back}")

    def ask(self) -> None:
        """A request is merged, some time after it was written."""
        part = self.chance.choice((AccountPart.UNLOCK, AccountPart.PASSWORD_RESET))
        at = self._second() - timedelta(minutes=self.chance.choice((0, 5, 60, 2000)))
        request = AccountRequest(requested_at=at, reason="r", approval=self._approval(at))
        self.asked.append((part, request, self.now))
        self.told.append(f"{self.now:%m-%d %H:%M:%S} asks {part.value} of {at:%m-%d %H:%M}")

    def _approval(self, at: datetime) -> Approval:
        has_time = self.chance.random() < 0.7
        time = at.time().replace(microsecond=0) if has_time else None
        return Approval(
            ticket="T-1",
            approved_by=("it@example.com",),
            approved_at=at.date(),
            approved_time=time,
        )

    def wait(self) -> None:
        """Time passes: minutes, hours, or days."""
        self.now += timedelta(seconds=self.chance.choice((20, 90, 4000, 90_000, 400_000)))

    # What we do.

    def run(self) -> None:
        """One reviewed apply, which may be killed; a second one right after does nothing."""
        is_killed = self.chance.random() < 0.2
        done = self._carry_out(is_killed=is_killed)
        if is_killed or self.chance.random() < 0.3:
            return
        again = {p.action for _, p in self._plan()}
        if again & set(done):
            raise self._broken(f"a second apply repeats {again} after {done}")

    def _carry_out(self, *, is_killed: bool) -> list[AccountAction]:
        planned = self._plan(is_readable=self.chance.random() < 0.9)
        done = []
        for source, line in planned:
            self._judge(source, line)
            self._write(line)
            done.append(line.action)
            if is_killed:
                break
            if line.action in {AccountAction.SUSPEND, AccountAction.DEACTIVATE}:
                self._happen(KIND.SESSIONS_CLEARED, OURS)
        self.now += 2 * LAG
        return done

    def _plan(self, *, is_readable: bool = True) -> list[tuple[object, Planned]]:
        log = None if is_readable else ReadFailure(code="refused", detail="403")
        lines: list[tuple[object, Planned]] = []
        if self.declared is not None:
            lines += self._decide(self.declared, log)
        if self.declared is None or self.declared.state is AccountState.ACTIVE:
            for asked in self.asked:
                lines += self._decide(asked, log)
        return lines[:1]  # the status has changed after the first: the next plan has the others

    def _decide(self, source: object, log: ReadFailure | None) -> list[tuple[object, Planned]]:
        own = OwnActors(apps=frozenset({"0oaours"}))
        decision = self._ask_decision(source, AccountPast(own=own))
        if isinstance(decision, NeedsLog):
            past = AccountPast(log=log or self._log(decision.since), own=own)
            decision = self._ask_decision(source, past)
            if isinstance(decision, NeedsLog):
                raise self._broken("the log was asked and is asked for again")
        self._judge_answer(source, decision)
        if isinstance(decision, BlockReason) or decision is None:
            return []
        return [(source, decision)]

    def _judge_answer(self, source: object, decision: object) -> None:
        """What was carried out and can be seen is neither done again nor asked about."""
        if isinstance(source, AccountDeclaration):
            return
        part, request, _ = source
        kinds = {KIND.UNLOCKED_BY_ADMIN} if part is AccountPart.UNLOCK else RESETS
        seen = [e for e in self._since(request.requested_at) if e.at <= self.now - LAG]
        is_done = any(e.actor == OURS and e.kind in kinds for e in seen)
        is_unread = isinstance(decision, BlockReason) and decision.code == "account-log-unread"
        if is_done and decision is not None and not is_unread:
            raise self._broken(f"{part.value} was carried out, and is {decision}")

    def _ask_decision(self, source: object, past: AccountPast) -> object:
        if isinstance(source, AccountDeclaration):
            return decide_state(source, self._user(), past, self.now)
        part, request, merged_at = source
        return decide_request(part, request, self._user(), past, self.now, merged_at)

    def _user(self) -> DirectoryUser:
        return DirectoryUser(
            id="00ujane",
            login="jane@example.com",
            status=self.status,
            created_at=FIRST - timedelta(days=300),
            status_changed_at=self.changed,
            provider="OKTA",
        )

    def _log(self, since: datetime) -> AccountLog:
        start = max(since, self.now - timedelta(days=90))
        shown = (e for e in self.events if start <= e.at <= self.now - LAG)
        return AccountLog(since=start, events=tuple(shown))

    def _write(self, line: Planned) -> None:
        status, kind = {
            AccountAction.SUSPEND: ("SUSPENDED", KIND.SUSPENDED),
            AccountAction.UNSUSPEND: (self.before, KIND.UNSUSPENDED),
            AccountAction.DEACTIVATE: ("DEPROVISIONED", KIND.DEACTIVATED),
            AccountAction.REACTIVATE: ("PROVISIONED", KIND.ACTIVATED),
            AccountAction.UNLOCK: ("ACTIVE", KIND.UNLOCKED_BY_ADMIN),
            AccountAction.RESET_PASSWORD: ("RECOVERY", KIND.PASSWORD_RESET),
            AccountAction.CLEAR_SESSIONS: (None, KIND.SESSIONS_CLEARED),
        }[line.action]
        if line.action is AccountAction.RESET_PASSWORD and self.status == "RECOVERY":
            kind = KIND.REACTIVATED
        self._happen(kind, OURS, status)

    # The promises.

    def _judge(self, source: object, line: Planned) -> None:
        if isinstance(source, AccountDeclaration):
            self._judge_state(source, line)
            return
        part, request, merged_at = source
        if self.now - merged_at > timedelta(hours=24):
            raise self._broken(f"{part.value} is carried out after it lapsed")
        kinds = {KIND.UNLOCKED_BY_ADMIN} if part is AccountPart.UNLOCK else RESETS
        ours = [e for e in self._since(request.requested_at) if e.actor == OURS]
        if any(e.kind in kinds for e in ours):
            raise self._broken(f"{part.value} is carried out twice")
        if part is AccountPart.UNLOCK and self.changed > request.requested_at:
            raise self._broken("a lock that is newer than the request is lifted")
        moves = [
            e for e in self._since(request.requested_at) if e.kind is not KIND.SESSIONS_CLEARED
        ]
        steps = {KIND.UNLOCKED_BY_ADMIN, KIND.UNSUSPENDED}
        is_own = bool(moves) and all(e.actor == OURS and e.kind in steps for e in moves)
        has_moved = self.changed >= request.requested_at and self.now - LAG > self.changed
        if has_moved and not is_own:
            raise self._broken(f"{part.value} is carried out after something else moved")

    def _judge_state(self, declared: AccountDeclaration, line: Planned) -> None:
        approval = declared.approval
        if approval is None:
            raise self._broken("nobody approved it")
        has_ended = declared.until is not None and self.now.date() > declared.until
        if line.action is AccountAction.UNSUSPEND and has_ended and self.last_by != OURS:
            raise self._broken("a suspension is ended that is not ours")
        self._judge_end(declared, line)
        gives = line.action in {AccountAction.UNSUSPEND, AccountAction.REACTIVATE}
        if gives and not has_ended and self.changed >= approval.earliest:
            raise self._broken("it is given back by an approval that may be older")
        if line.action in {AccountAction.SUSPEND, AccountAction.DEACTIVATE}:
            if has_ended:
                raise self._broken("it is suspended after the end")
            given = [e for e in self._since(approval.earliest) if e.kind in GIVING]
            if any(e.at <= self.now - LAG for e in given):
                raise self._broken("it is taken again after it was given back")

    def _judge_end(self, declared: AccountDeclaration, line: Planned) -> None:
        on_call, end = self.on_call_at, declared.until
        is_later = on_call is not None and end is not None and on_call.date() > end
        if line.action is AccountAction.UNSUSPEND and is_later and self.now.date() > end:
            raise self._broken("an old file ends a suspension of later, made on call")

    def _since(self, at: datetime) -> list[AccountEvent]:
        return [e for e in self.events if e.at >= at]

    def _broken(self, why: str) -> Broken:
        return Broken("\n".join((why, *self.told, f"{self.now:%m-%d %H:%M:%S} {self.status}")))


OPERATIONS = (
    History.lock,
    History.unlock_by_time,
    History.sign_in,
    History.act_as_admin,
    History.act_on_call,
    History.declare,
    History.ask,
    History.wait,
)
