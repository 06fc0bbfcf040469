"""Who may agree to what is done with an account: the settings' operators and admins.

An operator's own request is its approval, for what `may` lists. An admin may agree to anything.
Nobody agrees to what is done with their own account. An account is deactivated by two of them,
one an admin, and comes back from that by an admin.
"""

from collections.abc import Iterator
from enum import Enum
from itertools import combinations

from reconciler.identity.aliases import Naming
from reconciler.model.accounts import AccountAction, AccountDeclaration, AccountPart, AccountState
from reconciler.model.settings import Contact, Operator, Settings
from reconciler.model.validity import Approval

__all__ = [
    "Lack",
    "describe_lacks",
    "find_able",
    "find_lacks",
    "find_own_names",
    "is_approved",
    "list_actions",
]

_ADMINS_ONLY = frozenset({AccountAction.DEACTIVATE, AccountAction.REACTIVATE})
_AS = {AccountAction.CLEAR_SESSIONS: AccountAction.SUSPEND}
"""What is a step of something else is approved with it."""
_ASKED_BY = {
    AccountPart.UNLOCK: (AccountAction.UNLOCK,),
    AccountPart.PASSWORD_RESET: (AccountAction.RESET_PASSWORD,),
}
_NAMING = Naming()
_LISTED = 5


class Lack(Enum):
    """What an approval lacks."""

    APPROVER = "approver"
    """Nobody in it may agree to this."""
    SECOND = "second"
    """It takes two people."""


def is_approved(
    action: AccountAction, approval: Approval, settings: Settings, who: Naming = _NAMING
) -> bool:
    """Whether those who approved are enough for the action."""
    return not any(find_lacks(action, approval, settings, who))


def find_lacks(
    action: AccountAction, approval: Approval, settings: Settings, who: Naming = _NAMING
) -> Iterator[Lack]:
    """What the approval lacks for the action; nothing where it is enough."""
    able = find_able(action, approval, settings)
    if not any(_is_named(name, each, who) for name in approval.approved_by for each in able):
        yield Lack.APPROVER
    if action is AccountAction.DEACTIVATE and not _are_two(approval, settings, who):
        yield Lack.SECOND


def describe_lacks(
    action: AccountAction, approval: Approval, settings: Settings, who: Naming = _NAMING
) -> str:
    """Who has to agree besides for it to be enough."""
    able = [each.email for each in find_able(action, approval, settings)]
    if not able:
        return "name admins or operators in settings.yaml"
    more = ", …" if len(able) > _LISTED else ""
    listed = f"{', '.join(able[:_LISTED])}{more}"
    if Lack.SECOND in find_lacks(action, approval, settings, who):
        return f"two people have to agree, one of them an admin ({listed})"
    return f"one of these has to agree: {listed}"


def find_able(
    action: AccountAction, approval: Approval, settings: Settings
) -> tuple[Contact | Operator, ...]:
    """One of whom has to be among those who approved, on the day of the approval."""
    named = _AS.get(action, action)
    admins = (a for a in settings.admins if a.may_approve(approval.approved_at))
    able = () if named in _ADMINS_ONLY else (o for o in settings.operators if named in o.may)
    return (*admins, *able)


def list_actions(declared: AccountDeclaration, part: AccountPart) -> tuple[AccountAction, ...]:
    """What the approval of a part has to be enough for, as far as the file alone can tell.

    `state: active` ends a suspension or reopens a closed account: which, only Okta shows. So the
    file has to be enough for the lesser one, and what a plan makes of it is asked about there.
    """
    if part is not AccountPart.STATE:
        return _ASKED_BY[part]
    match declared.state:
        case AccountState.ACTIVE:
            return (AccountAction.UNSUSPEND,)
        case AccountState.SUSPENDED if declared.until is not None:
            return (AccountAction.SUSPEND, AccountAction.UNSUSPEND)
        case AccountState.SUSPENDED:
            return (AccountAction.SUSPEND,)
        case AccountState.DEACTIVATED:
            return (AccountAction.DEACTIVATE,)
        case None:
            return ()


def find_own_names(
    subject: str, names: tuple[str, ...], who: Naming = _NAMING
) -> Iterator[tuple[int, str]]:
    """Those of the names that may be the subject's own, each with its place among them."""
    for number, name in enumerate(names):
        if who.possible.may_be_one(name, subject):
            yield number, name


def _is_named(name: str, contact: Contact | Operator, who: Naming) -> bool:
    """Whether the name is surely one of the contact's."""
    theirs = who.known.of_all((contact.email, contact.github))
    return not theirs.isdisjoint(who.known.of(name))


def _are_two(approval: Approval, settings: Settings, who: Naming) -> bool:
    """Whether two of the names are surely two people's, each an admin or an operator that day.

    A name that the settings do not know may be the first one's, spelled otherwise, or nobody's.
    """
    admins = (a for a in settings.admins if a.may_approve(approval.approved_at))
    several: tuple[Contact | Operator, ...] = (*admins, *settings.operators)
    known = [
        name for name in approval.approved_by if any(_is_named(name, each, who) for each in several)
    ]
    return any(
        not who.possible.may_be_one(one, other) and not _share_entry(one, other, settings, who)
        for one, other in combinations(known, 2)
    )


def _share_entry(one: str, other: str, settings: Settings, who: Naming) -> bool:
    return any(
        _is_named(one, each, who) and _is_named(other, each, who)
        for each in settings.account_approvers
    )
