"""Rights over accounts: only where `lifecycle` is true, and only what something uses."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reconciler.connector_checks.account_rights import calls_in_use
from reconciler.connector_checks.oauth_scopes import Purpose, needed_permissions, needed_scopes
from reconciler.model.accounts import (
    AccountAction,
    AccountDeclaration,
    AccountRequest,
    AccountState,
    LifecycleCall,
)
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.settings import Operator, Settings
from reconciler.model.validity import Approval
from tests.support.builders import CONNECTOR
from tests.support.nouns import binding, tool

APPROVAL = Approval(ticket="T-1", approved_by=("a@x.io",), approved_at=date(2026, 11, 1))
ASKED = AccountRequest(
    requested_at=datetime(2026, 11, 1, tzinfo=UTC), reason="r", approval=APPROVAL
)
LIVELY = Connector(id=CONNECTOR, type="okta", name="Okta", lifecycle=True)
QUIET = replace(LIVELY, lifecycle=False)
BOUND = Catalog(connectors={CONNECTOR: LIVELY}, tools={"claude": tool()}, bindings=(binding(),))
SUSPENDED = AccountDeclaration(subject="joe@x.io", state=AccountState.SUSPENDED, approval=APPROVAL)
BY_OFFBOARD = {"suspend", "clear_sessions"}
LIFECYCLE = "okta.users.lifecycle."


def declaring(*declared, operators=()):
    """The catalog with these files, and these operators' rights."""
    known = tuple(Operator(email="d@x.io", may=frozenset(may)) for may in operators)
    return replace(BOUND, accounts=declared, settings=Settings(operators=known))


def used(catalog):
    """What may be called, beyond what `offboard` always may."""
    return {call.value for call in calls_in_use(catalog, LIVELY)} - BY_OFFBOARD


def by_name(needs):
    """Whether each need is required."""
    return {need.name: need.is_required for need in needs}


@pytest.mark.parametrize(
    ("declared", "calls"),
    [
        ((), set()),
        ((SUSPENDED,), set()),
        ((replace(SUSPENDED, until=date(2026, 12, 1)),), {"unsuspend"}),
        ((replace(SUSPENDED, state=AccountState.DEACTIVATED),), {"deactivate"}),
        ((replace(SUSPENDED, state=AccountState.ACTIVE),), {"unsuspend", "activate"}),
        ((AccountDeclaration(subject="j@x.io", unlock=ASKED),), {"unlock"}),
        (
            (AccountDeclaration(subject="j@x.io", password_reset=ASKED),),
            {"reset_password", "reactivate"},
        ),
        (
            (replace(SUSPENDED, unlock=ASKED), replace(SUSPENDED, state=AccountState.DEACTIVATED)),
            {"unlock", "deactivate"},
        ),
    ],
)
def test_a_file_uses_just_what_it_asks_for(declared, calls):
    """Whoever only suspends can unlock nobody."""
    assert used(declaring(*declared)) == calls


@pytest.mark.parametrize(
    ("may", "calls"),
    [
        (AccountAction.SUSPEND, set()),
        (AccountAction.UNSUSPEND, {"unsuspend"}),
        (AccountAction.UNLOCK, {"unlock"}),
        (AccountAction.RESET_PASSWORD, {"reset_password", "reactivate"}),
        (AccountAction.DEACTIVATE, {"deactivate"}),
        (AccountAction.REACTIVATE, {"activate", "reactivate"}),
        (AccountAction.CLEAR_SESSIONS, set()),
    ],
)
def test_an_operator_uses_what_the_settings_let_them(may, calls):
    """On call nothing is in a file before."""
    assert used(declaring(operators=[{may}])) == calls


def test_leaving_is_always_possible():
    """At night nobody grants a right first."""
    found = calls_in_use(declaring(SUSPENDED, operators=[set(AccountAction)]), LIVELY)
    assert found[LifecycleCall.SUSPEND] == ("files in users/", "operators", "`offboard`")
    assert set(found) == set(LifecycleCall)
    assert set(calls_in_use(declaring(), LIVELY)) == {
        LifecycleCall.SUSPEND,
        LifecycleCall.CLEAR_SESSIONS,
    }


