"""Every status, action and provider has its cell, and no other table says more."""

import pytest

from reconciler.accounts.table import STATUSES, AlreadySo, Do, Refuse, decide
from reconciler.model.accounts import AccountAction, LifecycleCall

PROVIDERS = ("OKTA", "FEDERATION", "ACTIVE_DIRECTORY", "LDAP", "SOCIAL", "IMPORT", "", "NEW")
A = AccountAction
# D: do, d: do where Okta does not document it, S: already so, -: refuse; in the order of STATUSES.
WANTED = {
    A.SUSPEND: "-dD--dS-",
    A.UNSUSPEND: "--S---D-",
    A.UNLOCK: "----D---",
    A.RESET_PASSWORD: "--DddD--",
    A.DEACTIVATE: "DDDDDDDS",
    A.REACTIVATE: "DDSd---D",
    A.CLEAR_SESSIONS: "DDDDDDDS",
}
KINDS = {"D": Do, "d": Do, "S": AlreadySo, "-": Refuse}


@pytest.mark.parametrize("action", list(A))
def test_each_status_has_the_cell_of_the_documents(action):
    """Of an account whose password Okta keeps."""
    found = [decide(status, action, "OKTA") for status in STATUSES]
    assert [type(cell) for cell in found] == [KINDS[letter] for letter in WANTED[action]]
    certain = [cell.is_certain for cell in found if isinstance(cell, Do)]
    assert certain == [letter == "D" for letter in WANTED[action] if letter in "Dd"]


@pytest.mark.parametrize("provider", PROVIDERS[1:])
@pytest.mark.parametrize("action", list(A))
def test_a_password_that_okta_does_not_keep_is_neither_reset_nor_unlocked(action, provider):
    """A plain reset would cut a federation, silently; nothing else asks for the provider."""
    for status in STATUSES:
        own, other = decide(status, action, "OKTA"), decide(status, action, provider)
        is_password = action in {A.UNLOCK, A.RESET_PASSWORD}
        resends = status == "RECOVERY" and action is A.REACTIVATE
        if isinstance(own, Do) and (is_password or resends):
            assert isinstance(other, Refuse)
            assert other.code == "account-password-elsewhere"
            assert other.why
            assert other.hint
        else:
            assert other == own


@pytest.mark.parametrize("action", list(A))
def test_an_unknown_status_is_left_alone(action):
    """Okta may add one."""
    found = decide("DREAMING", action, "OKTA")
    assert isinstance(found, Refuse)
    assert found.code == "account-status-unknown"


@pytest.mark.parametrize(
    ("status", "call"),
    [
        ("PROVISIONED", LifecycleCall.REACTIVATE),
        ("RECOVERY", LifecycleCall.REACTIVATE),
        ("STAGED", LifecycleCall.ACTIVATE),
        ("DEPROVISIONED", LifecycleCall.ACTIVATE),
    ],
)
def test_the_status_picks_the_request_that_brings_a_person_back(status, call):
    """Okta's `reactivate` is for those who were invited; a closed account is activated."""
    found = decide(status, A.REACTIVATE, "OKTA")
    assert isinstance(found, Do)
    assert found.call is call
