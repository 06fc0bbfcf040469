"""Who may approve what is done with an account (operators and admins of the settings)."""

from reconciler.model.accounts import AccountAction
from reconciler.model.ids import login_key
from reconciler.model.settings import Settings
from reconciler.model.validity import Approval

__all__ = ["is_approved"]

_ADMINS_ONLY = frozenset({AccountAction.DEACTIVATE, AccountAction.REACTIVATE})
_DEACTIVATORS = 2


def is_approved(action: AccountAction, approval: Approval, settings: Settings) -> bool:
    """Whether those who approved are enough for the action."""
    approvers = {login_key(name) for name in approval.approved_by}
    admins = {
        login_key(each.email) for each in settings.admins if each.may_approve(approval.approved_at)
    }
    if action is AccountAction.DEACTIVATE and len(approvers) < _DEACTIVATORS:
        return False
    if not admins.isdisjoint(approvers):
        return True
    if action is AccountAction.CLEAR_SESSIONS:
        action = AccountAction.SUSPEND
    operators = {login_key(each.email) for each in settings.operators if action in each.may}
    return action not in _ADMINS_ONLY and not operators.isdisjoint(approvers)
