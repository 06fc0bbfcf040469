"""How an account line is written, and everything that speaks against one.

The same for what a file asks and for what is asked on call.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reconciler.accounts.authority import is_approved
from reconciler.accounts.past import Planned
from reconciler.accounts.protection import Shield, find_refusal
from reconciler.identity.aliases import Naming
from reconciler.model.accounts import AccountAction, LifecycleCall
from reconciler.model.catalog import Connector, Risk
from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import OktaUserId, login_key
from reconciler.model.plan import AccountChange, AccountConsequences, AccountRef, BlockReason
from reconciler.model.settings import Settings
from reconciler.model.validity import Approval
from reconciler.planning.approvals.accounts import find_own_name
from reconciler.planning.classify import Protection
from reconciler.planning.people import People
from reconciler.planning.refs import cite_person

__all__ = [
    "APPROVAL_INSUFFICIENT",
    "TAKES_ACCOUNT",
    "TELLS_GROUPS",
    "AccountCourt",
    "build_shield",
    "find_account_refusal",
    "write_account_lines",
]

APPROVAL_INSUFFICIENT = "account-approval-insufficient"
TAKES_ACCOUNT = frozenset({AccountAction.SUSPEND, AccountAction.DEACTIVATE})
"""What ends sessions besides."""
TELLS_GROUPS = TAKES_ACCOUNT | {AccountAction.REACTIVATE}
"""What has consequences: Okta keeps a closed account in its groups, by approvals from before."""
_NOUNS = {AccountAction.SUSPEND: "suspension", AccountAction.DEACTIVATE: "deactivation"}
_RISKS = {
    AccountAction.DEACTIVATE: Risk.HIGH,
    AccountAction.REACTIVATE: Risk.HIGH,
    AccountAction.SUSPEND: Risk.MEDIUM,
    AccountAction.UNSUSPEND: Risk.MEDIUM,
    AccountAction.CLEAR_SESSIONS: Risk.MEDIUM,
    AccountAction.RESET_PASSWORD: Risk.MEDIUM,
    AccountAction.UNLOCK: Risk.LOW,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCourt:
    """By whom and by what a change of an account is judged, besides its own facts."""

    settings: Settings
    known: People
    shield: Shield
    who: Naming
    """Which names are one person's, by the files."""


def build_shield(
    protection: Protection, connectors: Iterable[Connector], caller: OktaUserId | None
) -> Shield:
    """Whose accounts a run never touches; two connectors may be of one org."""
    canaries = (each.canary for each in connectors)
    return Shield(
        protected=protection.ids,
        holds_all=protection.holds_all,
        caller=caller,
        canaries=frozenset(login_key(each.user) for each in canaries if each is not None),
    )


def find_account_refusal(
    action: AccountAction, user: DirectoryUser, approval: Approval, court: AccountCourt
) -> BlockReason | None:
    """What speaks against it: who they are, and who approved it; not yet their admin roles."""
    if (refusal := find_refusal(user, court.shield)) is not None:
        return refusal
    approvers = court.settings.account_approvers
    own = find_own_name(approval.approved_by, approvers, user, court.known)
    if own:
        return BlockReason(
            code="approver-is-account",
            summary=f"the approver {own} is {user.login} ({user.id}) in Okta, whose account it is",
            hint="have another approver agree",
        )
    if not is_approved(action, approval, court.settings, court.who):
        return BlockReason(
            code=APPROVAL_INSUFFICIENT,
            summary=f"{action.value} of {user.login} ({user.status}) needs more approval "
            f"than that of {', '.join(approval.approved_by)}",
            hint="an operator whose `may` lists it agrees, or an admin of the settings; two people "
            "to deactivate, one of them an admin",
        )
    return None


def write_account_lines(
    planned: Planned,
    user: DirectoryUser,
    source: AccountRef,
    consequences: AccountConsequences,
) -> Iterator[AccountChange]:
    """The line, and the end of the sessions beside it where it takes the account away."""
    takes = planned.action in TAKES_ACCOUNT
    line = AccountChange(
        action=planned.action,
        call=planned.call,
        person=cite_person(user),
        expects=planned.expects,
        reason=planned.reason,
        risk=_RISKS[planned.action],
        source=source,
        consequences=consequences if planned.action in TELLS_GROUPS else AccountConsequences(),
    )
    yield line
    if takes:
        yield replace(
            line,
            action=AccountAction.CLEAR_SESSIONS,
            call=LifecycleCall.CLEAR_SESSIONS,
            expects=(),
            reason=f"ends where they are signed in, with the {_NOUNS[planned.action]}",
            risk=_RISKS[AccountAction.CLEAR_SESSIONS],
            consequences=AccountConsequences(),
        )
