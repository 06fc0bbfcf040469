"""Too few rights fail before anything is written; too many are warned of; each says which."""

import json
from dataclasses import replace

import pytest

from reconciler.sandbox import CustomRole, Fault
from tests.support.builders import CANARY, CONNECTOR, SERVICE, Company, group_id, group_name
from tests.support.harness import Office

pytestmark = pytest.mark.slow

NAME = group_name()
OF_CLAUDE = "group of claude/users@okta-prod"
COMPANY = Company().tool().bind("amy").granted("amy", "bob")
CREATING = COMPANY.tool("cursor").create(tool="cursor")
KEY = {"env": "OKTA_PROD_PRIVATE_KEY"}
APP = {"method": "private_key_jwt", "client_id": "0oaapply", "private_key": KEY}
READER = {
    "method": "private_key_jwt",
    "client_id": "0oaplan",
    "private_key": {"env": "OKTA_PROD_PLAN_KEY"},
}
TOKEN = {"method": "ssws", "token": {"env": "OKTA_PROD_TOKEN"}}
OTHER = {"method": "ssws", "token": {"env": "OKTA_PROD_PLAN_TOKEN"}}


def signing(auth, company=COMPANY):
    """The company, whose connector signs in so."""
    return company.file(
        "connectors/okta-prod.yaml",
        {
            "id": CONNECTOR,
            "type": "okta",
            "name": "Okta production",
            "domain": "https://acme.okta.com",
            "auth": auth,
            "canary": {"user": CANARY, "group": {"id": group_id("Canary"), "name": "Canary"}},
        },
    )


def probed(office, *options):
    """The exit code, and of each credential each check by its name."""
    ran = office.run("--sandbox", "connector", "test", CONNECTOR, "--format", "json", *options)
    probes = json.loads(ran.out)["probes"]
    return ran.code, {
        one["credential"]: {check["name"]: check for check in one["checks"]} for one in probes
    }


def asked(office, *options):
    """The exit code, and each check of the one credential."""
    code, found = probed(office, *options)
    (checks,) = found.values()
    return code, checks


def codes(checks, status="failed"):
    """What each check of that status is about."""
    return {name: c["code"] for name, c in checks.items() if c["status"] == status}


def changed(office, client="0oaapply", **facts):
    """The app was registered, and then a person changed it in the Admin Console."""
    probed(office)
    with office.org() as org:
        (known,) = (one for one in org.clients() if one.client_id == client)
        org.change_client(replace(known, **{"roles": ("GROUP_MEMBERSHIP_ADMIN",), **facts}))


def without(scope):
    """The scopes of an apply, but for one."""
    every = ("groups.manage", "groups.read", "logs.read", "roles.read", "users.read")
    return tuple(f"okta.{each}" for each in every if each != scope)


def test_a_service_app_with_just_what_it_needs_passes(tmp_path):
    """Plan and apply still share it, which is said."""
    office = Office(tmp_path, signing(APP))
    changed(office)
    code, checks = asked(office)
    assert (code, codes(checks)) == (0, {})
    assert codes(checks, "warned") == {"separation": "credential-shared"}
    assert checks["write members"]["status"] == "passed"
    assert "dedicated owner" not in checks


def test_a_scope_that_was_never_granted_fails_and_refuses_an_apply(tmp_path):
    """Okta left it out of the token without a word; nothing is written to find out."""
    office = Office(tmp_path, signing(APP))
    office.plan()
    changed(office, scopes=without("groups.manage"))
    code, checks = asked(office)
    assert (code, codes(checks)) == (1, {"scopes": "scope-missing"})
    assert "okta.groups.manage (adds and removes members" in checks["scopes"]["summary"]
    ran = office.apply()
    assert (ran.code, "error: scope-missing" in ran.err) == (3, True)
    assert office.events() == []


