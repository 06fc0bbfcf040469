"""The states of a user."""

import itertools
from dataclasses import replace

import pytest

from reconciler.sandbox.resources.user_lifecycle import (
    DELETED,
    Account,
    Operation,
    Refusal,
    Transition,
    decide,
)
from reconciler.sandbox.world.model import PROVIDERS, USER_STATUSES
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
    "lock": dict.fromkeys(("ACTIVE", "PASSWORD_EXPIRED", "RECOVERY"), "LOCKED_OUT"),
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
    "lock": (403, "E0000038"),
}
OPEN = {
    ("suspend", "PROVISIONED"): ("suspend_provisioned", "refused"),
    ("suspend", "PASSWORD_EXPIRED"): ("suspend_password_expired", "refused"),
    ("suspend", "RECOVERY"): ("suspend_recovery", "done"),
    ("suspend", "LOCKED_OUT"): ("suspend_locked_out", "done"),
    ("reset_password", "PROVISIONED"): ("reset_provisioned", "refused"),
    ("reset_password", "RECOVERY"): ("reset_recovery", "refused"),
    ("reset_password", "LOCKED_OUT"): ("reset_locked_out", "refused"),
    ("reactivate", "RECOVERY"): ("reactivate_recovery", "refused"),
}
"""The cells that a world can turn round, and how."""


@pytest.mark.parametrize("operation", Operation)
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


@pytest.mark.parametrize("cell", OPEN, ids=" ".join)
def test_an_open_cell_goes_the_other_way_by_its_choice_alone(cell):
    """And every other cell stays as it was."""
    name, value = OPEN[cell]
    choices = Choices(**{name: value})
    changed = {
        (operation.value, status)
        for operation, status in itertools.product(Operation, USER_STATUSES)
        for account in (Account(id="00u1", status=status),)
        if decide(account, operation) != decide(account, operation, choices)
    }
    assert changed == {cell}


def test_a_suspension_that_is_done_anyway_says_so_like_every_other():
    """Whatever the status was."""
    account = Account(id="00u1", status="LOCKED_OUT")
    verdict = decide(account, Operation.SUSPEND, Choices(suspend_locked_out="done"))
    assert verdict == Transition(to="SUSPENDED")


@pytest.mark.parametrize(
    ("provider", "choices", "expected"),
    [
        ("OKTA", Choices(), Transition(to="RECOVERY")),
        ("FEDERATION", Choices(), Transition(to="RECOVERY", provider="OKTA")),
        ("SOCIAL", Choices(), Transition(to="RECOVERY", provider="OKTA")),
        ("SOCIAL", Choices(reset_social="refused"), "E0000017"),
        ("IMPORT", Choices(), Transition(to="RECOVERY")),
        ("IMPORT", Choices(reset_import="converted"), Transition(to="RECOVERY", provider="OKTA")),
        ("ACTIVE_DIRECTORY", Choices(), "E0000017"),
        ("LDAP", Choices(), "E0000017"),
        ("ACTIVE_DIRECTORY", Choices(reset_directory="agent"), Transition(to="RECOVERY")),
        ("LDAP", Choices(reset_directory="agent"), Transition(to="RECOVERY")),
    ],
)
def test_a_reset_does_to_each_provider_its_own(provider, choices, expected):
    """A federated account becomes Okta's, without a word."""
    verdict = decide(
        Account(id="00u1", status="ACTIVE", provider=provider), Operation.RESET_PASSWORD, choices
    )
    assert (verdict.code if isinstance(verdict, Refusal) else verdict) == expected


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_directory_is_unlocked_by_its_agent_or_not_at_all(provider):
    """The refusal does not say that the user is not locked out."""
    account = Account(id="00u1", status="LOCKED_OUT", provider=provider)
    verdict = decide(account, Operation.UNLOCK)
    if provider in {"ACTIVE_DIRECTORY", "LDAP"}:
        assert (verdict.http, verdict.code, verdict.causes) == (403, "E0000032", ())
        verdict = decide(account, Operation.UNLOCK, Choices(unlock_directory="agent"))
    assert verdict == Transition(to="ACTIVE")


@pytest.mark.parametrize("provider", ["FEDERATION", "SOCIAL"])
def test_nobody_guesses_a_password_that_is_not_there(provider):
    """Their own provider turns them away."""
    account = Account(id="00u1", status="ACTIVE", provider=provider)
    assert isinstance(decide(account, Operation.LOCK), Refusal)


@pytest.mark.parametrize("operation", Operation)
def test_while_a_change_goes_on_there_is_no_other(operation):
    """Not even one that the status would allow."""
    for status in USER_STATUSES:
        account = Account(id="00u1", status=status, moving_to="DEPROVISIONED")
        verdict = decide(account, operation)
        assert isinstance(verdict, Refusal)
        assert (verdict.http, verdict.code) == (409, "E0000112")


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_who_can_sign_in_is_active_at_once(provider):
    """With a password, or elsewhere; the others must set one first."""
    account = Account(id="00u1", status="STAGED", has_password=True, provider=provider)
    assert decide(account, Operation.ACTIVATE) == Transition(to="ACTIVE")
    verdict = decide(replace(account, has_password=False), Operation.ACTIVATE)
    is_own = provider in {"OKTA", "IMPORT"}
    assert verdict == Transition(to="PROVISIONED" if is_own else "ACTIVE")


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
