"""An Okta of accounts, whose statuses move as Okta's do."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from reconciler.execution.accounts import Tools
from reconciler.model.accounts import LifecycleCall
from reconciler.model.directory import AccountEvent, AccountEventKind, AccountLog, Actor
from reconciler.model.errors import ConnectorError
from reconciler.model.outcome import WriteAnswer
from tests.support.builders import NOW

DOES = {
    LifecycleCall.SUSPEND: ("SUSPENDED", AccountEventKind.SUSPENDED),
    LifecycleCall.UNSUSPEND: ("ACTIVE", AccountEventKind.UNSUSPENDED),
    LifecycleCall.UNLOCK: ("ACTIVE", AccountEventKind.UNLOCKED_BY_ADMIN),
    LifecycleCall.RESET_PASSWORD: ("RECOVERY", AccountEventKind.PASSWORD_RESET),
    LifecycleCall.DEACTIVATE: ("DEPROVISIONED", AccountEventKind.DEACTIVATED),
    LifecycleCall.ACTIVATE: ("PROVISIONED", AccountEventKind.ACTIVATED),
    LifecycleCall.REACTIVATE: ("", AccountEventKind.REACTIVATED),
    LifecycleCall.CLEAR_SESSIONS: ("", AccountEventKind.SESSIONS_CLEARED),
}
"""The status that a call gives, where it gives one, and the event that it leaves."""
NO_ANSWER = ConnectorError("no-answer", "no answer came")


@dataclass
class FakeAccounts:
    """`refuses` maps a call to what it raises; of `loses` the call is made and raises all the same.

    `lag` is for how many looks a changed status stays as it was, `moves` for how many it is shown
    as on its way, and `log_lag` for how many questions the log is behind. `unread` is what a look
    at a person, or at the log, gives instead; `unread_after` once they were changed. Waits pass
    time.
    """

    users: dict
    refuses: dict = field(default_factory=dict)
    loses: dict = field(default_factory=dict)
    lag: int = 0
    moves: int = 0
    log_lag: int = 0
    unread: dict = field(default_factory=dict)
    unread_after: dict = field(default_factory=dict)
    members: dict = field(default_factory=dict)
    log: list = field(default_factory=list)
    events: list = field(default_factory=list)
    now: datetime = NOW
    slept: list = field(default_factory=list)
    shown: dict = field(default_factory=dict)
    """Looks at a person that are answered before the true one."""

    @classmethod
    def of(cls, *people, **more):
        """The org with these people."""
        return cls(users={person.id: person for person in people}, **more)

    @property
    def calls(self):
        """What was asked of Okta, in order and in short: `read jane`, `suspend jane`, `log`."""
        return [each for each in self.log if isinstance(each, str)]

    @property
    def tools(self):
        """What carrying out account lines needs."""
        return Tools(
            writer=self, reader=self, recorders=(self,), clock=self.clock, sleep=self.sleep
        )

    def clock(self):
        """Now."""
        return self.now

    async def sleep(self, seconds):
        """So long passed."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    async def change_account(self, user, call):
        """The call is made, unless it is refused."""
        self.log.append(f"{call.value} {user.removeprefix('00u')}")
        refusal = self.refuses.get((user, call)) or self.refuses.get(call)
        if refusal is not None:
            raise refusal
        self._make(user, call)
        if call in self.loses:
            raise self.loses[call]
        return WriteAnswer(request_id=f"req-{len(self.calls)}")

    async def fetch_user(self, id_or_login):
        """The account, as it is shown by now."""
        self.log.append(f"read {id_or_login.removeprefix('00u')}")
        if id_or_login in self.unread:
            return _raised(self.unread[id_or_login])
        found = self.users.get(id_or_login)
        shown = self.shown.get(id_or_login)
        return shown.pop(0) if shown else found

    async def fetch_account_log(self, since, users):
        """The events of these people since then, as far as the log has them by now."""
        self.log.append("log")
        if "log" in self.unread:
            return _raised(self.unread["log"])
        self.log_lag -= 1
        kept = [e for e in self.events if e.user in users and e.at >= since]
        return AccountLog(since=since, events=tuple(kept) if self.log_lag < 0 else ())

    async def add_member(self, group, user):
        """The user is a member of the group."""
        self.log.append(f"add {user.removeprefix('00u')}")
        self.members.setdefault(group, set()).add(user)
        return WriteAnswer(request_id=f"req-{len(self.calls)}")

    async def remove_member(self, group, user):
        """The user is no member of the group."""
        self.log.append(f"remove {user.removeprefix('00u')}")
        self.members.setdefault(group, set()).discard(user)
        return WriteAnswer(request_id=f"req-{len(self.calls)}")

    async def create_group(self, name, description):
        """No group is ever made."""
        raise NotImplementedError(name, description)

    async def fetch_members(self, group):
        """The group's members."""
        self.log.append("members")
        return tuple(self.users[user] for user in sorted(self.members.get(group, ())))

    def record_account_begun(self, write):
        """The change is in the log before it is made."""
        self.log.append(("begun", write))

    def record_account_answered(self, write, result):
        """Its end is in the log."""
        self.log.append(("answered", write, result))

    def _make(self, user, call):
        before = self.users[user]
        status, kind = DOES[call]
        after = replace(before, status=status or before.status, status_changed_at=self.now)
        self.users[user] = after
        going = replace(before, moving_to=after.status)
        self.shown[user] = [before] * self.lag + [going] * self.moves
        if user in self.unread_after:
            self.unread[user] = self.unread_after[user]
        self.events.append(AccountEvent(user=user, kind=kind, at=self.now, actor=Actor(id="us")))


def _raised(answer):
    """What a read gives: a value, or an error that it raises."""
    if isinstance(answer, Exception):
        raise answer
    return answer