def test_an_optional_scope_that_is_missing_says_what_is_lost(tmp_path):
    """The connector works without it."""
    office = Office(tmp_path, signing(APP))
    changed(office, scopes=without("logs.read"))
    code, checks = asked(office)
    assert (code, codes(checks)) == (0, {})
    check = checks["scope okta.logs.read"]
    assert (check["status"], check["code"]) == ("warned", "scope-optional-missing")
    assert "removed by hand after the approval" in check["summary"]


@pytest.mark.parametrize(
    ("code", "scopes"),
    [("role-missing", without(None)), ("nothing-visible", without("roles.read"))],
)
def test_scopes_without_an_admin_role_are_found_out(code, scopes, tmp_path):
    """Okta answers 200 and an empty list, as if there were nothing."""
    office = Office(tmp_path, signing(APP, COMPANY.behaving(no_role="empty")))
    changed(office, roles=(), scopes=scopes)
    exit_code, checks = asked(office)
    assert exit_code == 1
    assert codes(checks) == {
        "rights": code,
        "canary": "canary-not-seen",
        OF_CLAUDE: "group-missing",
    }
    assert "admin role" in checks["rights"]["summary"]


@pytest.mark.parametrize(
    ("failing", "company", "roles"),
    [
        ({"write members": "role-cannot-write"}, COMPANY, ("READ_ONLY_ADMIN",)),
        ({"create groups": "role-cannot-create"}, CREATING, ("GROUP_MEMBERSHIP_ADMIN",)),
        ({}, CREATING, ("USER_ADMIN",)),
    ],
)
def test_a_role_that_is_too_small_fails_and_refuses_an_apply(failing, company, roles, tmp_path):
    """The right to create is asked for only where a binding creates."""
    office = Office(tmp_path, signing(APP, company))
    office.plan()
    changed(office, roles=roles)
    code, checks = asked(office)
    assert (code, codes(checks)) == (int(bool(failing)), failing)
    ran = office.apply()
    assert ran.code == (3 if failing else 0)
    assert bool(office.events()) is not bool(failing)


@pytest.mark.parametrize(
    ("code", "roles"),
    [("app-super-admin", ("SUPER_ADMIN",)), ("role-too-large", ("ORG_ADMIN",))],
)
def test_a_role_that_is_too_large_only_warns(code, roles, tmp_path):
    """The org's own default may have given it."""
    office = Office(tmp_path, signing(APP))
    changed(office, roles=roles)
    exit_code, checks = asked(office)
    assert (exit_code, checks["least privilege"]["code"]) == (0, code)


BOTH_ENDS = (
    "okta.groups.read",
    "okta.users.read",
    "okta.groups.members.manage",
    "okta.users.groupMembership.manage",
)


@pytest.mark.parametrize(
    ("unproven", "is_whole"),
    [({"rights": "roles-unread"}, False), ({"write members": "role-untelling"}, True)],
)
def test_the_printed_custom_role_is_enough_for_an_apply(unproven, is_whole, tmp_path):
    """With its optional permission, too; what its name does not tell, only a write proves."""
    office = Office(tmp_path, signing(APP))
    office.plan()
    printed = json.loads(office.run("connector", "scopes", "--format", "json").out)
    needs = printed["connectors"][0]["apply"]["permissions"]
    given = [need for need in needs if need["required"] or is_whole]
    (groups,) = (n["resources"] for n in needs if n["permission"] == "okta.groups.read")
    role = CustomRole(
        name="reconciler",
        permissions=tuple(need["permission"] for need in given),
        groups=tuple(each.partition(" ")[0] for each in groups),
    )
    changed(office, roles=(), custom_roles=(role,))
    code, checks = asked(office)
    assert (code, codes(checks), codes(checks, "unproven")) == (0, {}, unproven)
    ran = office.apply()
    assert (ran.code, office.events()) == (0, [("add", "bob")])


def test_a_group_outside_the_resource_set_is_not_visible(tmp_path):
    """The id may be right all the same, which the hint says."""
    office = Office(tmp_path, signing(APP))
    role = CustomRole(name="reconciler", permissions=BOTH_ENDS, groups=("Canary",))
    changed(office, roles=(), custom_roles=(role,))
    code, checks = asked(office)
    assert (code, codes(checks)) == (1, {OF_CLAUDE: "group-missing"})
    assert "that the credential may see the group" in checks[OF_CLAUDE]["hint"]