@pytest.mark.parametrize("purpose", Purpose)
def test_without_lifecycle_not_one_right_more_is_asked_for(purpose):
    """Whatever the files and settings say."""
    full = declaring(SUSPENDED, operators=[set(AccountAction)])
    for needed in (needed_scopes, needed_permissions):
        assert needed(full, QUIET, purpose) == needed(BOUND, QUIET, purpose)
    assert calls_in_use(full, QUIET) == {}


@pytest.mark.parametrize(
    ("purpose", "declared", "more"),
    [
        (Purpose.PLAN, (), {"okta.apps.read"}),
        (Purpose.PLAN, (SUSPENDED,), {"okta.apps.read", "okta.roles.read"}),
        (Purpose.APPLY, (), {"okta.apps.read", "okta.users.manage"}),
        (Purpose.APPLY, (SUSPENDED,), {"okta.apps.read", "okta.users.manage"}),
        (Purpose.WRITE_PROBE, (SUSPENDED,), set()),
    ],
)
def test_accounts_add_these_scopes(purpose, declared, more):
    """A plan never one that writes; all but that one are optional."""
    catalog = declaring(*declared)
    quiet, lively = (
        by_name(needed_scopes(catalog, connector, purpose)) for connector in (QUIET, LIVELY)
    )
    assert set(lively) - set(quiet) == more
    assert set(quiet) <= set(lively)
    assert {name for name, is_required in lively.items() if is_required} - {
        name for name, is_required in quiet.items() if is_required
    } == more & {"okta.users.manage"}


def test_what_two_reasons_need_is_told_once_with_both():
    """Whoever revokes it loses both."""
    catalog = declaring(SUSPENDED)
    needs = {n.scope: n for n in needed_scopes(catalog, LIVELY, Purpose.APPLY)}
    logs, roles = needs["okta.logs.read"], needs["okta.roles.read"]
    assert logs.because == (
        "asks the System Log who was removed from a group by hand, before adding them; "
        "asks the System Log what happened to accounts, before changing them"
    )
    assert "removed by hand after the approval; a change of an account is blocked" in logs.loss
    assert "Okta admin's is not known" in roles.loss
    alone = replace(catalog, bindings=())
    (logs,) = (n for n in needed_scopes(alone, LIVELY, Purpose.PLAN) if "logs" in n.scope)
    assert logs.because == "asks the System Log what happened to accounts, before changing them"


@pytest.mark.parametrize(
    ("declared", "may", "permissions"),
    [
        ((), (), {}),
        ((), (AccountAction.UNLOCK,), {f"{LIFECYCLE}unlock": True}),
        (
            (replace(SUSPENDED, state=AccountState.ACTIVE),),
            (AccountAction.RESET_PASSWORD,),
            {
                f"{LIFECYCLE}unsuspend": True,
                f"{LIFECYCLE}activate": True,
                "okta.users.credentials.resetPassword": True,
            },
        ),
        (
            (),
            (AccountAction.RESET_PASSWORD,),
            {f"{LIFECYCLE}activate": False, "okta.users.credentials.resetPassword": True},
        ),
    ],
)
def test_a_custom_role_is_given_single_permissions(declared, may, permissions):
    """Never the one that holds them all."""
    catalog = declaring(*declared, operators=[may] if may else [])
    found = by_name(needed_permissions(catalog, LIVELY, Purpose.APPLY))
    always = {f"{LIFECYCLE}suspend": True, f"{LIFECYCLE}clearSessions": True}
    reads = {"okta.apps.read": False, "okta.iam.read": False}
    before = by_name(needed_permissions(catalog, QUIET, Purpose.APPLY))
    assert found == {**before, **always, **reads, **permissions}


@pytest.mark.parametrize("purpose", Purpose)
def test_every_need_of_accounts_says_why_and_what_is_lost(purpose):
    """In the order of their names, each once."""
    catalog = declaring(SUSPENDED, operators=[{AccountAction.RESET_PASSWORD}])
    for needed in (needed_scopes, needed_permissions):
        needs = needed(catalog, LIVELY, purpose)
        names = [need.name for need in needs]
        assert names == sorted(set(names))
        for need in needs:
            assert need.because
            assert bool(need.loss) is not need.is_required
