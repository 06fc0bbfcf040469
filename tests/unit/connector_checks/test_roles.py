"""Admin roles, judged as far as their names tell."""

from dataclasses import replace

import pytest

from reconciler.connector_checks.check_result import CheckResult, CheckStatus
from reconciler.connector_checks.roles import (
    Holder,
    Written,
    holder_of,
    judge_reading,
    judge_size,
    judge_writing,
)
from reconciler.model.accounts import LifecycleCall
from reconciler.model.directory import CanarySight, CredentialFacts, LiveState, ReadFailure
from tests.support.nouns import GROUP, ORG, binding, user

PASSED, WARNED = CheckStatus.PASSED, CheckStatus.WARNED
UNPROVEN, FAILED = CheckStatus.UNPROVEN, CheckStatus.FAILED
SVC = Holder(name="svc@example.com")
APP = Holder(name="the service app 0oa1", is_app=True)
REFUSED = ReadFailure(code="refused", detail="Okta said 403")
SEEING = LiveState(org=ORG, canary=CanarySight.SEEN)
BLIND = LiveState(org=ORG, canary=CanarySight.ABSENT)
READS = CredentialFacts(
    method="private_key_jwt", client_id="0oa1", granted=frozenset({"okta.groups.read"})
)
MANAGES = replace(READS, granted=frozenset({"okta.groups.manage"}))
CHANGES = replace(READS, granted=frozenset({"okta.users.manage"}))
WRITE, CREATE = "write members", "create groups"


def short(checks):
    """Name and status of each check."""
    return [(check.name, check.status) for check in checks]


def codes(checks):
    """What each check is about; empty for one that passed."""
    return [check.code for check in checks]


@pytest.mark.parametrize(
    ("expected", "roles"),
    [
        ([(WRITE, PASSED), (CREATE, PASSED)], ("SUPER_ADMIN",)),
        ([(WRITE, PASSED), (CREATE, PASSED)], ("ORG_ADMIN",)),
        ([(WRITE, PASSED), (CREATE, PASSED)], ("USER_ADMIN",)),
        ([(WRITE, PASSED), (CREATE, FAILED)], ("GROUP_MEMBERSHIP_ADMIN",)),
        ([(WRITE, PASSED), (CREATE, UNPROVEN)], ("CUSTOM", "GROUP_MEMBERSHIP_ADMIN")),
        ([(WRITE, UNPROVEN), (CREATE, UNPROVEN)], ("CUSTOM",)),
        ([(WRITE, UNPROVEN), (CREATE, UNPROVEN)], ("CUSTOM", "READ_ONLY_ADMIN")),
        ([(WRITE, FAILED), (CREATE, FAILED)], ("READ_ONLY_ADMIN",)),
        ([(WRITE, FAILED), (CREATE, FAILED)], ("APP_ADMIN", "HELP_DESK_ADMIN")),
        ([("rights", UNPROVEN)], ()),
        ([("rights", UNPROVEN)], REFUSED),
    ],
)
def test_rights_are_judged_from_roles_as_far_as_these_tell(expected, roles):
    """What only a write could show is called unproven, not passed and not failed."""
    assert expected == short(judge_writing(SVC, roles, SEEING, Written(groups=True)))


@pytest.mark.parametrize("roles", [("GROUP_MEMBERSHIP_ADMIN",), ("READ_ONLY_ADMIN",), ("CUSTOM",)])
def test_creating_is_judged_only_where_a_binding_creates(roles):
    """A role that is smaller than it might be is no fault."""
    assert [name for name, _ in short(judge_writing(SVC, roles, SEEING, Written()))] == [WRITE]


@pytest.mark.parametrize(
    ("status", "roles", "calls"),
    [
        (PASSED, ("SUPER_ADMIN",), set(LifecycleCall)),
        (PASSED, ("ORG_ADMIN",), set(LifecycleCall)),
        (PASSED, ("USER_ADMIN",), set(LifecycleCall)),
        (PASSED, ("HELP_DESK_ADMIN",), {LifecycleCall.UNLOCK, LifecycleCall.RESET_PASSWORD}),
        (PASSED, ("HELP_DESK_ADMIN",), {LifecycleCall.CLEAR_SESSIONS}),
        (FAILED, ("HELP_DESK_ADMIN",), {LifecycleCall.UNLOCK, LifecycleCall.SUSPEND}),
        (FAILED, ("GROUP_MEMBERSHIP_ADMIN", "READ_ONLY_ADMIN"), {LifecycleCall.UNLOCK}),
        (UNPROVEN, ("CUSTOM", "HELP_DESK_ADMIN"), {LifecycleCall.DEACTIVATE}),
    ],
)
def test_the_right_to_change_accounts_is_judged_by_what_is_to_be_done(status, roles, calls):
    """A help desk's role unlocks and resets, and suspends nobody (Okta: help desk admin role)."""
    written = Written(members=False, accounts=frozenset(calls))
    (check,) = judge_writing(SVC, roles, SEEING, written)
    assert (check.name, check.status) == ("change accounts", status)
    assert (
        check.code
        == {PASSED: "", FAILED: "role-cannot-change-accounts", UNPROVEN: "role-untelling"}[status]
    )