def test_a_scope_that_is_revoked_meanwhile_is_named_by_each_group(tmp_path):
    """An empty 403; the header says which scope."""
    office = Office(tmp_path, signing(APP))
    changed(office)
    with office.org() as org:
        org.faults.add(Fault(kind="scope-revoked", path="/api/v1/groups*", times=0))
    code, checks = asked(office)
    assert (code, checks[OF_CLAUDE]["code"]) == (1, "scope-missing")
    assert "okta.groups.read" in checks[OF_CLAUDE]["hint"]


def test_a_split_sign_in_is_tested_twice(tmp_path):
    """What plans reads only; what applies writes. One of them can be tested alone."""
    office = Office(tmp_path, signing({"plan": READER, "apply": APP}))
    changed(office, "0oaplan", roles=("READ_ONLY_ADMIN",))
    changed(office)
    code, found = probed(office)
    assert (code, list(found)) == (0, ["plan", "apply"])
    assert found["plan"]["read only"]["status"] == "passed"
    assert found["apply"]["write members"]["status"] == "passed"
    assert not {"separation"} & {*found["plan"], *found["apply"]}
    for each in ("plan", "apply"):
        assert list(probed(office, "--credential", each)[1]) == [each]
    words = office.run("--sandbox", "connector", "test").out
    assert "Test of okta-prod, for plan · sandbox" in words
    assert "Test of okta-prod, for apply · sandbox" in words


def test_a_plans_own_app_with_a_writing_role_is_warned_of(tmp_path):
    """One scope more, and every pull request could write."""
    office = Office(tmp_path, signing({"plan": READER, "apply": APP}))
    changed(office, "0oaplan", roles=("GROUP_MEMBERSHIP_ADMIN",))
    _, found = probed(office)
    assert found["plan"]["read only"]["code"] == "plan-role-can-write"
    assert "write members" not in found["plan"]


@pytest.mark.parametrize(
    ("is_warned", "roles"), [(True, ("GROUP_MEMBERSHIP_ADMIN",)), (False, ("READ_ONLY_ADMIN",))]
)
def test_a_plans_own_token_that_could_write_is_warned_of_in_the_plan(is_warned, roles, tmp_path):
    """The plan is what a reviewer reads."""
    split = signing({"plan": OTHER, "apply": TOKEN}, COMPANY.roles(*roles))
    office = Office(tmp_path, split)
    warnings = {warning["code"] for warning in office.plan()["warnings"]}
    assert ("plan-can-write" in warnings) is is_warned
    _, found = probed(office)
    assert (found["plan"]["read only"]["status"] == "warned") is is_warned


def test_a_token_of_a_person_at_work_is_warned_of(tmp_path):
    """Their roles change, and their account closes one day."""
    company = COMPANY.roles("GROUP_MEMBERSHIP_ADMIN").grant(SERVICE)
    code, checks = asked(Office(tmp_path, company))
    assert (code, checks["dedicated owner"]["code"]) == (0, "owner-looks-human")
    assert "they have a grant of claude" in checks["dedicated owner"]["summary"]


@pytest.mark.parametrize(
    ("exit_code", "code", "made"),
    [
        (0, "", "2026-11-01"),
        (0, "credential-due", "2026-08-30"),
        (1, "credential-overdue", "2026-01-01"),
    ],
)
def test_a_credential_that_is_older_than_it_may_be_fails(exit_code, code, made, tmp_path):
    """Whoever states a `max_age` is held to it, and no day sooner."""
    aged = {**TOKEN, "rotated_at": made, "max_age": "90d"}
    office = Office(tmp_path, signing(aged, COMPANY.roles("GROUP_MEMBERSHIP_ADMIN")))
    found, checks = asked(office)
    assert (found, checks["credential age"]["code"]) == (exit_code, code)
