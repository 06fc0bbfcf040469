"""What `connector scopes` prints is enough for what files ask of accounts, and no right more."""

import json
from dataclasses import replace

import pytest

from reconciler.sandbox import CustomRole
from tests.support.builders import CANARY, CONNECTOR, Company, group_id
from tests.support.harness import Office

pytestmark = pytest.mark.slow

APP = "0oaapply"
AGREED = {
    "ticket": "IT-1",
    "approved_by": ["it-admins@example.com"],
    "approved_at": "2026-11-22T08:30:00Z",
}
STATED = {"reason": "agreed", "approval": AGREED}
ASKED = {"requested_at": "2026-11-22T08:30:00Z", "reason": "called", "approval": AGREED}
COMPANY = (
    Company()
    .with_lifecycle()
    .person("back", status="SUSPENDED")
    .person("lost", status="LOCKED_OUT")
    .tool()
    .bind("amy", "thief")
    .granted("amy", "thief")
)
FILES = (
    COMPANY.account("thief", state="suspended", **STATED)
    .account("back", state="active", **STATED)
    .account("lost", unlock=ASKED)
    .account("amy", password_reset=ASKED)
)
LIFECYCLE = "okta.users.lifecycle."


def signing(company, *, lifecycle=True):
    """The company, whose connector signs in as a service app."""
    canary = {"user": CANARY, "group": {"id": group_id("Canary"), "name": "Canary"}}
    key = {"env": "OKTA_PROD_PRIVATE_KEY"}
    content = {
        "id": CONNECTOR,
        "type": "okta",
        "name": "Okta production",
        "domain": "https://acme.okta.com",
        "auth": {"method": "private_key_jwt", "client_id": APP, "private_key": key},
        "canary": canary,
        "lifecycle": lifecycle,
    }
    return company.file("connectors/okta-prod.yaml", content)


def printed(office, use="apply"):
    """The scopes and permissions that are printed, required ones first."""
    found = json.loads(office.run("connector", "scopes", "--format", "json").out)
    needs = found["connectors"][0][use]
    return needs["scopes"], needs["permissions"]


def given(office, *, scopes=None, roles=(), permissions=()):
    """The app has just these rights in the org."""
    office.run("--sandbox", "connector", "test", CONNECTOR)
    role = CustomRole(name="accounts", permissions=tuple(permissions))
    with office.org() as org:
        (app,) = (one for one in org.clients() if one.client_id == APP)
        kept = app.scopes if scopes is None else tuple(scopes)
        custom = (role,) if permissions else ()
        org.change_client(replace(app, scopes=kept, roles=tuple(roles), custom_roles=custom))


def outcomes(office):
    """How each change of an account ended."""
    lines = office.result(office.apply())["accounts"]
    return {(line["change"]["call"], line["outcome"]) for line in lines}


def checks(office):
    """What a test of the connector finds wrong, by name."""
    ran = office.run("--sandbox", "connector", "test", CONNECTOR, "--format", "json")
    (probe,) = json.loads(ran.out)["probes"]
    return {c["name"]: c["code"] for c in probe["checks"] if c["status"] == "failed"}


def test_the_printed_rights_are_enough_for_every_file(tmp_path):
    """With the log, which no custom role is known to give: a role that only reads gives it."""
    office = Office(tmp_path, signing(FILES))
    office.plan()
    scopes, permissions = printed(office)
    given(
        office,
        scopes=[need["scope"] for need in scopes],
        roles=["READ_ONLY_ADMIN"],
        permissions=[need["permission"] for need in permissions],
    )
    assert checks(office) == {}
    assert outcomes(office) == {
        (call, "verified")
        for call in ("suspend", "clear_sessions", "unsuspend", "unlock", "reset_password")
    }


@pytest.mark.parametrize(
    ("permission", "call"),
    [
        (f"{LIFECYCLE}suspend", "suspend"),
        (f"{LIFECYCLE}unsuspend", "unsuspend"),
        (f"{LIFECYCLE}unlock", "unlock"),
        (f"{LIFECYCLE}clearSessions", "clear_sessions"),
        ("okta.users.credentials.resetPassword", "reset_password"),
    ],
)
def test_each_printed_permission_is_needed(permission, call, tmp_path):
    """Without it just that change is refused, and said to be."""
    office = Office(tmp_path, signing(FILES))
    office.plan()
    scopes, permissions = printed(office)
    named = [need["permission"] for need in permissions]
    assert permission in named
    given(
        office,
        scopes=[need["scope"] for need in scopes],
        roles=["READ_ONLY_ADMIN"],
        permissions=[each for each in named if each != permission],
    )
    assert {each for each, outcome in outcomes(office) if outcome == "refused"} == {call}


