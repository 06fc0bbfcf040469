"""One person for each status and provider, and what two tables say comes of what is asked of them.

The one is the tool's own, the other the states of the sandbox's users.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from reconciler.accounts import table
from reconciler.accounts.table import STATUSES, AlreadySo, Do, Refuse
from reconciler.model.accounts import AccountAction
from reconciler.sandbox import Choices, Operation
from reconciler.sandbox.resources.user_lifecycle import Account, Transition, decide
from reconciler.sandbox.world.model import PROVIDERS
from reconciler.sandbox.world.options import POSSIBLE
from tests.support.builders import Company, user_id

__all__ = [
    "AT_ONCE",
    "BY_FILE",
    "CHOICES",
    "EVERYONE",
    "ON_CALL",
    "Asked",
    "Cell",
    "company",
    "sandbox_answer",
]

APPROVAL = {
    "ticket": "IT-9",
    "requested_by": "boss@example.com",
    "approved_by": ["it-admins@example.com", "it-desk@example.com"],
    "approved_at": "2026-11-22T08:30Z",
}
REQUEST = {
    "requested_at": "2026-11-22T08:30Z",
    "reason": "cannot sign in",
    "approval": APPROVAL,
}
TAKING = {AccountAction.SUSPEND, AccountAction.DEACTIVATE}
BACK = {
    "SUSPENDED": AccountAction.UNSUSPEND,
    "STAGED": AccountAction.REACTIVATE,
    "DEPROVISIONED": AccountAction.REACTIVATE,
}
CAN_SIGN_IN = {"ACTIVE", "PASSWORD_EXPIRED"}
UNKNOWN_OF_OKTA = tuple(
    name
    for name in POSSIBLE
    if name.startswith(("suspend_", "reset_", "reactivate_recovery", "unlock"))
)
CHOICES = {
    "as assumed": Choices(),
    "otherwise": Choices(**{name: POSSIBLE[name][1] for name in UNKNOWN_OF_OKTA}),
}
"""How the org answers where Okta's answer is not known: the first possible way, and the other."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A person, by what decides about them."""

    status: str
    provider: str

    @property
    def name(self):
        """Their login without the domain."""
        return f"{self.status}-{self.provider}".lower()


EVERYONE = tuple(
    Cell(status=status, provider=provider) for status in STATUSES for provider in sorted(PROVIDERS)
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of everyone: an action, by the word for it of those who ask on call."""

    name: str
    is_filed: ClassVar = False
    """Whether a file asks for it from then on."""

    def action(self, _status):
        """The action that it comes to in that status; None where it is so already."""
        return AccountAction(self.name)

    def decide(self, cell):
        """The cell of the tool's table that decides."""
        action = self.action(cell.status)
        return AlreadySo() if action is None else table.decide(cell.status, action, cell.provider)

    def refusal(self, cell):
        """Why nothing is done; None where something is, or it is so already."""
        decided = self.decide(cell)
        return decided if isinstance(decided, Refuse) else None

    def actions(self, cell):
        """What is done with the person, in its order."""
        if not isinstance(self.decide(cell), Do):
            return self.rest(cell)
        action = self.action(cell.status)
        if action not in TAKING:
            return [action.value]
        both = [action.value, AccountAction.CLEAR_SESSIONS.value]
        return both if action is AccountAction.SUSPEND else both[::-1]

    def rest(self, cell):
        """What is done although the table has nothing to do: sessions may be left."""
        is_there = (self.name, cell.status) == ("suspend", "SUSPENDED")
        return [AccountAction.CLEAR_SESSIONS.value] if is_there else []


class AskedByFile(Asked):
    """The same by the state that a file names, or by its key of a request."""

    is_filed = True

    @property
    def content(self):
        """The file's words."""
        if self.name in {"unlock", "password_reset"}:
            return {self.name: REQUEST}
        return {"state": self.name, "reason": "so decided", "approval": APPROVAL}

    def action(self, status):
        """A state that gives an account back acts only where it was taken."""
        match self.name:
            case "suspended":
                return AccountAction.SUSPEND
            case "deactivated":
                return AccountAction.DEACTIVATE
            case "active":
                return BACK.get(status)
            case "unlock":
                return None if status in CAN_SIGN_IN else AccountAction.UNLOCK
            case _:
                return AccountAction.RESET_PASSWORD

    def rest(self, _cell):
        """A suspension that is there since long was somebody's whole decision."""
        return []


class AskedToLeave(Asked):
    """The account is taken as far as Okta takes it, and their sessions end in any case."""

    is_filed = True

    def refusal(self, cell):
        """There is always something to do."""

    def rest(self, cell):
        """Only a closed account has no sessions."""
        is_closed = cell.status == "DEPROVISIONED"
        return [] if is_closed else [AccountAction.CLEAR_SESSIONS.value]


BY_FILE = tuple(
    AskedByFile(name=name)
    for name in ("suspended", "active", "deactivated", "unlock", "password_reset")
)
"""Everything that a file can ask for."""
ON_CALL = tuple(
    Asked(name=action.value)
    for action in AccountAction
    if action is not AccountAction.CLEAR_SESSIONS
)
"""Everything that a person can ask for."""
AT_ONCE = tuple(AskedToLeave(name=name) for name in ("suspend", "deactivate"))
"""What offboarding at once does."""


def company(asked, choices):
    """Everyone, with a file each that says so, where it is asked by files.

    Those who are to leave are in a group.
    """
    members = [cell.name for cell in EVERYONE] if isinstance(asked, AskedToLeave) else []
    found = replace(Company().with_lifecycle(), choices=choices).tool().bind(*members)
    for cell in EVERYONE:
        found = found.person(cell.name, status=cell.status, provider=cell.provider)
        if isinstance(asked, AskedByFile):
            found = found.account(cell.name, **asked.content)
    return found


def sandbox_answer(cell, call, choices):
    """The status that the sandbox's own states give for the call; None where they refuse it."""
    account = Account(id=user_id(cell.name), status=cell.status, provider=cell.provider)
    verdict = decide(account, Operation(call.value), choices)
    return verdict.to if isinstance(verdict, Transition) else None