def test_a_missing_right_says_who_lacks_it_and_what_to_give():
    """The reader is at the console already."""
    (check,) = judge_writing(SVC, ("READ_ONLY_ADMIN",), SEEING, Written())
    assert check == CheckResult(
        name="write members",
        status=FAILED,
        code="role-cannot-write",
        summary="svc@example.com has READ_ONLY_ADMIN, which may not write members",
        hint="assign a role to write members; `reconciler connector scopes` prints the "
        "permissions of a custom role that suffices",
    )


@pytest.mark.parametrize(
    ("code", "holder", "roles", "state"),
    [
        ("role-not-shown", SVC, (), SEEING),
        ("role-not-shown", SVC, (), replace(BLIND, members={GROUP.id: frozenset()})),
        ("role-missing", SVC, (), BLIND),
        ("role-missing", APP, (), BLIND),
        ("roles-unread", SVC, REFUSED, BLIND),
        ("roles-unread", APP, REFUSED, SEEING),
        ("nothing-visible", APP, REFUSED, BLIND),
        ("roles-unread", APP, REFUSED, replace(BLIND, unread={GROUP.id: REFUSED})),
    ],
)
@pytest.mark.parametrize("judge", [judge_reading, judge_writing])
def test_no_role_and_an_unknown_one_are_told_apart(judge, code, holder, roles, state):
    """With scopes and no role Okta answers 200 and an empty list: nothing is visible at all."""
    more = (Written(groups=True),) if judge is judge_writing else ()
    (check,) = judge(holder, roles, state, *more)
    assert check.code == code
    assert (check.status is FAILED) is (code in {"role-missing", "nothing-visible"})
    assert check.hint


@pytest.mark.parametrize(
    ("expected", "holder", "roles"),
    [
        (["role-too-large"], SVC, ("SUPER_ADMIN",)),
        (["role-too-large"], SVC, ("ORG_ADMIN", "USER_ADMIN")),
        (["app-super-admin"], APP, ("SUPER_ADMIN",)),
        (["role-too-large"], APP, ("ORG_ADMIN",)),
        ([], SVC, ("USER_ADMIN",)),
        ([], APP, ("CUSTOM",)),
        ([], SVC, ()),
        ([], SVC, REFUSED),
    ],
)
def test_a_role_that_is_larger_than_needed_is_warned_of(expected, holder, roles):
    """An org's default may have given it to an app that nobody looked at."""
    checks = list(judge_size(holder, roles, [binding()]))
    assert expected == codes(checks)
    assert {check.status for check in checks} <= {WARNED}


def test_the_orgs_default_is_named():
    """It is where the next app gets it from."""
    (check,) = judge_size(APP, ("SUPER_ADMIN",), [])
    assert "Public client app admins" in check.hint


def test_a_group_that_makes_admins_needs_a_super_admin():
    """No other role is known to fill it."""
    assert codes(judge_size(SVC, ("SUPER_ADMIN",), [binding(admin_role=True)])) == []


@pytest.mark.parametrize(
    ("code", "roles", "credential"),
    [
        ("", ("READ_ONLY_ADMIN",), None),
        ("", ("CUSTOM",), READS),
        ("plan-can-write", ("GROUP_MEMBERSHIP_ADMIN",), None),
        ("plan-can-write", ("READ_ONLY_ADMIN",), MANAGES),
        ("plan-can-write", (), MANAGES),
        ("plan-can-write", ("READ_ONLY_ADMIN",), CHANGES),
        ("plan-can-write", REFUSED, MANAGES),
        ("plan-role-can-write", ("USER_ADMIN",), READS),
    ],
)
def test_the_plans_own_credential_only_reads(code, roles, credential):
    """Its scopes decide, and where there are none, its roles."""
    (check,) = judge_reading(SVC, roles, replace(SEEING, credential=credential))
    assert (check.name, check.code) == ("read only", code)
    assert check.status is (WARNED if code else PASSED)


@pytest.mark.parametrize(
    ("expected", "credential", "owner"),
    [
        (APP, READS, None),
        (SVC, CredentialFacts(method="ssws"), user("svc")),
        (Holder(name="the credential's owner"), None, None),
    ],
)
def test_whose_roles_they_are_is_said(expected, credential, owner):
    """A service app has roles, and no person to name."""
    assert expected == holder_of(credential, owner)