def test_without_lifecycle_nothing_of_accounts_is_asked_for(tmp_path):
    """Neither by a scope nor by a permission."""
    office = Office(tmp_path, signing(COMPANY, lifecycle=False))
    for use in ("plan", "apply"):
        scopes, permissions = printed(office, use)
        names = {need["scope"] for need in scopes} | {n["permission"] for n in permissions}
        assert not {name for name in names if "lifecycle" in name or "credentials" in name}
        assert not names & {"okta.users.manage", "okta.apps.read"}


def test_a_plan_is_never_given_a_right_that_changes_accounts(tmp_path):
    """A pull request's job reads alone."""
    scopes, permissions = printed(Office(tmp_path, signing(FILES)), "plan")
    for name in (*(n["scope"] for n in scopes), *(n["permission"] for n in permissions)):
        assert name.endswith(".read")


def test_a_scope_that_accounts_need_is_missed_before_anything_is_sent(tmp_path):
    """By the test and by the apply, under the same code."""
    office = Office(tmp_path, signing(FILES))
    office.plan()
    scopes, _ = printed(office)
    kept = [need["scope"] for need in scopes if need["scope"] != "okta.users.manage"]
    given(office, scopes=kept, roles=["SUPER_ADMIN"])
    assert checks(office) == {"scopes": "scope-missing"}
    ran = office.apply()
    assert (ran.code, "scope-missing" in ran.err) == (3, True)


@pytest.mark.parametrize(
    ("roles", "failing"),
    [
        (["USER_ADMIN", "READ_ONLY_ADMIN"], {}),
        (
            ["GROUP_MEMBERSHIP_ADMIN", "HELP_DESK_ADMIN", "READ_ONLY_ADMIN"],
            {"change accounts": "role-cannot-change-accounts"},
        ),
    ],
)
def test_a_role_that_may_not_change_accounts_is_found_out(roles, failing, tmp_path):
    """A help desk's role suspends nobody."""
    office = Office(tmp_path, signing(FILES))
    office.plan()
    scopes, _ = printed(office)
    given(office, scopes=[need["scope"] for need in scopes], roles=roles)
    assert checks(office) == failing
    ran = office.apply()
    assert (ran.code == 3) is bool(failing), ran


@pytest.mark.parametrize("is_granted", [True, False])
def test_apps_are_told_apart_only_with_the_optional_scope(is_granted, tmp_path):
    """Without it the dashboard is shown instead, and that is said."""
    office = Office(tmp_path, signing(COMPANY))
    scopes, _ = printed(office)
    names = [need["scope"] for need in scopes if is_granted or need["scope"] != "okta.apps.read"]
    given(office, scopes=names, roles=["SUPER_ADMIN"])
    ran = office.run("--sandbox", "user", "apps", "amy@example.com")
    assert (ran.code, "Everything" in ran.out) == (0, True), ran
    assert ("okta.apps.read" in ran.out + ran.err) is not is_granted


def test_leaving_is_possible_at_once_with_what_is_printed_without_any_file(tmp_path):
    """At night nobody grants a right first."""
    desk = {"email": "it-desk@example.com", "may": ["suspend"]}
    office = Office(tmp_path, signing(COMPANY.with_settings(operators=[desk])))
    scopes, permissions = printed(office)
    named = [need["permission"] for need in permissions]
    assert {name for name in named if "lifecycle" in name} == {
        f"{LIFECYCLE}suspend",
        f"{LIFECYCLE}clearSessions",
    }
    given(
        office,
        scopes=[need["scope"] for need in scopes],
        roles=["READ_ONLY_ADMIN"],
        permissions=named,
    )
    words = ("--reason", "left", "--ticket", "HR-1", "--by", "it-admins@example.com")
    ran = office.run("--sandbox", "offboard", "amy@example.com", "--now", "--yes", *words)
    assert ran.code == 0, ran
    with office.org() as org:
        (amy,) = (user for user in org.users() if user.login == "amy@example.com")
        assert (amy.status, office.members()) == ("SUSPENDED", {"thief"})
        assert [row.event for row in org.log() if row.user == amy.login][:2] == [
            "user.lifecycle.suspend",
            "user.session.clear",
        ]
