"""The states of a user."""

import pytest

from reconciler.sandbox.resources.user_lifecycle import (
    DELETED,
    Account,
    Operation,
    Refusal,
    Transition,
    decide,
)
from reconciler.sandbox.world.model import USER_STATUSES
from reconciler.sandbox.world.options import Choices

DONE = {
    "activate": {"STAGED": "PROVISIONED", "DEPROVISIONED": "PROVISIONED"},
    "reactivate": {"PROVISIONED": "PROVISIONED", "RECOVERY": "RECOVERY"},
    "deactivate": dict.fromkeys(USER_STATUSES - {"DEPROVISIONED"}, "DEPROVISIONED"),
    "suspend": dict.fromkeys(("ACTIVE", "PROVISIONED", "PASSWORD_EXPIRED"), "SUSPENDED"),
    "unsuspend": {"SUSPENDED": "ACTIVE"},
    "unlock": {"LOCKED_OUT": "ACTIVE"},
    "reset_password": dict.fromkeys(
        ("PROVISIONED", "ACTIVE", "RECOVERY", "LOCKED_OUT", "PASSWORD_EXPIRED"), "RECOVERY"
    ),
    "expire_password": dict.fromkeys(("ACTIVE", "PASSWORD_EXPIRED"), "PASSWORD_EXPIRED"),
    "expire_password_with_temp_password": dict.fromkeys(
        ("ACTIVE", "PASSWORD_EXPIRED"), "PASSWORD_EXPIRED"
    ),
    "reset_factors": {each: each for each in USER_STATUSES - {"DEPROVISIONED"}},
    "delete": {
        **dict.fromkeys(USER_STATUSES - {"DEPROVISIONED"}, "DEPROVISIONED"),
        "DEPROVISIONED": DELETED,
    },
}
REFUSED = {
    "activate": (403, "E0000016"),
    "reactivate": (403, "E0000038"),
    "deactivate": (404, "E0000007"),
    "suspend": (400, "E0000001"),
    "unsuspend": (400, "E0000001"),
    "unlock": (403, "E0000032"),
    "reset_password": (403, "E0000038"),
    "expire_password": (403, "E0000038"),
    "expire_password_with_temp_password": (403, "E0000038"),
    "reset_factors": (403, "E0000038"),
}


@pytest.mark.parametrize("operation", sorted(set(Operation) - {Operation.LOCK}, key=str))
@pytest.mark.parametrize("status", sorted(USER_STATUSES))
def test_every_operation_on_every_status_is_done_or_refused(operation, status):
    """The whole table, written a second time."""
    verdict = decide(Account(id="00u1", status=status), operation)
    to = DONE[operation.value].get(status)
    if to is None:
        assert isinstance(verdict, Refusal)
        assert (verdict.http, verdict.code) == REFUSED[operation.value]
    else:
        assert verdict == Transition(to=to, http=204 if operation is Operation.DELETE else 200)


def test_who_has_a_password_is_active_at_once():
    """The others must set one first."""
    account = Account(id="00u1", status="STAGED", has_password=True)
    assert decide(account, Operation.ACTIVATE) == Transition(to="ACTIVE")


def test_suspension_is_undone_to_the_status_before_it():
    """Not always to ACTIVE."""
    account = Account(id="00u1", status="SUSPENDED", before="PASSWORD_EXPIRED")
    assert decide(account, Operation.UNSUSPEND) == Transition(to="PASSWORD_EXPIRED")


def test_what_unlocking_gives_can_be_chosen():
    """Two things are told of Okta."""
    account = Account(id="00u1", status="LOCKED_OUT")
    verdict = decide(account, Operation.UNLOCK, Choices(unlocked="PASSWORD_EXPIRED"))
    assert verdict == Transition(to="PASSWORD_EXPIRED")


def test_a_user_who_is_deactivated_twice_is_not_found():
    """The refusal names the user."""
    verdict = decide(Account(id="00u1", status="DEPROVISIONED"), Operation.DEACTIVATE)
    assert verdict == Refusal(
        http=404, code="E0000007", summary="Not found: Resource not found: 00u1 (User)"
    )
